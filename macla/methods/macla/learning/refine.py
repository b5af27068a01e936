"""Contrastive refinement: what separates a procedure's successes from its failures.

See ``docs/spec/paper.md §6``, Eq 6.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from macla.methods.macla.equations.refinement import Refinement
from macla.methods.macla.memory.events import Refined, Split
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.segment import Context, Fact, StepKey
from macla.methods.macla.memory.store import Memory
from macla.models.malformed import Malformed
from macla.models.requests import ContextView, Contrast, Contrasted, FrozenModel

T = TypeVar("T")


def refine(memory: Memory, model: FrozenModel) -> list[str]:
    """Contrast every procedure with ``n_min`` successes and failures and new failures since its last contrast.

    Returns the ids of the procedures that changed. Algorithm 1 (l.23) would contrast again after every episode once
    the counts are reached (``departures.contrast_anew=false``: after every batch); here only new failures trigger it
    (``docs/spec/audit.md``, "l.23 refines forever"). Failures that a contrast explained have left F, so the next
    contrast of the same procedure waits for ``n_min`` failures within its refined Ψ. A Ψ that is a path of the
    precondition tree is exact and left alone (``departures.contrast_exact``).
    """
    n_min, exact = memory.settings.n_min, memory.settings.departures.contrast_exact
    due = [known for known in memory.procedures.values() if (exact or not known.path) and _due(known, n_min)]
    replies = model.ask([_request(procedure) for procedure in due])
    changed = []
    for procedure, reply in zip(due, replies, strict=True):
        if isinstance(reply, Malformed):  # nothing is learned, and the next contrast waits for new failures
            memory.apply(Refined(procedure=procedure.id, change=Refinement(failures=procedure.evidence.failure)))
            continue
        change = _change(procedure, reply)
        memory.apply(Refined(procedure=procedure.id, change=change))
        if change != Refinement(failures=change.failures):
            changed.append(procedure.id)
        changed += _split(memory, procedure)
    return changed


def _due(procedure: Procedure, n_min: int) -> bool:
    enough = len(procedure.succeeded_in) >= n_min and len(procedure.failed_in) >= n_min
    if not procedure.departures.contrast_anew:
        return enough
    return enough and procedure.evidence.failure > procedure.refinement.failures


def _request(procedure: Procedure) -> Contrast:
    facts, steps, results = _seen(procedure)
    goal, _ = procedure.goals.most_common(1)[0]

    def view(context: Context) -> ContextView:
        return ContextView(
            facts=_indices(facts, context.facts),
            steps=_indices(steps, context.steps),
            results=_indices(results, context.after),
        )

    return Contrast(
        goal=f"{goal} {procedure.milestone.text()}",
        plan=_indices(steps, (step.key for step in procedure.plan[:-1])),
        facts=tuple(fact.words() for fact in facts),
        steps=tuple(step.text() for step in steps),
        results=tuple(fact.words() for fact in results),
        successes=tuple(map(view, procedure.succeeded_in)),
        failures=tuple(map(view, procedure.failed_in)),
    )


def _change(procedure: Procedure, reply: Contrasted) -> Refinement:
    """Return the change that a reply stands for.

    What it both requires and forbids separates nothing. Demonstrations are successes too, so what nearly all of them
    lacked is not required and what they had is not forbidden: a handful of executions may well differ in more than
    what made them succeed (``departures.demonstrations_agree``).
    """
    facts, steps, results = _seen(procedure)
    required = _chosen(facts, [k for k in reply.require if k not in reply.forbid])
    forbidden = _chosen(facts, [k for k in reply.forbid if k not in reply.require])
    if procedure.departures.demonstrations_agree:
        nearly_all = procedure.settings.agreed_in
        required = _agreed(procedure, required, nearly_all, 1)
        forbidden = _agreed(procedure, forbidden, 0, 1 - nearly_all)
    return Refinement(
        require=required,
        forbid=forbidden,
        steps=_chosen(steps, reply.steps),
        achieved=_chosen(results, reply.achieved),
        failures=procedure.evidence.failure,
    )


def _agreed(procedure: Procedure, facts: Iterable[Fact], least: float, most: float) -> tuple[Fact, ...]:
    """Return the facts that held in a share of the demonstrations from ``least`` to ``most``, or that none tells."""
    shares = ((fact, procedure.shown_before(fact)) for fact in facts)
    return tuple(fact for fact, share in shares if share is None or least <= share <= most)


def _split(memory: Memory, procedure: Procedure) -> list[str]:
    """Split off a variant when successes show two ways of working that one fact tells apart; return the ids.

    Each of the two inherits the counts and contexts of its own side of that fact. A procedure may lose one mode after
    the other so, one a contrast: what lies outside Ψ, as the splits before left it, is no mode of its own any more.
    """
    modes: dict[tuple[StepKey, ...], list[Context]] = {}
    for context in procedure.within(procedure.succeeded_in):
        modes.setdefault(_supporting(procedure, context), []).append(context)
    ranked = sorted(modes.items(), key=lambda item: (-len(item[1]), item[0]))
    for steps, other in ranked[1:]:
        telling = _telling(ranked[0][1], other) if len(other) >= memory.settings.n_min else None
        if telling is not None:
            variant, failures = _variant_id(memory, procedure), procedure.evidence.failure
            change = Refinement(require=(telling,), steps=steps, failures=failures)
            memory.apply(Split(procedure=procedure.id, variant=variant, change=change))
            memory.apply(Refined(procedure=procedure.id, change=Refinement(forbid=(telling,), failures=failures)))
            return [procedure.id, variant]
    return []


def _telling(usual: Sequence[Context], other: Sequence[Context]) -> Fact | None:
    """Return the first fact that held in all of the ``other`` contexts and in none of the ``usual`` ones."""
    common = set.intersection(*(set(context.facts) for context in other))
    return min(common - {fact for context in usual for fact in context.facts}, default=None)


def _variant_id(memory: Memory, procedure: Procedure) -> str:
    """Return ``p0001v`` for the first variant of ``p0001``, then ``p0001v2`` …; a pruned one's id is not used again."""
    made = sum(isinstance(event, Split) and event.procedure == procedure.id for event in memory.events)
    return f"{procedure.id}v{made + 1}" if made else f"{procedure.id}v"


def _supporting(procedure: Procedure, context: Context) -> tuple[StepKey, ...]:
    """Return the unguarded supporting steps of an execution: guarded ones differ by design, not by mode."""
    guarded = {step.key for step in procedure.plan if step.guard is not None}
    own = (step for step in context.steps if step != procedure.milestone and step not in guarded)
    return tuple(dict.fromkeys(own))


def _seen(procedure: Procedure) -> tuple[list[Fact], list[StepKey], list[Fact]]:
    """Return every fact, supporting step and result of the remembered contexts, sorted."""
    contexts = [*procedure.succeeded_in, *procedure.failed_in]
    planned = {step.key for step in procedure.plan[:-1]}
    steps = planned | {step for context in contexts for step in context.steps if step != procedure.milestone}
    return (
        sorted({fact for context in contexts for fact in context.facts}),
        sorted(steps),
        sorted({fact for context in contexts for fact in context.after}),
    )


def _indices(everything: Sequence[T], some: Iterable[T]) -> tuple[int, ...]:
    position = {item: index for index, item in enumerate(everything)}
    return tuple(dict.fromkeys(position[item] for item in some if item in position))


def _chosen(everything: Sequence[T], indices: Iterable[int]) -> tuple[T, ...]:
    return tuple(everything[index] for index in dict.fromkeys(indices) if 0 <= index < len(everything))
