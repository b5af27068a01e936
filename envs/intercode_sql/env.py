"""One episode: the agent explores a database with SQL and submits its last result."""

from typing import Any

import gymnasium

from envs.intercode_sql import protocol
from envs.intercode_sql.engine.base import Engine, Result, SQLError, encodable
from envs.intercode_sql.reward import Formula, reward
from envs.intercode_sql.tasks import Question
from macla.benchmarks.base import TaskEnv

HORIZON = 10

_TEXT = gymnasium.spaces.Text(1_000_000)


class SQLEnv(TaskEnv):
    """See :class:`~macla.benchmarks.base.TaskEnv`. ``info`` also holds, after every step, for reports and replay:

    ``official``: {"observation": the official log's text, uncut; "reward": what the formula gives for the state}.
    ``rewards``: the reward of the state by all three formulas.
    """

    action_space = _TEXT
    observation_space = _TEXT

    def __init__(self, question: Question, engine: Engine, profile: protocol.Profile, formula: Formula) -> None:
        self._question, self._engine, self._profile, self._formula = question, engine, profile, formula
        self._gold: Result = None
        self._ready = False

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
        """Start afresh in a new session; the first observation is the question."""
        super().reset(seed=seed)
        if not self._ready:
            self._gold, self._ready = self._run_gold(), True
        self._session = self._engine.session(self._question.database)
        self._last: Result | str = None
        self._steps, self._best, self._submitted = 0, -1.0, False
        return self._question.question, self._info(0.0, done=False)

    def step(self, action: str) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Run, submit or refuse one action; see ``docs/spec/intercode_sql.md §2``."""
        self._steps += 1
        move = protocol.read_action(action, self._profile)
        if move.kind == "sql":
            self._last = self._execute(move.sql)
            text = protocol.shown(self._last, self._profile)
        elif move.kind == "unclear":
            text = protocol.unclear(self._profile)
        else:
            text = "skipped" if move.kind == "skip" else protocol.shown(self._last, self._profile)
        value = self._value()
        if self._profile == "try_again":
            return self._shown_reward(text, value, move)
        submitted = move.kind == "submit"
        truncated = not submitted and move.kind != "skip" and self._steps >= HORIZON
        if truncated and self._profile == "react":
            submitted, truncated = True, False
        paid = value if submitted else 0.0
        done = submitted or move.kind == "skip"
        return text, paid, done, truncated, self._info(paid, done=done, text=text, move=move)

    def _shown_reward(
        self, text: str, value: float, move: protocol.Move
    ) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Try-again: every turn is scored, the agent sees the score and the best turn counts."""
        paid = value if move.kind != "unclear" else 0.0
        self._best = max(self._best, paid)
        done = paid == 1 or move.kind in ("skip", "submit")
        message = text
        if move.kind == "sql":
            message = (
                f"MySQL Database Output: {text}\nReward: {paid}\n"
                f'Here is the query again: "{self._question.question}"\n'
                "Try something different to generate SQL command."
            )
        truncated = not done and self._steps >= HORIZON
        return message, paid, done, truncated, self._info(self._best, done=done or truncated, text=text, move=move)

    def _run_gold(self) -> Result:
        """The gold runs in a session of its own: the agent's USE or SET must not spoil it (unlike upstream)."""
        try:
            return self._engine.session(self._question.database).execute(self._question.gold)
        except SQLError:
            return None

    def _execute(self, sql: str) -> Result | str:
        try:
            return self._session.execute(encodable(sql))
        except SQLError as error:
            return f"{protocol.ERROR}{error}"

    def _value(self, formula: Formula | None = None) -> float:
        return reward(self._last, self._gold, formula or self._formula, ordered=self._question.ordered)

    def _info(
        self, paid: float, *, done: bool, text: str | None = None, move: protocol.Move | None = None
    ) -> dict[str, Any]:
        info: dict[str, Any] = {
            "task": self._question.question,
            "task_type": self._question.hardness,
            "success": done and paid == 1,
            "score": min(1.0, max(0.0, paid)) if done else 0.0,
        }
        if move is not None:
            raw = text if move.kind in ("unclear", "skip") else protocol.official_text(self._last)
            info["official"] = {"observation": raw, "reward": self._value()}
            info["rewards"] = {name: self._value(name) for name in ("official", "iou", "ordered")} if done else {}
        return info
