"""A world that has changed since training for a share of the evaluated tasks (``env.drift``).

Whether it has is a property of the task, so that frozen memories and any number of workers meet the same worlds.
"""

from typing import Any

from macla.benchmarks.base import TaskEnv
from macla.benchmarks.wrapped import Wrapped
from macla.seeding import python_rng


def changed(split: str, name: str, share: float | None) -> bool:
    """Return whether the task of this name is one of the ``share`` of all (None: none) that come after the change.

    Training tasks (split ``train``) all come before it.
    """
    return share is not None and split != "train" and python_rng(0, "drift", name).random() < share


class BeforeAfter(Wrapped):
    """Adds the measure ``success_before_change`` or ``success_after_change`` to what an environment says of a task."""

    def __init__(self, env: TaskEnv, *, after: bool) -> None:
        super().__init__(env)
        self._name = f"success_{'after' if after else 'before'}_change"

    def told(self, observation: str, info: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return the observation, and ``info`` with the measure in it."""
        return observation, {**info, "measures": {self._name: (float(info["success"]), 1.0)}}
