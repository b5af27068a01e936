"""What a command prints when it is done."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from macla.errors import UserError
from macla.memory import directory
from macla.memory.posterior import Outside
from macla.memory.procedure import Procedure


def show_build(summary: dict[str, Any]) -> None:
    """Print the figures of a construction."""
    console = _console()
    console.print(
        f"{summary['n_trajectories']} trajectories → {summary['n_procedures']} procedures, {summary['n_metas']} metas "
        f"({summary['compression']:.1f}:1) in {summary['seconds']:.1f} s "
        f"(collecting them: {summary['collect_seconds']:.1f} s), "
        f"peak memory {summary['peak_memory_mb']:.0f} MB, {summary['bytes'] / 1e6:.2f} MB on disk"
    )
    console.print(f"memory: {summary['memory']}")


def show_evaluation(summary: dict[str, Any]) -> None:
    """Print the figures of an evaluation, its memory named."""
    console = _console()
    low, high = summary["success_interval"]
    console.print(
        f"{summary['env']} {summary['split']}: {summary['n_success']}/{summary['n_scored']} = "
        f"{100 * summary['success_rate']:.1f} % [{100 * low:.1f}, {100 * high:.1f}], "
        f"score {100 * summary['score_mean']:.1f}, memory {summary['memory']}, model {summary['model']}"
    )
    within = ", ".join(f"{limit} steps {100 * rate:.1f} %" for limit, rate in summary["success_at"].items())
    console.print(f"success within {within}" if within else "", end="\n" if within else "")
    for name, group in summary["by_type"].items():
        console.print(f"  {name}: {group['n_success']}/{group['n']}")
    if summary["n_scored"] < summary["n_tasks"]:
        console.print(f"{summary['n_tasks'] - summary['n_scored']} of {summary['n_tasks']} tasks are not scored")
    console.print(f"run: {summary['run']}")


def show_memory(folder: Path, name: str | None) -> None:
    """Print all procedures of a memory, or one in full; UserError for an unknown id."""
    memory, _, about = directory.load(folder)
    if name is None:
        _console().print(_overview(memory.procedures, about))
        return
    if name not in memory.procedures:
        known = ", ".join(list(memory.procedures)[:5])
        raise UserError(f"no procedure {name} in {folder}; it holds {known} …")
    for line in _lines(memory.procedures[name], [memory.sources[k].task for k in memory.procedures[name].sources[:3]]):
        _console().print(line)


def _overview(procedures: dict[str, Procedure], about: dict[str, Any]) -> Table:
    table = Table(title=f"{len(procedures)} procedures, {about['benchmark']['benchmark']}")
    for column in ("id", "goals", "steps", "support", "α/(α+β)"):
        table.add_column(column)
    for procedure in procedures.values():
        goal, _ = procedure.goals.most_common(1)[0]
        more = f" (+{len(procedure.goals) - 1})" if len(procedure.goals) > 1 else ""
        steps = "; ".join(step.key.text() for step in procedure.plan)
        successes, failures = procedure.evidence.counts()
        mean = (successes + 1) / (successes + failures + 2)
        table.add_row(procedure.id, f"{goal}{more}", steps, str(procedure.support), f"{mean:.3f}")
    return table


def _lines(procedure: Procedure, sources: list[str]) -> list[str]:
    successes, failures = procedure.evidence.counts()
    return [
        f"{procedure.id}: support {procedure.support}, successes {successes:g}, failures {failures:g}"
        + _outside(procedure.evidence.outside),
        "G  " + "; ".join(f"{goal} ×{n}" for goal, n in procedure.goals.most_common()),
        "Ψ  " + ", ".join(condition.text() for condition in procedure.preconditions),
        *(f"π  {step.key.text()}" + (f"  when {step.guard.text()}" if step.guard else "") for step in procedure.plan),
        "Φ  " + ", ".join(condition.text() for condition in procedure.postconditions),
        *(
            f"{slot}: " + ", ".join(f"{kind} {n}" for kind, n in tally.kinds.most_common(6))
            for slot, tally in sorted(procedure.slots.items())
        ),
        "from " + ", ".join(sources),
    ]


def _outside(left: Outside) -> str:
    """Return what the posterior leaves out since contrast refined Ψ; empty when nothing is."""
    successes, failures = left.shown_success + left.success, left.shown_failure + left.failure
    return f"; left out, Ψ rules them out: {successes:g} and {failures:g}" if successes + failures else ""


def _console() -> Console:
    return Console(soft_wrap=True, highlight=False, markup=False)
