"""What a memory holds, as pages show it: every procedure with its evidence and the trajectories it was learned from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from macla.errors import UserError
from macla.methods.base import Learned
from macla.methods.macla.equations.beta import Prior
from macla.methods.macla.learned import LearnedMacla
from macla.methods.macla.memory.meta import MetaProcedure
from macla.methods.macla.memory.prior import prior_of
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.skill import Skill
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.report.why import all_sources
from macla.methods.stored import Stored
from macla.statistics import CONFIDENCE, Interval


@dataclass(frozen=True)
class Entry:
    """A procedure or a meta-procedure in words."""

    id: str
    kind: str
    """``procedure``, ``meta-procedure``, or ``part`` (of statements; never executed alone)."""
    goals: tuple[tuple[str, int], ...]
    """Goal pattern → segments, the commonest first."""
    preconditions: tuple[str, ...]
    steps: tuple[str, ...]
    """π; of a meta-procedure its children and branches, with what Θ allows."""
    postconditions: tuple[str, ...]
    slots: tuple[tuple[str, tuple[str, ...]], ...]
    """Slot → the kinds of entity that filled it, the commonest first."""
    support: int
    successes: float
    failures: float
    left_out: float
    """Evidence that does not count since contrast refined Ψ."""
    mean: float
    """α/(α+β): prior and evidence, untempered."""
    interval: Interval
    """95 % of the posterior."""
    sources: tuple[tuple[str, str, str], ...]
    """(task, where the trajectory comes from, how it ended), in the order in which memory met them."""


@dataclass(frozen=True)
class Catalogue:
    """A memory: what it is, its sizes, and its entries."""

    name: str
    method: str
    benchmark: str
    encoder: str
    figures: Mapping[str, float]
    trajectories: int
    entries: tuple[Entry, ...]
    lines: tuple[str, ...]
    """What a method without procedures, or one that tasks are handed to, says of itself."""
    revision: str = ""
    """The commit that it was built at, where it was built in a checkout."""


def catalogue(name: str, stored: Stored, learned: Learned) -> Catalogue:
    """Return what a memory holds; ``name`` is what pages call it."""
    built = {"encoder": stored.encoder, "revision": str(stored.about.get("revision", ""))}
    common = {"name": name, "method": stored.name, "benchmark": stored.benchmark, **built}
    if not isinstance(learned, LearnedMacla):
        figures, said = dict(learned.figures()), tuple(learned.describe())
        return Catalogue(**common, figures=figures, trajectories=len(learned.tasks()), entries=(), lines=said)
    memory = learned.memory
    more = learned.handover.describe(memory) if learned.handover is not None else []
    return Catalogue(
        **common,
        figures=dict(learned.figures()),
        trajectories=len(memory.sources),
        entries=entries(memory),
        lines=tuple(more),
    )


def entries(memory: Memory) -> tuple[Entry, ...]:
    """Return all procedures, then all meta-procedures of a memory of MACLA."""
    prior, origins = prior_of(memory, memory.settings), all_sources(memory)
    return tuple(
        _entry(skill, prior, [(one.task, one.source, one.outcome) for one in origins.get(skill.id, ())])
        for skill in memory.skills()
    )


def find_entry(found: Catalogue, name: str) -> Entry:
    """Return the entry with an id; UserError names some when there is none."""
    entry = next((one for one in found.entries if one.id == name), None)
    if entry is None:
        known = ", ".join(one.id for one in found.entries[:6]) or "no procedure"
        raise UserError(f"nothing named {name} in this memory; it holds {known} …")
    return entry


def _entry(skill: Skill, prior: Prior, sources: Sequence[tuple[str, str, str]]) -> Entry:
    successes, failures = skill.evidence.counts()
    outside = skill.evidence.outside
    alpha, beta = prior.alpha0 + successes, prior.beta0 + failures
    kind, steps, reached, slots = _body(skill)
    return Entry(
        id=skill.id,
        kind=kind,
        goals=tuple(skill.goals.most_common()),
        preconditions=tuple(condition.text() for condition in skill.preconditions),
        steps=steps,
        postconditions=reached,
        slots=slots,
        support=skill.support,
        successes=successes,
        failures=failures,
        left_out=outside.shown_success + outside.success + outside.shown_failure + outside.failure,
        mean=alpha / (alpha + beta),
        interval=_credible(alpha, beta),
        sources=tuple(sources),
    )


def _body(
    skill: Skill,
) -> tuple[str, tuple[str, ...], tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
    """Return kind, steps, postconditions and slots."""
    if isinstance(skill, MetaProcedure):
        return "meta-procedure", tuple(_child(skill, place) for place in range(len(skill.children))), (), ()
    assert isinstance(skill, Procedure)
    slots = tuple(
        (slot, tuple(kind for kind, _ in tally.kinds.most_common())) for slot, tally in sorted(skill.slots.items())
    )
    steps = tuple(step.text() for step in skill.plan)
    reached = tuple(condition.text() for condition in skill.postconditions)
    return "part" if skill.part else "procedure", steps, reached, slots


def _child(meta: MetaProcedure, place: int) -> str:
    control = meta.controls[place]
    allowed = [*(["may be skipped"] if control.skip else [])]
    allowed += [f"up to {control.attempts} times"] if control.attempts > 1 else []
    return " or ".join(meta.options(place)) + (f" ({', '.join(allowed)})" if allowed else "")


def _credible(alpha: float, beta: float) -> Interval:
    from scipy.stats import beta as posterior

    low, high = posterior.ppf([(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], alpha, beta)
    return Interval(float(low), float(high))
