"""A world that has changed since training for a share of the evaluated tasks (``env.drift``).

Whether it has is a property of the task, so that frozen memories and any number of workers meet the same worlds.
"""

from typing import Any

import gymnasium

from macla.benchmarks.base import TaskEnv
from macla.seeding import python_rng


def changed(split: str, name: str, share: float | None) -> bool:
    """Return whether the task of this name is one of the ``share`` of all (None: none) that come after the change.

    Training tasks (split ``train``) all come before it.
    """
    return share is not None and split != "train" and python_rng(0, "drift", name).random() < share


class BeforeAfter(TaskEnv):
    """Adds the measure ``success_before_change`` or ``success_after_change`` to what an environment says of a task."""

    def __init__(self, env: TaskEnv, *, after: bool) -> None:
        self.observation_space, self.action_space = env.observation_space, env.action_space
        self._env = env
        self._name = f"success_{'after' if after else 'before'}_change"

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
        """Return the first observation and ``info``, the measure in it."""
        observation, info = self._env.reset(seed=seed, options=options)
        return observation, self._measured(info)

    def step(self, action: str) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Return what the environment says, the measure in ``info``."""
        observation, reward, terminated, truncated, info = self._env.step(action)
        return observation, float(reward), terminated, truncated, self._measured(info)

    def close(self) -> None:
        """Close the environment."""
        self._env.close()

    @property
    def unwrapped(self) -> gymnasium.Env[str, str]:
        """Return the environment itself."""
        return self._env.unwrapped

    def _measured(self, info: dict[str, Any]) -> dict[str, Any]:
        return {**info, "measures": {self._name: (float(info["success"]), 1.0)}}
