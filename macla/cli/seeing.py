"""Commands that look at what was played: ``macla runs``, ``macla episode``, ``macla view``, ``macla export``."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from macla.cli.common import HELP, composed, say
from macla.errors import UserError
from macla.progress import note

if TYPE_CHECKING:
    from macla.methods.run import Run
    from macla.reports.exchanges import Exchanges

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
    from macla.reports.listing import chosen, find_runs, parsed, told_apart

    typed = words or []
    folders = [word.removeprefix("runs=") for word in typed if "=" not in word or word.startswith("runs=")]
    filters = parsed([word for word in typed if "=" in word and not word.startswith("runs=")])
    places = [Path(folder) for folder in folders] or [composed(None, None).runs]
    found = told_apart(chosen([run for place in places for run in find_runs(place)], filters))
    if as_json:
        typer.echo(json.dumps([run.as_json() for run in found], indent=2))
    else:
        show_listed(found, plain=not sys.stdout.isatty())
    for run in found:
        if run.trouble:
            note(f"{run.folder}: {run.trouble}")
    if not found:
        note(
            f"no run in {', '.join(map(str, places))}"
            + (f" is {' '.join(f'{key}={value}' for key, value in filters.items())}" if filters else "")
        )


@app.command()
def episode(
    run: Annotated[Path, typer.Argument(help="Evaluation directory.")],
    task: Annotated[str, typer.Argument(help="Task id, or a part of one that no other task has.")],
    recording: Recording = None,
    prompts: Annotated[bool, typer.Option("--prompts", help="Show whole prompts, too.")] = False,
) -> None:
    """Print an episode: steps, what was retrieved, expected utilities, bindings, replies, credit, outcome."""
    from macla.methods.run import read_run
    from macla.reports.transcript import find, transcript

    read = read_run(run)
    found = find(read, task)
    asked = _asked(read, recording)
    say(transcript(read, found, asked.get(found.task, ()), prompts=prompts))


@app.command()
def view(
    folders: Annotated[list[Path], typer.Argument(metavar="RUN…", help="Evaluation directories.")],
    memory: Annotated[
        list[Path] | None, typer.Option("--memory", help="Memory to show in place of the runs' own (again for more).")
    ] = None,
    recording: Recording = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Page to write; default: view.html in the folder of runs.")
    ] = None,
) -> None:
    """Write runs, every episode and their memories as one HTML page, which needs no server and no network."""
    from macla.runs.view import view as write

    page = write(folders, memory or [], recording, out or composed(None, None).runs / "view.html")
    typer.echo(f"{page} ({page.stat().st_size / 1e6:.1f} MB): open it in a browser")


@app.command()
def export(
    run: Annotated[Path, typer.Argument(help="Evaluation directory.")],
    to: Annotated[Format, typer.Option("--to", help="Whose logs to write: inspect (inspect_ai, inspect view).")],
    recording: Recording = None,
    out: Annotated[Path | None, typer.Option("--out", help="File to write; default: in the folder of runs.")] = None,
) -> None:
    """Write a run as a log that another tool's viewer opens."""
    from macla.files import write_atomic
    from macla.methods.run import read_run
    from macla.reports.inspect_log import inspect_log, log_name

    read = read_run(run)
    file = out or composed(None, None).runs / to.value / log_name(read)
    if file.suffix != ".json":
        raise UserError(f"--out {file}: inspect_ai tells its logs by their ends; give a name that ends in .json")
    write_atomic(file, inspect_log(read, _asked(read, recording)))
    typer.echo(f"{file}: type inspect view --log-dir {file.parent}")


def _asked(run: "Run", recording: Path | None) -> "Exchanges":
    """Return what a run asked its model; UserError when a recording that was given is of another run."""
    from macla.reports.exchanges import check_recording, exchanges

    found = exchanges(run, recording)
    if recording is not None:
        check_recording(recording, [run], [found])
    return found


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
