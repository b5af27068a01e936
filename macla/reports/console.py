"""What a command prints when it is done."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table
from rich.text import Text

from macla.benchmarks import registry
from macla.benchmarks.wording import KEY
from macla.config import Config
from macla.errors import UserError
from macla.methods.settings import Explained, explain
from macla.mistakes import meant
from macla.models.useless import sentence
from macla.progress import printable
from macla.reports.listing import Listed


def show_build(summary: Mapping[str, Any]) -> None:
    """Print the figures of a construction."""
    console = _console()
    wrong = f" ({summary['wrong_steps']:,} wrong steps)" if summary["wrong_steps"] else ""
    wrong += f" ({summary['left_out']:,} left out: left_out.jsonl)" if summary["left_out"] else ""
    console.print(
        f"{summary['n_trajectories']} trajectories{wrong} → {_learned(summary)} in {summary['seconds']:.1f} s "
        f"(collecting them: {summary['collect_seconds']:.1f} s), "
        f"peak memory {summary['peak_memory_mb']:.0f} MB, {summary['bytes'] / 1e6:.2f} MB on disk"
    )
    _print_useless(console, summary)
    console.print(f"memory: {summary['memory']}")


def _learned(summary: Mapping[str, Any]) -> str:
    """Return what a method tells of its memory; the sizes of a procedural one as a sentence."""
    if "n_procedures" not in summary:
        return f"a memory of {summary['method']}"
    ratio = summary["n_trajectories"] / max(1, summary["n_procedures"])
    return f"{summary['n_procedures']} procedures, {summary['n_metas']} metas ({ratio:.1f}:1)"


def show_parts(parts: Sequence[tuple[str, str, str, str]]) -> None:
    """Print one line a part: its kind, name, package, and what to type."""
    lines = [("kind", "name", "from", "type"), *parts]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:  # never broken: what to type is to be copied
        _console().print("  ".join(map(str.ljust, line, widths)).rstrip())


def show_explained(config: Config, section: str) -> None:
    """Print every key of a section (``memory``, ``memory.prior``), or one key, with its value, source and reason.

    Sources and reasons are those that are declared. UserError when there is no such section or key.
    """
    rows = list(_explained(config))
    chosen = [row for row in rows if row.key == section or row.key.startswith(f"{section}.")]
    if "=" in section:
        chooses, what = section, section.partition("=")[0]
        raise UserError(f"--explain {section}: this chooses; type macla config {chooses} --explain {what}")
    if not chosen:
        known = [*type(config).model_fields, *(row.key for row in rows)]
        sections = ", ".join(type(config).model_fields)
        raise UserError(
            f"--explain {section}: there is no such section or key{meant(section, known)}; there are {sections}"
        )
    table = Table("key", "value", "source", "reason", box=None)
    for column in table.columns[:-1]:
        column.no_wrap, column.overflow = True, "fold"  # keys are copied: only reasons may be folded
    table.columns[-1].min_width = 20
    for key, value, source, reason in chosen:
        table.add_row(key, str(value), source, reason)
    _console().print(table)


def _explained(config: Config) -> Iterator[Explained]:
    """Yield every key of the configuration; those of the benchmark as its own options declare them."""
    for name in type(config).model_fields:
        value = getattr(config, name)
        if name == "env":
            yield Explained("env.name", config.env_name, "", "")
            yield Explained(KEY, config.instructions, "", "JSON lines {task, instruction} that word these tasks anew")
            yield from explain(registry.options(config.env_name, config.env_options), "env.")
        elif isinstance(value, BaseModel):
            yield from explain(value, f"{name}.")
        else:
            yield Explained(name, value, "", "")


def show_evaluation(summary: Mapping[str, Any]) -> None:
    """Print the figures of an evaluation, its memory named."""
    console = _console()
    console.print(
        f"{summary['env']} {summary['split']}: {rates(summary)}, memory {summary['memory']}, model {summary['model']}"
    )
    for name, found in summary["measures"].items():
        low, high = found["interval"] or (found["value"], found["value"])
        shown = f"{100 * found['value']:.1f} % [{100 * low:.1f}, {100 * high:.1f}]"
        console.print(f"  {name.replace('_', ' ')}: {shown}")
    within = ", ".join(f"{limit} steps {100 * rate:.1f} %" for limit, rate in summary["success_at"].items())
    if within and summary["n_scored"]:
        console.print(f"success within {within}")
    for name, group in summary["by_type"].items():
        console.print(f"  {name}: {group['n_success']}/{group['n']}")
    if 0 < summary["n_scored"] < summary["n_tasks"]:
        console.print(f"{summary['n_tasks'] - summary['n_scored']} of {summary['n_tasks']} tasks are not scored")
    for caveat in summary["caveats"]:
        console.print(f"to know: {caveat}")
    _print_useless(console, summary)
    console.print(f"run: {summary['run']}")


def rates(summary: Mapping[str, Any]) -> str:
    """Return how many of the tasks succeeded, the rate and the score; no rate where nothing was scored."""
    if not summary["n_scored"]:
        return f"none of {summary['n_tasks']} tasks is scored"
    low, high = summary["success_interval"]
    return (
        f"{summary['n_success']}/{summary['n_scored']} = {100 * summary['success_rate']:.1f} % "
        f"[{100 * low:.1f}, {100 * high:.1f}], score {100 * summary['score_mean']:.1f}"
    )


def _print_useless(console: Console, summary: Mapping[str, Any]) -> None:
    """Print how many replies of the model were of no use, and why, if any were."""
    told = sentence(summary["useless_replies"])
    if told:
        console.print(told)


def show_listed(found: Sequence[Listed], *, plain: bool) -> None:
    """Print runs: as a table on a terminal; ``plain``: a run a line, its cells apart by tabs, for other programs."""
    columns = ("run", "env", "split", "memory", "model", "seed", "success", "steps", "differs")
    rows = [
        (run.folder, run.env, run.split, run.memory, run.model, str(run.seed), run.result, run.mean_steps, run.differs)
        for run in found
    ]
    cells = [[printable(" ".join(cell.split())) for cell in row] for row in rows]
    if plain:
        for line in (columns, *cells):
            print("\t".join(line))  # rich would make blanks of the tabs
        return
    table = Table(*columns, box=None, pad_edge=False)
    for column in table.columns:
        column.overflow = "fold"
    for row in cells:
        table.add_row(*map(Text, row))
    Console(highlight=False, markup=False).print(table)


SCALING = {
    "trajectories": "trajectories",
    "seconds": "s",
    "seconds_per_thousand": "s / 1,000",
    "memory_mb": "memory, MB",
    "peak_memory_mb": "peak of the process, MB",
    "trajectories_ratio": "× trajectories",
    "seconds_ratio": "× s",
    "memory_ratio": "× memory",
    "n_procedures": "procedures",
    "n_metas": "metas",
    "on_disk_mb": "on disk, MB",
}
"""Figure of a row of ``macla bench construction`` → its column."""


def show_scaling(rows: Sequence[dict[str, Any]]) -> None:
    """Print how construction scales, as a table in Markdown; what is bounded stands with its capacity."""
    names = [name for name in SCALING if name in rows[0]]
    lines = ["| " + " | ".join(SCALING[name] for name in names) + " |", "|" + "---|" * len(names)]
    for row in rows:
        cells = [f"{row[name]:,}" + (f" of {most}" if (most := row.get(f"{name}_most")) else "") for name in names]
        lines.append("| " + " | ".join(cells) + " |")
    _console().print("\n".join(lines))


def _console() -> Console:
    return Console(soft_wrap=True, highlight=False, markup=False)
