"""Run a meta-procedure under its control policy Θ: continue, skip, repeat or abort (``paper.md §7``)."""

from macla.act.execute import Executor, Result
from macla.memory.meta import Control, MetaProcedure
from macla.memory.procedure import Procedure
from macla.memory.segment import Context, Execution


def run_meta(executor: Executor, meta: MetaProcedure) -> Result:
    """Execute ``meta`` child by child and record it; its children are recorded, and so credited, as well."""
    session, roles = executor.session, executor.roles
    situation = roles.situation(session.belief)
    text, rejected = roles.contexts(session.belief)[0], session.rejected
    achieved = all(
        _run_child(executor, meta, executor.memory.procedures[child], control)
        for child, control in zip(meta.children, meta.controls, strict=True)
    )
    result = Result(achieved, achieved and session.rejected == rejected)
    lived = Context(text=text, facts=tuple(situation), steps=(), after=tuple(roles.situation(session.belief)))
    session.executions.append(Execution(procedure=meta.id, success=result.success, context=lived))
    return result


def _run_child(executor: Executor, meta: MetaProcedure, child: Procedure, control: Control) -> bool:
    """Apply Θ at one position; False aborts the meta-procedure."""
    session, roles = executor.session, executor.roles
    if session.over:
        return session.success
    if control.skip and executor.holds(child.postconditions, {**roles.bound, **executor.binder(child).bind()}):
        return True
    for _ in range(control.attempts):
        if not executor.ready(child):
            return False
        if executor.run(child, part_of=meta.id).achieved:
            return True
        if session.over:
            return session.success
    return False
