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
    the counts are reached; here only new failures trigger it (``docs/spec/audit.md``, "l.23 refines forever"). Failures
    that a contrast explained have left F, so the next contrast of the same procedure waits for ``n_min`` failures
    within its refined Ψ. A Ψ that is a path of the precondition tree is exact and left alone
    (``departures.contrast_exact``).
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
        changed += _split(memory, procedure, n_min)
    return changed


def _due(procedure: Procedure, n_min: int) -> bool:
    enough = len(procedure.succeeded_in) >= n_min and len(procedure.failed_in) >= n_min
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
    what made them succeed (Default).
    """
    facts, steps, results = _seen(procedure)
    nearly_all = procedure.settings.holds_in
    required = _chosen(facts, [k for k in reply.require if k not in reply.forbid])
    forbidden = _chosen(facts, [k for k in reply.forbid if k not in reply.require])
    return Refinement(
        require=_agreed(procedure, required, nearly_all, 1),
        forbid=_agreed(procedure, forbidden, 0, 1 - nearly_all),
        steps=_chosen(steps, reply.steps),
        achieved=_chosen(results, reply.achieved),
        failures=procedure.evidence.failure,
    )


def _agreed(procedure: Procedure, facts: Iterable[Fact], least: float, most: float) -> tuple[Fact, ...]:
    """Return the facts that held in a share of the demonstrations from ``least`` to ``most``, or that none tells."""
    shares = ((fact, procedure.shown_before(fact)) for fact in facts)
    return tuple(fact for fact, share in shares if share is None or least <= share <= most)


def _split(memory: Memory, procedure: Procedure, n_min: int) -> list[str]:
    """Split off a variant when successes show two ways of working that one fact tells apart; return the ids.

    Each of the two inherits the counts and contexts of its own side of that fact.
    """
    modes: dict[tuple[StepKey, ...], list[Context]] = {}
    for context in procedure.succeeded_in:
        modes.setdefault(_supporting(procedure, context), []).append(context)
    ranked = sorted(modes.items(), key=lambda item: (-len(item[1]), item[0]))
    if len(ranked) < 2 or len(ranked[1][1]) < n_min or procedure.id + "v" in memory.procedures:
        return []
    (_, usual), (other_steps, other) = ranked[0], ranked[1]
    telling = [
        fact
        for fact in sorted({fact for context in other for fact in context.facts})
        if all(fact in context.facts for context in other) and not any(fact in context.facts for context in usual)
    ]
    if not telling:
        return []
    variant, failures = procedure.id + "v", procedure.evidence.failure
    steps = Refinement(require=(telling[0],), steps=other_steps, failures=failures)
    memory.apply(Split(procedure=procedure.id, variant=variant, change=steps))
    memory.apply(Refined(procedure=procedure.id, change=Refinement(forbid=(telling[0],), failures=failures)))
    return [procedure.id, variant]


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
