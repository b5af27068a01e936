"""What a command prints when it is done."""

from typing import Any

from rich.console import Console


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


def _console() -> Console:
    return Console(soft_wrap=True, highlight=False, markup=False)
