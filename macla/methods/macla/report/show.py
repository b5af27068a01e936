"""``macla memory show``: what a memory holds, one line each, or one procedure or meta-procedure in full."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from macla.errors import UserError
from macla.methods.macla.equations.beta import Evidence
from macla.methods.macla.memory import directory
from macla.methods.macla.memory.meta import Control, MetaProcedure, Skill
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.store import Memory

SOURCES = 3
"""Source trajectories that are named for a procedure."""
STRONGEST = 5
"""Features that are named for a kind of entity."""


def show_memory(folder: Path, name: str | None) -> None:
    """Print all procedures and meta-procedures of a memory, or one in full; UserError for an unknown id."""
    memory, _, about = directory.load(folder)
    console = Console(soft_wrap=True, highlight=False, markup=False)
    if name is None:
        console.print(_procedures(memory, about))
        if memory.metas:
            console.print(_metas(memory))
        for table in (_habits(memory), _practised(memory)):
            if table.row_count:
                console.print(table)
        return
    if name not in memory.procedures and name not in memory.metas:
        known = ", ".join([*list(memory.procedures)[:4], *list(memory.metas)[:2]])
        raise UserError(f"nothing named {name} in {folder}; it holds {known} …")
    skill = memory.find(name)
    lines = _meta(memory, skill) if isinstance(skill, MetaProcedure) else _procedure(memory, skill)
    console.print("\n".join(lines))


def _procedures(memory: Memory, about: dict[str, Any]) -> Table:
    # An online evaluation's memory names the memory it began with, not a benchmark.
    origin = about.get("benchmark", {}).get("benchmark") or about.get("online", "")
    table = Table(title=f"{len(memory.procedures)} procedures, {origin}")
    for column in ("id", "goals", "steps", "support", "evidence", "left out", "α/(α+β)"):
        table.add_column(column)
    for procedure in memory.procedures.values():
        steps = "; ".join(step.key.text() for step in procedure.plan)
        table.add_row(procedure.id, _goals(procedure), steps, str(procedure.support), *_belief(procedure.evidence))
    return table


def _metas(memory: Memory) -> Table:
    table = Table(title=f"{len(memory.metas)} meta-procedures")
    for column in ("id", "goals", "children under Θ", "support", "evidence", "left out", "α/(α+β)"):
        table.add_column(column)
    for meta in memory.metas.values():
        children = [_child(*each) for each in zip(meta.children, meta.controls, strict=True)]
        table.add_row(meta.id, _goals(meta), " → ".join(children), str(meta.support), *_belief(meta.evidence))
    return table


def _habits(memory: Memory) -> Table:
    """Return what holds of commands whatever their Ψ, where tasks name things outright."""
    habits = memory.habits
    table = Table(
        title="habits of all demonstrators" + (": what was refused is not tried again" if habits.final else "")
    )
    for column in ("command", "habit"):
        table.add_column(column)
    for verb in sorted(habits.once):
        table.add_row(verb, "never twice with the same arguments")
    for key, steps in sorted(habits.latest.items()):
        table.add_row(key.text(), f"given after {steps} steps at the latest")
    return table


def _practised(memory: Memory) -> Table:
    """Return the features that outcomes of practice made most and least attractive, per kind of entity."""
    table = Table(title=f"what {len(memory.practised)} practised tasks taught about choices (log odds)")
    for column in ("kind", "sought", "shunned"):
        table.add_column(column)
    for kind, weights in sorted(memory.preferences.practised.items()):
        ranked = sorted(weights.items(), key=lambda item: (item[1], item[0]))
        shunned = [f"{feature} {weight:+.2f}" for feature, weight in ranked[:STRONGEST] if weight < 0]
        sought = [f"{feature} {weight:+.2f}" for feature, weight in ranked[::-1][:STRONGEST] if weight > 0]
        table.add_row(kind, "; ".join(sought), "; ".join(shunned))
    return table


def _procedure(memory: Memory, procedure: Procedure) -> list[str]:
    sources = [memory.sources[k].task for k in procedure.sources[:SOURCES]]
    more = " …" if len(procedure.sources) > SOURCES else ""
    return [
        _heading(procedure),
        "Ψ  " + ", ".join(condition.text() for condition in procedure.preconditions),
        *(f"π  {step.key.text()}" + (f"  when {step.guard.text()}" if step.guard else "") for step in procedure.plan),
        "Φ  " + ", ".join(condition.text() for condition in procedure.postconditions),
        *(
            f"{slot}: " + ", ".join(f"{kind} {n}" for kind, n in tally.kinds.most_common(6))
            for slot, tally in sorted(procedure.slots.items())
        ),
        "from " + ", ".join(sources) + more,
    ]


def _meta(memory: Memory, meta: MetaProcedure) -> list[str]:
    steps = zip(meta.children, meta.controls, strict=True)
    return [
        _heading(meta),
        "Ψ  " + ", ".join(condition.text() for condition in meta.preconditions),
        *(f"Θ  {_child(child, control)}: {memory.procedures[child].milestone.text()}" for child, control in steps),
    ]


def _heading(skill: Skill) -> str:
    evidence, left_out, mean = _belief(skill.evidence)
    rest = f", left out because Ψ rules them out {left_out}" if left_out else ""
    goals = "; ".join(f"{goal} ×{n}" for goal, n in skill.goals.most_common())
    return f"{skill.id}: support {skill.support}, successes/failures {evidence}{rest}, α/(α+β) {mean}\nG  {goals}"


def _belief(evidence: Evidence) -> tuple[str, str, str]:
    """Return successes/failures that count, those left out since contrast refined Ψ, and the mean under Beta(1, 1)."""
    successes, failures = evidence.counts()
    out = evidence.outside
    left = (out.shown_success + out.success, out.shown_failure + out.failure)
    mean = (successes + 1) / (successes + failures + 2)
    return f"{successes:.4g}/{failures:.4g}", f"{left[0]:.4g}/{left[1]:.4g}" if any(left) else "", f"{mean:.3f}"


def _child(child: str, control: Control) -> str:
    """Return a child with what Θ allows besides *continue*."""
    allowed = (["skip"] if control.skip else []) + ([f"≤{control.attempts}×"] if control.attempts > 1 else [])
    return child + (f" ({', '.join(allowed)})" if allowed else "")


def _goals(skill: Skill) -> str:
    goal, _ = skill.goals.most_common(1)[0]
    return goal + (f" (+{len(skill.goals) - 1})" if len(skill.goals) > 1 else "")
