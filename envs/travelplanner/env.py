"""Episodes over strings: two-stage mode (search, then plan) and sole-planning mode.

See ``docs/spec/travelplanner.md §3-4``.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from envs.travelplanner.cost_enquiry import cost_enquiry
from envs.travelplanner.database import Database
from envs.travelplanner.evaluate.aggregate import measures
from envs.travelplanner.evaluate.verdict import NOT_DELIVERED, Evaluation, evaluate
from envs.travelplanner.gathering import PLANNER, TOO_LONG, Gathering, estimated_tokens, format_step, parse_action
from envs.travelplanner.plan_text import parse_plan
from envs.travelplanner.planning import Planning
from macla.benchmarks.base import TaskEnv

MAX_PLANNER_TOKENS = 12000
"""Longer notebooks make the official planner refuse (``docs/spec/travelplanner.md §3``)."""
MAX_SOLE_TOKENS = 14000
"""Longer prompts halt the official sole-planning loop (``docs/spec/travelplanner.md §4``)."""
FIRST_OBSERVATION = "The notebook is empty. Search with the tools, write what you need in the notebook, then plan."


@dataclass(frozen=True)
class Limits:
    """The official limits of ``docs/spec/travelplanner.md §3`` (steps, failures of one tool) and the length of the
    prompt in tokens.
    """

    steps: int = 30
    retries: int = 3
    tokens: int = 30000


class TravelEnv(TaskEnv):
    """What both modes share: the plan, its evaluation, and the episode's bookkeeping.

    ``info`` also holds ``measures`` (the plan's part in each of the six official rates) and, once the episode is over,
    ``end`` (why), ``plan`` (the day objects) and ``evaluation`` (the verdicts as ``macla score`` writes them). With
    ``feedback`` (training tasks only) the last observation names the constraints that the plan breaks.
    """

    def __init__(self, query: Mapping[str, Any], database: Database, limits: Limits, *, feedback: bool) -> None:
        self.query = query
        self.database = database
        self.limits = limits
        self.feedback = feedback
        self.planning = Planning(query)
        self.evaluation: Evaluation | None = None
        self.end: str | None = None

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
        """Start over; return the first observation and ``info``."""
        super().reset(seed=seed)
        self.planning = Planning(self.query)
        self.evaluation = None
        self.end = None
        return self._start(), self._info()

    def step(self, action: str) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Do one action; the reward comes with the plan and is the share of commonsense constraints that hold."""
        if self.end is not None:
            raise RuntimeError("the episode is over: call reset()")
        observation = self._act(action)
        info = self._info()
        delivered = self.evaluation is not None
        truncated = self.end is not None and not delivered
        return observation, info["score"] if delivered else 0.0, delivered, truncated, info

    @abstractmethod
    def _start(self) -> str: ...

    @abstractmethod
    def _act(self, action: str) -> str: ...

    def _write(self, text: str) -> str:
        """Write days of the plan; deliver it when it is complete or no more actions are left for it."""
        observation = self.planning.write(text)
        if self.planning.complete or self.planning.exhausted:
            return self._deliver(observation)
        return observation

    def _deliver(self, observation: str) -> str:
        if not self.planning.plan:
            self.end = "no plan could be read"
            return observation
        self.end = "plan"
        self.evaluation = evaluate(self.query, self.planning.plan, self.database)
        return f"{observation}\n{feedback_text(self.evaluation)}" if self.feedback else observation

    def _info(self) -> dict[str, Any]:
        evaluation = self.evaluation
        info: dict[str, Any] = {
            "task": self.query["query"],
            "task_type": task_type(self.query),
            "success": evaluation is not None and evaluation.final_pass,
            "score": 0.0 if evaluation is None else score(evaluation),
            "measures": measures(self.query, evaluation or NOT_DELIVERED),
        }
        if self.end is not None:
            record = (evaluation or NOT_DELIVERED).as_record()
            info |= {"end": self.end, "plan": self.planning.plan or None, "evaluation": record}
        return info


def score(evaluation: Evaluation) -> float:
    """Return the share of the commonsense constraints that hold: the benchmark's micro rate of one plan."""
    return sum(verdict is True for verdict in evaluation.commonsense.values()) / len(evaluation.commonsense)


def task_type(query: Mapping[str, Any]) -> str:
    """Return level and length of a query, as the official tables group them."""
    return f"{query['level']}/{query['days']} days"


def feedback_text(evaluation: Evaluation) -> str:
    """Return the evaluation of a training plan in words, a line a broken constraint."""
    if evaluation.final_pass:
        return "The plan keeps every constraint."
    return "\n".join(f"Broken: {name}: {reason}." for name, reason in evaluation.reasons.items())


class TwoStageEnv(TravelEnv):
    """Search with the tools; ``Planner[…]`` shows the notebook and the planning stage begins."""

    gathering: Gathering

    def _start(self) -> str:
        limits = self.limits
        self.gathering = Gathering(self.database, limits.steps, limits.retries, limits.tokens)
        return FIRST_OBSERVATION

    def _act(self, action: str) -> str:
        if self.gathering.ended == PLANNER:
            return self._write(action)
        observation = self.gathering.act(action)
        if self.gathering.ended == PLANNER:
            if estimated_tokens(observation) > MAX_PLANNER_TOKENS:
                self.end = observation = TOO_LONG
                return observation
            return f"{observation}\n\n{self.planning.prompt()}"
        self.end = self.gathering.ended
        return observation or f"The episode is over: {self.end}"


class SolePlanningEnv(TravelEnv):
    """Plan from given reference information; ``CostEnquiry[…]`` prices a day, ``Finish[…]`` hands the plan in."""

    def __init__(
        self,
        query: Mapping[str, Any],
        database: Database,
        limits: Limits,
        *,
        feedback: bool,
        reference: list[dict[str, str]],
    ) -> None:
        super().__init__(query, database, limits, feedback=feedback)
        self.reference = "\n\n".join(f"{entry['Description']}\n{entry['Content']}" for entry in reference)
        self._step = 1
        self._tokens = 0

    def _start(self) -> str:
        self._step = 1
        self._tokens = estimated_tokens(self.reference)
        return f"{self.reference}\n\n{self.planning.prompt()}"

    def _act(self, action: str) -> str:
        if parse_plan(action) is not None and parse_action(format_step(action))[0] not in ("CostEnquiry", "Finish"):
            return self._write(action)
        observation = self._enquire(format_step(action))
        self._step += 1
        self._tokens += estimated_tokens(action + observation)
        if self.end is None and self._step > self.limits.steps:
            self.end = f"no plan within {self.limits.steps} steps"
        elif self.end is None and self._tokens > MAX_SOLE_TOKENS:
            self.end = f"more than {MAX_SOLE_TOKENS} tokens"
        return observation

    def _enquire(self, action: str) -> str:
        name, argument = parse_action(action)
        if name == "CostEnquiry" and argument is not None:
            return cost_enquiry(self.database, argument)
        if name == "Finish" and argument is not None:
            self.planning.write(argument)
            return self._deliver("The plan is finished.")
        return f"Action {name} is not supported."
