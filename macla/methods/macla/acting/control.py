"""Run a meta-procedure under its control policy Θ: continue, skip, repeat or abort (``docs/spec/paper.md §7``)."""

from macla.methods.macla.acting.execute import Executor
from macla.methods.macla.acting.grounding import Result
from macla.methods.macla.memory.meta import MetaProcedure
from macla.methods.macla.memory.segment import Context


def run_meta(executor: Executor, meta: MetaProcedure) -> Result:
    """Execute ``meta`` child by child and record it; its children are recorded, and so credited, as well."""
    session, roles, grounding = executor.session, executor.roles, executor.grounding
    situation = roles.situation(session.belief, grounding.facts())
    text, rejected = grounding.contexts()[0], session.rejected
    achieved = all(_run_child(executor, meta, position) for position in range(len(meta.children)))
    result = Result(achieved, achieved and session.rejected == rejected)
    after = roles.situation(session.belief, grounding.facts())
    executor.record(meta.id, result.success, Context(text=text, facts=tuple(situation), steps=(), after=tuple(after)))
    return result


def _run_child(executor: Executor, meta: MetaProcedure, position: int) -> bool:
    """Apply Θ at one position; False aborts the meta-procedure."""
    session, control = executor.session, meta.controls[position]
    child = executor.memory.procedures[meta.children[position]]
    failures = 0
    if session.over:
        return session.success
    if _skipped(executor, meta, position):
        return True
    for _ in range(control.attempts):
        if not executor.grounding.applicable(child):
            return False
        achieved = executor.run(child, part_of=meta.id).achieved
        if session.over:
            return session.success
        if achieved and _may_go_on(executor, meta, position):
            return True
        failures = 0 if achieved else failures + 1
        if failures == executor.memory.settings.composition.failures:
            return False
    return False


def _skipped(executor: Executor, meta: MetaProcedure, position: int) -> bool:
    """Whether Θ skips the child at ``position``: its Φ holds already, or its Ψ rules it out, and the next may go on.

    An empty Φ does not hold already: what a repeated child brings about in the end is not what holds after each of its
    runs, so Φ may say nothing, but the child's own Ψ and the next child's do (Default).
    """
    if not meta.controls[position].skip:
        return False
    child = executor.memory.procedures[meta.children[position]]
    binding = {**executor.roles.bound, **executor.grounding.bind(child)}
    held = bool(child.postconditions) and executor.holds(child.postconditions, binding)
    return (held or not executor.grounding.applicable(child)) and _may_go_on(executor, meta, position)


def _may_go_on(executor: Executor, meta: MetaProcedure, position: int) -> bool:
    """Whether the child after ``position`` may run, or is skipped."""
    following = position + 1
    if following == len(meta.children):
        return True
    if executor.grounding.applicable(executor.memory.procedures[meta.children[following]]):
        return True
    return _skipped(executor, meta, following)
