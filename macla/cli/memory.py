"""``macla memory``: look into a memory directory and into decisions that were made with it."""

from pathlib import Path
from typing import Annotated

import typer

from macla.cli.common import HELP, Overrides, say

app = typer.Typer(help="Look into a memory directory.", no_args_is_help=True, context_settings=HELP)


@app.command("show")
def memory_show(
    folder: Annotated[Path, typer.Argument(help="Memory directory.")],
    item: Annotated[
        str | None, typer.Argument(help="Id of one item, e.g. of a procedure; default: all of them.")
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="As a page in Markdown: evidence, posteriors, sources.")
    ] = False,
) -> None:
    """Print what a memory holds, one line each, or one item of it in full."""
    from macla.library import load_memory

    memory = load_memory(folder)
    if markdown:
        typer.echo(memory.markdown(item), nl=False)
    else:
        say(memory.describe(item))


@app.command("verify")
def memory_verify(folder: Annotated[Path, typer.Argument(help="Memory directory.")]) -> None:
    """Read every file of a memory, compare checksums, and derive again what can be derived."""
    from macla.library import load_memory

    figures = ", ".join(f"{name} {value:g}" for name, value in load_memory(folder).learned.figures().items())
    say([f"{folder}: whole ({figures})"])


@app.command("why")
def memory_why(
    run: Annotated[Path, typer.Argument(help="Evaluation directory.")],
    task: Annotated[str, typer.Argument(help="Task id, or a part of one that no other task has.")],
    step: Annotated[int, typer.Argument(help="Step of the episode, from 0.")],
) -> None:
    """Break the decision behind a step into relevance, posterior, risk and information; name its sources."""
    from macla.methods.macla.report.why import why

    for decision in why(run, task, step):
        say(decision.lines())


@app.command("diff")
def memory_diff(
    first: Annotated[Path, typer.Argument(help="Memory directory.")],
    second: Annotated[Path, typer.Argument(help="Memory directory.")],
) -> None:
    """Show what one memory has and the other has not, and how evidence moved."""
    from macla.methods.macla.report.diff import diff

    say(diff(first, second).lines())


@app.command("rescore")
def memory_rescore(
    run: Annotated[Path, typer.Argument(help="Evaluation directory.")], overrides: Overrides = None
) -> None:
    """Rank the logged decisions of a run again under other settings, without running anything."""
    from macla.methods.macla.report.rescore import rescore

    say(rescore(run, overrides or []).lines())


@app.command("measure")
def memory_measure(
    runs: Annotated[list[Path], typer.Argument(help="Evaluation directories, pooled: one configuration, its seeds.")],
    out: Annotated[Path | None, typer.Option("--out", help="Folder to draw the reliability diagrams in.")] = None,
) -> None:
    """Print how memory was used (reuse, gate, follow-through …) and how well its posteriors are calibrated."""
    from macla.methods.run import read_run
    from macla.reports.calibration import of_decisions, of_episodes
    from macla.reports.measures import lines

    read = [read_run(run) for run in runs]
    say(lines(read))
    for event, calibration in (("execution", of_decisions(read)), ("episode", of_episodes(read))):
        if calibration is not None:
            say([f"posterior against success of the {event}:", *calibration.lines()])
            if out is not None:
                from macla.reports.figures.reliability import reliability
                from macla.reports.figures.style import save

                save(reliability(calibration), out, f"reliability-{event}")
