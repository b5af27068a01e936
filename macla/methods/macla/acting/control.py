"""Run a meta-procedure under its control policy Θ: continue, skip, repeat or abort (``docs/spec/paper.md §7``).

Where ``departures.looks_ahead`` is off, Θ knows no more than the child's own Ψ and Φ.
"""

from macla.methods.macla.acting.execute import Executor
from macla.methods.macla.acting.grounding import Result
from macla.methods.macla.memory.meta import MetaProcedure
from macla.methods.macla.memory.prior import prior_of
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.segment import Context


def run_meta(executor: Executor, meta: MetaProcedure) -> Result:
    """Execute ``meta`` child by child and record it; its children are recorded, and so credited, as well."""
    session, roles, grounding = executor.session, executor.roles, executor.grounding
    situation = roles.situation(session.belief, grounding.facts())
    text, rejected = grounding.contexts()[0], session.rejected
    achieved = all(_run_child(executor, meta, place) for place in range(len(meta.children)))
    result = executor.result(achieved, rejected)
    after = roles.situation(session.belief, grounding.facts())
    executor.record(meta.id, result.success, Context(text=text, facts=tuple(situation), steps=(), after=tuple(after)))
    return result


def _run_child(executor: Executor, meta: MetaProcedure, place: int) -> bool:
    """Apply Θ at one place; False aborts the meta-procedure."""
    session, settings = executor.session, executor.memory.settings
    failures = 0
    if session.over:
        return session.success if settings.departures.by_outcome else _held(executor, meta, place)
    if _skipped(executor, meta, place):
        return True
    for _ in range(meta.controls[place].attempts):
        child = _chosen(executor, meta, place)
        if child is None:
            return False
        achieved = executor.run(child, part_of=meta.id).achieved
        if session.over:
            return session.success if settings.departures.by_outcome else achieved
        if achieved and _may_go_on(executor, meta, place):
            return True
        failures = 0 if achieved else failures + 1
        if failures == settings.composition.failures:
            return False
    return False


def _chosen(executor: Executor, meta: MetaProcedure, place: int) -> Procedure | None:
    """Return what to run at a place: of the child and its branches what is applicable, first the most reliable."""
    memory = executor.memory
    usable = [memory.procedures[name] for name in meta.options(place)]
    usable = [procedure for procedure in usable if executor.grounding.applicable(procedure)]
    if len(usable) < 2:
        return usable[0] if usable else None
    prior = prior_of(memory, memory.settings)

    def reliability(procedure: Procedure) -> float:
        successes, failures = procedure.evidence.counts()
        return (successes + prior.alpha0) / (successes + failures + prior.alpha0 + prior.beta0)

    return max(usable, key=reliability)


def _held(executor: Executor, meta: MetaProcedure, place: int) -> bool:
    """Whether Φ of the child at a place, or of a branch there, holds already.

    An empty Φ does not hold already: what a repeated child brings about in the end is not what holds after each of its
    runs, so Φ may say nothing, but the child's own Ψ and the next child's do (Default).
    """
    for name in meta.options(place):
        child = executor.memory.procedures[name]
        binding = {**executor.roles.bound, **executor.grounding.bind(child)}
        if child.postconditions and executor.holds(child.postconditions, binding):
            return True
    return False


def _skipped(executor: Executor, meta: MetaProcedure, place: int) -> bool:
    """Whether Θ skips the child at a place: its Φ holds already, or its Ψ rules it out, and the next may go on."""
    if not meta.controls[place].skip:
        return False
    held = _held(executor, meta, place)
    if not executor.memory.settings.departures.looks_ahead:
        return held
    return (held or _chosen(executor, meta, place) is None) and _may_go_on(executor, meta, place)


def _may_go_on(executor: Executor, meta: MetaProcedure, place: int) -> bool:
    """Whether the child after a place may run, or is skipped."""
    following = place + 1
    if following == len(meta.children) or not executor.memory.settings.departures.looks_ahead:
        return True
    return _chosen(executor, meta, following) is not None or _skipped(executor, meta, following)
