"""``macla memory show``: what a memory holds, one line each, or one procedure or meta-procedure in full."""

from rich.console import Console
from rich.table import Table

from macla.errors import UserError
from macla.methods.macla.equations.beta import Prior
from macla.methods.macla.handover import HandOver
from macla.methods.macla.memory.evidence import Evidence
from macla.methods.macla.memory.meta import MetaProcedure
from macla.methods.macla.memory.prior import prior_of
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.skill import Skill
from macla.methods.macla.memory.store import Memory

SOURCES = 3
"""Source trajectories that are named for a procedure."""
KINDS = 6
"""Kinds of entity that are named for a slot."""


def describe(memory: Memory, handover: HandOver | None, name: str | None) -> list[str]:
    """Return all procedures and meta-procedures in words, or one of them in full; UserError for an unknown id."""
    prior = prior_of(memory, memory.settings)
    if name is None:
        tables = [_procedures(memory, prior), *([_metas(memory, prior)] if memory.metas else [])]
        more = handover.describe(memory) if handover is not None else []
        return [line for table in tables for line in _lines(table)] + more
    if name not in memory.procedures and name not in memory.metas:
        known = ", ".join([*list(memory.procedures)[:4], *list(memory.metas)[:2]])
        raise UserError(f"nothing named {name} in this memory; it holds {known} …")
    skill = memory.find(name)
    if isinstance(skill, Procedure):
        return _procedure(memory, skill, prior)
    assert isinstance(skill, MetaProcedure)
    return _meta(memory, skill, prior)


def _lines(table: Table) -> list[str]:
    console = Console(soft_wrap=True, highlight=False, markup=False, color_system=None)
    with console.capture() as captured:
        console.print(table)
    return captured.get().splitlines()


def _procedures(memory: Memory, prior: Prior) -> Table:
    table = Table(title=f"{len(memory.procedures)} procedures")
    for column in ("id", "goals", "steps", "support", "evidence", "left out", "α/(α+β)"):
        table.add_column(column)
    for procedure in memory.procedures.values():
        steps = "; ".join(step.key.text() for step in procedure.plan)
        table.add_row(
            procedure.id, _goals(procedure), steps, str(procedure.support), *_belief(procedure.evidence, prior)
        )
    return table


def _metas(memory: Memory, prior: Prior) -> Table:
    table = Table(title=f"{len(memory.metas)} meta-procedures")
    for column in ("id", "goals", "children under Θ", "support", "evidence", "left out", "α/(α+β)"):
        table.add_column(column)
    for meta in memory.metas.values():
        children = [_child(meta, place) for place in range(len(meta.children))]
        table.add_row(meta.id, _goals(meta), " → ".join(children), str(meta.support), *_belief(meta.evidence, prior))
    return table


def _procedure(memory: Memory, procedure: Procedure, prior: Prior) -> list[str]:
    sources = [memory.sources[k].task for k in procedure.sources[:SOURCES]]
    more = " …" if len(procedure.sources) > SOURCES else ""
    return [
        _heading(procedure, prior),
        "Ψ  " + ", ".join(condition.text() for condition in procedure.preconditions),
        *(f"π  {step.text()}" for step in procedure.plan),
        "Φ  " + ", ".join(condition.text() for condition in procedure.postconditions),
        *(
            f"{slot}: " + ", ".join(f"{kind} {n}" for kind, n in tally.kinds.most_common(KINDS))
            for slot, tally in sorted(procedure.slots.items())
        ),
        "from " + ", ".join(sources) + more,
    ]


def _meta(memory: Memory, meta: MetaProcedure, prior: Prior) -> list[str]:
    return [
        _heading(meta, prior),
        "Ψ  " + ", ".join(condition.text() for condition in meta.preconditions),
        *(f"Θ  {_child(meta, place)}: {_does(memory, meta, place)}" for place in range(len(meta.children))),
        f"recurred in {meta.frequency:.0%} of a window",
    ]


def _heading(skill: Skill, prior: Prior) -> str:
    evidence, left_out, mean = _belief(skill.evidence, prior)
    rest = f", left out because Ψ rules them out {left_out}" if left_out else ""
    goals = "; ".join(f"{goal} ×{n}" for goal, n in skill.goals.most_common())
    return f"{skill.id}: support {skill.support}, successes/failures {evidence}{rest}, α/(α+β) {mean}\nG  {goals}"


def _belief(evidence: Evidence, prior: Prior) -> tuple[str, str, str]:
    """Return successes/failures that count, those left out since contrast refined Ψ, and the posterior mean."""
    successes, failures = evidence.counts()
    out = evidence.outside
    left = (out.shown_success + out.success, out.shown_failure + out.failure)
    mean = (successes + prior.alpha0) / (successes + failures + prior.alpha0 + prior.beta0)
    return f"{successes:.4g}/{failures:.4g}", f"{left[0]:.4g}/{left[1]:.4g}" if any(left) else "", f"{mean:.3f}"


def _child(meta: MetaProcedure, place: int) -> str:
    """Return a child and its branches with what Θ allows besides *continue*."""
    child, control = " or ".join(meta.options(place)), meta.controls[place]
    allowed = (["skip"] if control.skip else []) + ([f"≤{control.attempts}×"] if control.attempts > 1 else [])
    return child + (f" ({', '.join(allowed)})" if allowed else "")


def _does(memory: Memory, meta: MetaProcedure, place: int) -> str:
    return " or ".join(dict.fromkeys(memory.procedures[name].milestone.text() for name in meta.options(place)))


def _goals(skill: Skill) -> str:
    goal, _ = skill.goals.most_common(1)[0]
    return goal + (f" (+{len(skill.goals) - 1})" if len(skill.goals) > 1 else "")
