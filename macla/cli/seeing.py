"""Commands that look at what was played: ``macla runs``, ``macla episode``, ``macla view``, ``macla export``."""

import json
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from macla.cli.common import HELP, composed, say
from macla.progress import note

app = typer.Typer(context_settings=HELP)
Recording = Annotated[
    Path | None,
    typer.Option("--recording", help="Folder of model.record or model.cache; default: the run's own, if it is there."),
]


class Format(StrEnum):
    """What runs are exported to."""

    inspect = "inspect"


@app.command()
def runs(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[DIR] [KEY=VALUE …]",
            help="Folder of runs (runs=, $MACLA_RUNS), then env, memory, model, … =VALUE.",
        ),
    ] = None,
    compare: Annotated[
        tuple[Path, Path] | None, typer.Option("--compare", help="Two runs, task by task.", metavar="A B")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
) -> None:
    """List the evaluations in a folder, or compare two of them task by task."""
    if compare is not None:
        _compare(*compare, as_json=as_json)
        return
    from macla.reports.console import show_listed
    from macla.reports.listing import chosen, find_runs, parsed

    typed = words or []
    folders = [word for word in typed if "=" not in word]
    filters = parsed([word for word in typed if "=" in word])
    found = chosen([run for folder in folders or [_runs_folder()] for run in find_runs(Path(folder))], filters)
    if as_json:
        typer.echo(json.dumps([run.as_json() for run in found], indent=2))
    else:
        show_listed(found, plain=not sys.stdout.isatty())
    for run in found:
        if run.trouble:
            note(f"{run.folder}: {run.trouble}")


@app.command()
def episode(
    run: Annotated[Path, typer.Argument(help="Evaluation directory.")],
    task: Annotated[str, typer.Argument(help="Task id, or a part of one that no other task has.")],
    recording: Recording = None,
    prompts: Annotated[bool, typer.Option("--prompts", help="Show whole prompts, too.")] = False,
) -> None:
    """Print an episode: steps, what was retrieved, expected utilities, bindings, replies, credit, outcome."""
    from macla.methods.run import read_run
    from macla.reports.exchanges import check_recording, exchanges
    from macla.reports.transcript import find, transcript

    read = read_run(run)
    found = find(read, task)
    asked = exchanges(read, recording)
    if recording is not None:
        check_recording(recording, [read], [asked])
    say(transcript(read, found, asked.get(found.task, ()), prompts=prompts))


def _runs_folder() -> str:
    return os.environ.get("MACLA_RUNS") or str(composed(None, None).runs)


def _compare(first: Path, second: Path, *, as_json: bool) -> None:
    from macla.methods.run import read_run
    from macla.reports.pairs import pairs

    found = pairs(read_run(first), read_run(second))
    groups = {
        "both": found.both,
        "only the first": found.only_first,
        "only the second": found.only_second,
        "neither": found.neither,
    }
    if as_json:
        figures = {"n": found.n, "unpaired": found.unpaired, "difference": found.difference}
        test = {"interval": list(found.interval), "p": found.p_value}
        tasks = {name.replace(" ", "_"): list(group) for name, group in groups.items()}
        typer.echo(json.dumps({"first": str(first), "second": str(second), **figures, **test, **tasks}, indent=2))
        return
    low, high = found.interval
    say(
        [
            f"first:  {first}",
            f"second: {second}",
            *(f"solved by {name}: {len(group)}" for name, group in groups.items()),
            f"first − second: {100 * found.difference:+.1f} points [{100 * low:+.1f}, {100 * high:+.1f}] on {found.n} "
            f"tasks, exact McNemar p = {found.p_value:.3g}",
            *([f"left out, scored by one alone: {found.unpaired}"] if found.unpaired else []),
            *(f"{name}: {task}" for name in ("only the first", "only the second") for task in groups[name]),
        ]
    )
