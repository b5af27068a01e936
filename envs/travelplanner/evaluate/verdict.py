"""All verdicts on one plan, and never an exception (``docs/spec/travelplanner.md §7``)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from envs.travelplanner.database import Database
from envs.travelplanner.evaluate.commonsense import COMMONSENSE, Check, Query
from envs.travelplanner.evaluate.hard import COST, LOCAL, over_budget, total_cost
from envs.travelplanner.record import local_constraint

Verdicts = Mapping[str, bool | None]


@dataclass(frozen=True)
class Evaluation:
    """What the official evaluator says about one plan."""

    delivered: bool
    commonsense: Verdicts
    """Name → holds; all None when nothing was delivered."""
    hard: Verdicts | None
    """Name → holds, None where the query does not ask for it; None altogether when not evaluated.

    See ``docs/spec/travelplanner.md §7``.
    """
    total_cost: float | None
    """Dollars; None when nothing was delivered or the plan's costs cannot be read."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Why the failed ones fail, in words."""

    @property
    def commonsense_pass(self) -> bool:
        """Whether all eight commonsense constraints hold."""
        return all(self.commonsense.values())

    @property
    def hard_pass(self) -> bool:
        """Whether the hard constraints were evaluated and none of them fails."""
        return self.hard is not None and False not in self.hard.values()

    @property
    def final_pass(self) -> bool:
        """Whether all constraints hold."""
        return self.commonsense_pass and self.hard_pass

    def as_record(self) -> dict[str, Any]:
        """Return what ``macla score`` writes about a plan."""
        return {
            "commonsense": dict(self.commonsense),
            "hard": None if self.hard is None else dict(self.hard),
            "total_cost": self.total_cost,
            "final_pass": self.final_pass,
            "reasons": dict(self.reasons),
        }


NOT_DELIVERED = Evaluation(False, dict.fromkeys(COMMONSENSE), None, None, {"delivery": "there is no plan"})


def evaluate(query: Query, plan: Any, database: Database) -> Evaluation:
    """Return the verdicts on ``plan`` (a list of day objects, or anything else) for a query record.

    See ``docs/spec/travelplanner.md §2``.
    """
    if not plan:
        return NOT_DELIVERED
    reasons: dict[str, str] = {}
    commonsense: dict[str, bool | None] = {
        name: _holds(name, check, query, plan, database, reasons) for name, check in COMMONSENSE.items()
    }
    cost = _cost(query, plan, database)
    hard = None
    if commonsense["is_not_absent"] and commonsense["is_valid_information_in_sandbox"]:
        hard = _hard(query, plan, cost, database, reasons)
    return Evaluation(True, commonsense, hard, cost, reasons)


def _hard(query: Query, plan: Any, cost: float | None, database: Database, reasons: dict[str, str]) -> Verdicts:
    wishes = local_constraint(query)
    query = {**query, "local_constraint": wishes}
    verdicts: dict[str, bool | None] = {
        COST: _holds(
            COST, lambda *_: "no cost" if cost is None else over_budget(query, cost), query, plan, database, reasons
        )
    }
    for name, (check, wish) in LOCAL.items():
        asked = is_asked(wishes, wish)
        verdicts[name] = _holds(name, check, query, plan, database, reasons) if asked else None
    return verdicts


def is_asked(wishes: Mapping[str, Any], wish: str) -> bool:
    """Return whether a query asks for a local constraint; an empty list of cuisines is none."""
    return wishes.get(wish) not in (None, [])


def _holds(name: str, check: Check, query: Query, plan: Any, database: Database, reasons: dict[str, str]) -> bool:
    """Run one check. The official code aborts on a malformed plan; here that check fails and the rest go on."""
    try:
        reason = check(query, plan, database)
    except Exception as error:  # plans are arbitrary text: any exception means "cannot be read"
        reason = f"cannot be read: {error!r}"
    if reason is None:
        return True
    reasons[name] = reason
    return False


def _cost(query: Query, plan: Any, database: Database) -> float | None:
    try:
        return float(total_cost(query, plan, database))
    except Exception:  # as above
        return None
