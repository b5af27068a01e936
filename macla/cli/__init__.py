"""The command line: parse, compose the configuration, call one function."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from macla import __version__
from macla.benchmarks.splits import DEFAULT
from macla.cli import bench, installed, memory, seeing, sweeping
from macla.cli.common import (
    CONFIG_DIR,
    HELP,
    EnvName,
    Out,
    Overrides,
    UsageError,
    benchmark_first,
    benchmarks,
    composed,
    config_dir_first,
    experiments,
    file_among,
    joined,
    misuse,
    say,
    use_config_dir,
)
from macla.cli.convert import convert
from macla.errors import InfrastructureError, UserError, of_system
from macla.interrupts import interruptible
from macla.progress import note, printable

app = typer.Typer(
    help="MACLA: a frozen language model with a hierarchical Bayesian procedural memory.",
    epilog="Exit codes: 0 done; 1 a check of doctor failed; 2 a mistake, told in one line; 3 a lost server or a full "
    "disk, the same command resumes; 128 + N ended by signal N, the same command resumes.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings=HELP,
)
app.add_typer(memory.app, name="memory")
app.add_typer(bench.app, name="bench")
app.add_typer(seeing.app)
app.add_typer(installed.app)
app.command()(convert)


@app.command("build-memory")
def build_memory(
    overrides: Overrides = None, env: EnvName = None, out: Out = None, multirun: sweeping.Multirun = False
) -> None:
    """Collect expert trajectories of the training tasks and learn a procedural memory from them."""
    from macla.library import build
    from macla.reports.console import show_build

    if multirun:
        sweeping.sweep(joined(overrides, env), None, None, out)
        return
    show_build(build(*joined(overrides, env), out=out).summary)


@app.command("eval")
def evaluate(
    overrides: Overrides = None,
    env: EnvName = None,
    split: Annotated[
        str, typer.Option(help="Task set: seen, unseen, or its own name.", autocompletion=lambda: ["seen", "unseen"])
    ] = DEFAULT,
    memory_dir: Annotated[
        str | None, typer.Option("--memory", help="Memory directory, or none; default: the newest build.")
    ] = None,
    out: Out = None,
    multirun: sweeping.Multirun = False,
) -> None:
    """Evaluate a frozen memory (or none) on a split; reopening a run plays only what is missing."""
    from macla.library import evaluated
    from macla.reports.console import show_evaluation

    typed = joined(overrides, env)
    if multirun:
        sweeping.sweep(typed, split, memory_dir, out)
        return
    run = evaluated(typed, split, memory_dir, out)
    show_evaluation(run.summary)
    run.check()


@app.command()
def reproduce(
    name: Annotated[
        str, typer.Argument(help="A table or figure: a file of configs/experiment.", autocompletion=experiments)
    ],
    overrides: Overrides = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder of the table; default: runs/tables.")] = None,
) -> None:
    """Build and evaluate every row of a table of the paper, resuming what is there, and write the table."""
    from macla.runs.reproduce import reproduce as run

    typer.echo(run(name, overrides or [], out))


@app.command()
def arena(
    memory_path: Annotated[
        str, typer.Argument(metavar="MEMORY", help="Import path of the memory, mypackage:MyMemory, or a name.")
    ],
    env: Annotated[str, typer.Option("--env", help="Benchmark.", autocompletion=benchmarks)],
    overrides: Overrides = None,
    stored: Annotated[
        Path | None, typer.Option(help="Folder of the arena's tables; default: results, here or in the checkout.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder of the table; default: runs/tables.")] = None,
) -> None:
    """Enter a memory: build and play it as the arena's rows were, and print its row beside them (docs/arena.md)."""
    from macla.runs.arena import arena as run

    sys.path.insert(0, os.getcwd())  # where a memory of one file lies, as for python -m
    typer.echo(run(memory_path, env, overrides or [], stored, out))


@app.command()
def report(
    runs: Annotated[list[Path], typer.Argument(help="Evaluation directories: the table's rows, in this order.")],
    name: Annotated[str, typer.Option(help="Name of the files.")] = "table",
    out: Annotated[Path | None, typer.Option("--out", help="Folder of the table; default: runs/tables.")] = None,
) -> None:
    """Write a table (Markdown, CSV, LaTeX) of evaluations, with paired tests of memory against none."""
    from macla.files import check_folder
    from macla.reports.table import write_table

    folder = out or Path(os.environ.get("MACLA_RUNS") or "runs") / "tables"
    check_folder(folder)
    typer.echo(write_table(runs, name, folder))


@app.command()
def data(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME] [overrides]", help="Benchmark (or --env), then overrides.")
    ] = None,
    env: EnvName = None,
    generate: Annotated[int | None, typer.Option(help="Generate N training games (and the default others).")] = None,
    download: Annotated[bool, typer.Option("--download", help="Fetch the official data.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Read every file and compare the counts.")] = False,
    out: Out = None,
) -> None:
    """Generate, download or check a benchmark's data."""
    from macla.runs.data import manage

    overrides, env = benchmark_first(words, env)
    say(manage(composed(overrides, env), generate=generate, download=download, check=check, out=out))


@app.command()
def replay(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE [overrides]",
            help="Recorded episodes: {task, actions, observations}, steps or turns; then overrides.",
        ),
    ],
    env: EnvName = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Report to write; default: a file in runs/replay.")
    ] = None,
) -> None:
    """Replay recorded episodes and count which observations and rewards are equal."""
    from macla.runs.assemble import make_benchmark
    from macla.runs.replay import replay as run
    from macla.runs.replay import write_report

    file, overrides = file_among(words)
    config = composed(overrides, env)
    result = run(make_benchmark(config), file)
    out = json_file or config.written("replay", file)
    write_report(result, out)
    typer.echo(result.total.model_dump_json(indent=2))
    note(f"every episode: {out}")


@app.command()
def score(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE [overrides]", help="JSON lines: {query, plan}, or {idx, query, plan}; then overrides."
        ),
    ],
    env: EnvName = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Verdicts and aggregates to write; default: a file in runs/score.")
    ] = None,
) -> None:
    """Score a file of answers with the benchmark's official evaluation, without running an agent."""
    from macla.runs.score import score_file

    plans, overrides = file_among(words)
    config = composed(overrides, env)
    out = json_file or config.written("score", plans)
    typer.echo(json.dumps(score_file(config, plans, out), indent=2))
    note(f"every verdict: {out}")


@app.command()
def serve(
    overrides: Overrides = None,
    stop: Annotated[bool, typer.Option("--stop", help="End the server that model.autostart=keep let run.")] = False,
) -> None:
    """Serve a model with vLLM until interrupted, e.g. macla serve model=llama2_7b; prints the endpoint."""
    from macla.models.vllm import end_kept
    from macla.models.vllm import serve as run

    model = composed(overrides, None).model
    if not stop:
        raise typer.Exit(run(model))
    if not end_kept(model):
        typer.echo(f"no server of ours runs on port {model.server.port}")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"macla {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
    config_dir: Annotated[
        Path | None,
        typer.Option(CONFIG_DIR, help="Your own configuration files (or $MACLA_CONFIG_DIR); after the command, too."),
    ] = None,
) -> None:
    """MACLA: a frozen language model with a hierarchical Bayesian procedural memory."""
    use_config_dir(config_dir)


def main() -> None:
    """Run the command line: a user's mistake is one line and exit code 2, a lost backend exit code 3."""
    with interruptible() as interrupts:
        try:
            sys.exit(app(config_dir_first(sys.argv[1:]), standalone_mode=False))
        except UsageError as error:
            _end(misuse(error), 2)
        except UserError as error:
            _end(str(error), 2)
        except InfrastructureError as error:
            _end(str(error), 3)
        except OSError as error:
            lost = of_system(error)
            _end(str(lost), 2 if isinstance(lost, UserError) else 3)
        except (KeyboardInterrupt, SystemExit):  # typer makes an exit of an interrupt, without a word
            if interrupts.number is None:
                raise
            _leave("interrupted; the same command resumes", 128 + interrupts.number)


def _end(text: str, code: int) -> None:
    if text:
        print(f"macla: {printable(text)}", file=sys.stderr)
    sys.exit(code)


def _leave(text: str, code: int) -> None:
    """Say why and leave at once: Python would wait for episodes in progress, and for those in the queue."""
    print(f"macla: {text}", file=sys.stderr, flush=True)
    sys.stdout.flush()
    os._exit(code)
