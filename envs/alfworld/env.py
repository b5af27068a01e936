"""One ALFWorld game as a gymnasium environment over strings (``docs/spec/alfworld.md §B``)."""

import string
from pathlib import Path
from typing import Any

import gymnasium

from envs.alfworld import engine
from envs.alfworld.engine import State
from envs.alfworld.engine.grammar import task_of
from macla.benchmarks.base import TaskEnv

CHARSET = string.digits + string.ascii_letters + string.punctuation + " \n"
LONGEST_COMMAND = 200
LONGEST_OBSERVATION = 20_000


class AlfworldEnv(TaskEnv):
    """Plays ``game`` on ``engine_name`` for at most ``horizon`` commands; invalid ones count.

    The agent gets the opening text (room and task), then the feedback of each command. Nothing in a game is
    random, so the seed of :meth:`reset` changes nothing.
    """

    def __init__(
        self, game: Path, engine_name: str, task_type: str, horizon: int, *, show_admissible: bool = False
    ) -> None:
        """``show_admissible`` appends the admissible commands to observations: for profiles that say so."""
        self._engine = engine.load(game, engine_name)
        self._task_type = task_type
        self._horizon = horizon
        self._show_admissible = show_admissible
        self.observation_space = gymnasium.spaces.Text(LONGEST_OBSERVATION, min_length=0, charset=CHARSET)
        self.action_space = gymnasium.spaces.Text(LONGEST_COMMAND, min_length=0, charset=CHARSET)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
        """Return the opening text and ``info``; ``info["task"]`` is the sentence after "Your task is to: "."""
        super().reset(seed=seed)
        self._state = state = self._engine.reset()
        self._task = task_of(state.feedback)
        self._steps = 0
        return self._observation(state), self._info(state)

    def step(self, action: str) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Return feedback, 1.0 once won, ``terminated`` = won, ``truncated`` = horizon reached without a win, info."""
        self._state = state = self._engine.step(action)
        self._steps += 1
        truncated = not state.won and self._steps >= self._horizon
        return self._observation(state), float(state.won), state.won, truncated, self._info(state)

    def admissible(self) -> tuple[str, ...]:
        """Return every command that does something now, as the engine lists them (``memory=random_admissible``)."""
        return self._state.admissible

    def close(self) -> None:
        """Free the game."""
        self._engine.close()

    def _observation(self, state: State) -> str:
        if not self._show_admissible:
            return state.feedback
        return f"{state.feedback}\n\nAdmissible commands: {', '.join(state.admissible)}"

    def _info(self, state: State) -> dict[str, Any]:
        return {
            "task": self._task,
            "task_type": self._task_type,
            "success": state.won,
            "score": float(state.won),
        }
