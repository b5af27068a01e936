"""The six official metrics over a set of plans (``docs/spec/travelplanner.md §7``)."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from envs.travelplanner.evaluate.commonsense import COMMONSENSE, Query
from envs.travelplanner.evaluate.hard import LOCAL
from envs.travelplanner.evaluate.verdict import Evaluation, is_asked
from envs.travelplanner.record import local_constraint


@dataclass(frozen=True)
class Denominators:
    """What the rates are divided by: plans that were not delivered or not evaluated count as failed."""

    plans: int
    hard: int
    source: str
    """The official split they are hard-coded for, or "query set" when they were counted."""

    @property
    def commonsense(self) -> int:
        """Eight verdicts a plan."""
        return len(COMMONSENSE) * self.plans


OFFICIAL = {
    "train": Denominators(45, 105, "train"),
    "validation": Denominators(180, 420, "validation"),
    "test": Denominators(1000, 2290, "test"),
}


def counted(queries: Iterable[Query]) -> Denominators:
    """Return the denominators of a query set: one budget a query, and every local constraint that it asks for."""
    plans = hard = 0
    for query in queries:
        wishes = local_constraint(query)
        plans += 1
        hard += 1 + sum(is_asked(wishes, wish) for _, wish in LOCAL.values())
    return Denominators(plans, hard, "query set")


def measures(query: Query, evaluation: Evaluation) -> dict[str, tuple[float, float]]:
    """Return what one plan adds to the numerator and the denominator of each rate, named as in :class:`Aggregates`."""
    of = counted([query])
    rates = aggregate([evaluation], of)
    wholes = {"commonsense_micro": of.commonsense, "hard_micro": of.hard}
    return {
        name: (round(rate * wholes.get(name, 1), 6), float(wholes.get(name, 1)))
        for name, rate in rates.as_record().items()
    }


@dataclass(frozen=True)
class Aggregates:
    """The six rates, in [0, 1]."""

    delivery_rate: float
    commonsense_micro: float
    commonsense_macro: float
    hard_micro: float
    hard_macro: float
    final_pass_rate: float

    def as_record(self) -> dict[str, float]:
        """Return the rates by name."""
        return asdict(self)


def aggregate(evaluations: Sequence[Evaluation], denominators: Denominators) -> Aggregates:
    """Return the six official rates of ``evaluations``; an empty set has rates of 0."""
    plans, hard = max(denominators.plans, 1), max(denominators.hard, 1)
    return Aggregates(
        delivery_rate=sum(e.delivered for e in evaluations) / plans,
        commonsense_micro=sum(v is True for e in evaluations for v in e.commonsense.values())
        / max(denominators.commonsense, 1),
        commonsense_macro=sum(e.commonsense_pass for e in evaluations) / plans,
        hard_micro=sum(v is True for e in evaluations for v in (e.hard or {}).values()) / hard,
        hard_macro=sum(e.hard_pass for e in evaluations) / plans,
        final_pass_rate=sum(e.final_pass for e in evaluations) / plans,
    )
