"""The WebShop episode as a gymnasium environment over strings."""

from typing import Any, Literal

from envs.webshop.session import Session
from envs.webshop.shop import WebShopData
from macla.benchmarks.base import Task, TaskEnv

ObservationMode = Literal["text", "text_rich"]

UNDERSTOOD = "understood"
"""Key of ``info``: whether the last action was one the page could carry out."""


class WebShopEnv(TaskEnv):
    """One goal, ``max_steps`` actions; buying ends the episode, not buying scores 0.

    ``info`` also holds (see :class:`~macla.benchmarks.base.TaskEnv`), for reports only: ``goal`` (index after the
    official shuffle), ``understood``, ``available_actions`` and, after a purchase, ``reward_parts``.
    """

    def __init__(
        self, shop: WebShopData, task: Task, *, mode: ObservationMode, max_steps: int, show_attributes: bool
    ) -> None:
        self._shop = shop
        self._task = task
        self._goal = shop.goals[task.payload]
        self._mode = mode
        self._max_steps = max_steps
        self._show_attributes = show_attributes
        self._start()

    def _start(self) -> None:
        self._session = Session(self._shop, self._goal, show_attributes=self._show_attributes)
        self._steps = 0
        self._score = 0.0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
        """Return the home page and ``info``. Nothing in an episode is random."""
        super().reset(seed=seed)
        self._start()
        return self._observation(), self._info(understood=True)

    def step(self, action: str) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Carry out ``action``; the reward is 0 but for a purchase.

        After a purchase nothing changes any more. Beyond ``max_steps`` the shop, like the official one, still answers
        (longer recordings can be replayed), but a purchase no longer counts as score.
        """
        if self._bought:
            return self._observation(), 0.0, True, False, self._info(understood=False)
        self._steps += 1
        understood = self._session.act(action)
        reward = self._session.reward or 0.0
        if self._steps <= self._max_steps:
            self._score = reward
        truncated = not self._bought and self._steps >= self._max_steps
        return self._observation(), reward, self._bought, truncated, self._info(understood=understood)

    def admissible(self) -> list[str]:
        """Return the clicks that the page offers; where it has a search bar, the search for the instruction's words."""
        return self._session.admissible()

    @property
    def _bought(self) -> bool:
        return self._session.reward is not None

    def _observation(self) -> str:
        return self._session.text() if self._mode == "text" else self._session.rich_text()

    def _info(self, *, understood: bool) -> dict[str, Any]:
        info: dict[str, Any] = {
            "task": self._goal.instruction,
            "task_type": self._task.type,
            "success": self._score == 1.0,
            "score": self._score,
            "goal": self._task.payload,
            UNDERSTOOD: understood,
            "available_actions": self._session.available(),
        }
        if self._session.asin is not None and self._bought:
            info["reward_parts"] = self._shop.parts(self._goal, self._session.asin, self._session.options).as_dict()
        return info
