"""The command line: parse, compose the configuration, call one function."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from macla import __version__
from macla.errors import InfrastructureError, UserError

app = typer.Typer(
    help="MACLA: a frozen language model with a hierarchical Bayesian procedural memory.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
memory_app = typer.Typer(help="Look into a memory directory.", no_args_is_help=True)
bench_app = typer.Typer(help="Measure speed against a reference in the same run.", no_args_is_help=True)
app.add_typer(memory_app, name="memory")
app.add_typer(bench_app, name="bench")

Overrides = Annotated[
    list[str] | None, typer.Argument(help="Hydra overrides, e.g. memory.prior.alpha0=3.2 env.engine=textworld")
]
EnvName = Annotated[str | None, typer.Option("--env", help="Benchmark (env=NAME).")]
Out = Annotated[Path | None, typer.Option("--out", help="Directory to write to.")]
Json = Annotated[Path | None, typer.Option("--json", help="Also write the figures to this file.")]


@app.command("build-memory")
def build_memory(overrides: Overrides = None, env: EnvName = None, out: Out = None) -> None:
    """Collect expert trajectories of the training tasks and learn a procedural memory from them."""
    from macla.reports.console import show_build
    from macla.runs.build import build_memory as run

    show_build(run(_compose(overrides, env), out))


@app.command("eval")
def evaluate(
    overrides: Overrides = None,
    env: EnvName = None,
    split: Annotated[str, typer.Option(help="Task set: seen, unseen, …")] = "unseen",
    memory: Annotated[str | None, typer.Option(help="Memory directory, or none; default: the newest build.")] = None,
    out: Out = None,
    multirun: Annotated[
        bool, typer.Option("--multirun", "-m", help="One evaluation for each combination: memory.prior.alpha0=1,3.2")
    ] = False,
) -> None:
    """Evaluate a frozen memory (or none) on a split; reopening a run plays only what is missing."""
    from macla.reports.console import show_evaluation
    from macla.runs.build import memory_for
    from macla.runs.evaluate import evaluate as run

    if multirun:
        _sweep(_overrides(overrides, env), split, memory, out)
        return
    config = _compose(overrides, env)
    summary = run(config, split, memory_for(config, memory), out)
    show_evaluation(summary)
    if summary["n_scored"] < summary["n_tasks"]:
        raise InfrastructureError(f"{summary['n_tasks'] - summary['n_scored']} episodes unscored; run again to resume")


@app.command()
def reproduce(
    name: Annotated[str, typer.Argument(help="A table or figure: a file of configs/experiment.")],
    overrides: Overrides = None,
    out: Annotated[Path, typer.Option("--out", help="Folder of the table.")] = Path("results"),
) -> None:
    """Build and evaluate every row of a table of the paper, resuming what is there, and write the table."""
    from macla.runs.reproduce import reproduce as run

    typer.echo(run(name, overrides or [], out))


@app.command()
def report(
    runs: Annotated[list[Path], typer.Argument(help="Evaluation directories: the table's rows, in this order.")],
    name: Annotated[str, typer.Option(help="Name of the files.")] = "table",
    out: Annotated[Path, typer.Option("--out", help="Folder of the table.")] = Path("results"),
) -> None:
    """Write a table (Markdown, CSV, LaTeX) of evaluations, with paired tests of memory against none."""
    from macla.reports.table import write_table

    typer.echo(write_table(runs, name, out))


@app.command()
def data(
    env: Annotated[str, typer.Argument(help="Benchmark.")],
    overrides: Overrides = None,
    generate: Annotated[int | None, typer.Option(help="Generate N training games (and the default others).")] = None,
    download: Annotated[bool, typer.Option("--download", help="Fetch the official data.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Read every file and compare the counts.")] = False,
    out: Out = None,
) -> None:
    """Generate, download or check a benchmark's data."""
    from macla.runs.data import manage

    for line in manage(_compose(overrides, env), generate=generate, download=download, check=check, out=out):
        typer.echo(line)


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="Recorded episodes: JSON lines {task, actions, observations, rewards}.")],
    overrides: Overrides = None,
    env: EnvName = None,
    json_file: Annotated[Path, typer.Option("--json", help="Report to write.")] = Path("replay.json"),
) -> None:
    """Replay recorded episodes and count which observations and rewards are equal."""
    from macla.runs.assemble import make_benchmark
    from macla.runs.replay import replay as run
    from macla.runs.replay import write_report

    result = run(make_benchmark(_compose(overrides, env)), file)
    write_report(result, json_file)
    typer.echo(result.total.model_dump_json(indent=2))


@app.command()
def score(
    plans: Annotated[Path, typer.Argument(help="JSON lines: one query and its plan each.")],
    overrides: Overrides = None,
    env: EnvName = None,
    json_file: Annotated[Path, typer.Option("--json", help="Verdicts and aggregates to write.")] = Path("score.json"),
) -> None:
    """Score a file of answers with the benchmark's official evaluation, without running an agent."""
    from macla.runs.score import score_file

    typer.echo(json.dumps(score_file(_compose(overrides, env), plans, json_file), indent=2))


@app.command()
def serve(overrides: Overrides = None) -> None:
    """Serve a model with vLLM until interrupted, e.g. macla serve model=llama2_7b; prints the endpoint."""
    from macla.models.vllm import serve as run

    raise typer.Exit(run(_compose(overrides, None).model))


@app.command()
def config(overrides: Overrides = None, env: EnvName = None) -> None:
    """Print the composed, validated configuration."""
    from omegaconf import OmegaConf

    typer.echo(OmegaConf.to_yaml(OmegaConf.create(_compose(overrides, env).model_dump(mode="json"))), nl=False)


@app.command()
def doctor(overrides: Overrides = None, env: EnvName = None) -> None:
    """Check this installation: packages, data, engine parity, encoder, model."""
    from macla.runs.doctor import examine

    failed = False
    for finding in examine(_compose(overrides, env)):
        typer.echo(f"{'ok  ' if finding.ok else 'FAIL'} {finding.what}: {finding.text}")
        failed |= not finding.ok
    if failed:
        raise typer.Exit(1)


@memory_app.command("show")
def memory_show(
    folder: Annotated[Path, typer.Argument(help="Memory directory.")],
    procedure: Annotated[
        str | None, typer.Argument(help="Id of a procedure or meta-procedure; default: all, one line each.")
    ] = None,
) -> None:
    """Print the procedures and meta-procedures of a memory, or one of them in full."""
    from macla.methods.macla.report.show import show_memory

    show_memory(folder, procedure)


@memory_app.command("verify")
def memory_verify(folder: Annotated[Path, typer.Argument(help="Memory directory.")]) -> None:
    """Replay the event log and compare it with the stored state."""
    from macla.methods.macla.memory.directory import load

    learned, _, _ = load(folder)
    typer.echo(f"{folder}: {len(learned.events)} events give the stored {len(learned.procedures)} procedures")


@memory_app.command("why")
def memory_why(
    run: Annotated[Path, typer.Argument(help="Evaluation directory.")],
    task: Annotated[str, typer.Argument(help="Task id, or a part of one that no other task has.")],
    step: Annotated[int, typer.Argument(help="Step of the episode, from 0.")],
) -> None:
    """Break the decision behind a step into relevance, posterior, risk and information; name its sources."""
    from macla.methods.macla.report.why import why

    for decision in why(run, task, step):
        typer.echo("\n".join(decision.lines()))


@memory_app.command("diff")
def memory_diff(
    first: Annotated[Path, typer.Argument(help="Memory directory.")],
    second: Annotated[Path, typer.Argument(help="Memory directory.")],
) -> None:
    """Show what one memory has and the other has not, and how evidence moved."""
    from macla.methods.macla.report.diff import diff

    typer.echo("\n".join(diff(first, second).lines()))


@memory_app.command("rescore")
def memory_rescore(
    run: Annotated[Path, typer.Argument(help="Evaluation directory.")], overrides: Overrides = None
) -> None:
    """Rank the logged decisions of a run again under other settings, without running anything."""
    from macla.methods.macla.report.rescore import rescore

    typer.echo("\n".join(rescore(run, overrides or []).lines()))


@memory_app.command("measure")
def memory_measure(
    runs: Annotated[list[Path], typer.Argument(help="Evaluation directories, pooled: one configuration, its seeds.")],
    out: Annotated[Path | None, typer.Option("--out", help="Folder to draw the reliability diagrams in.")] = None,
) -> None:
    """Print how memory was used (reuse, gate, follow-through …) and how well its posteriors are calibrated."""
    from macla.reports.calibration import of_decisions, of_episodes
    from macla.reports.measures import lines
    from macla.reports.table import read_run

    read = [read_run(run) for run in runs]
    typer.echo("\n".join(lines(read)))
    for event, calibration in (("execution", of_decisions(read)), ("episode", of_episodes(read))):
        if calibration is not None:
            typer.echo("\n".join([f"posterior against success of the {event}:", *calibration.lines()]))
            if out is not None:
                from macla.reports.figures.reliability import reliability
                from macla.reports.figures.style import save

                save(reliability(calibration), out, f"reliability-{event}")


@bench_app.command("engines")
def bench_engines(
    overrides: Overrides = None,
    env: EnvName = None,
    games: Annotated[int, typer.Option(help="Games.")] = 6,
    steps: Annotated[int, typer.Option(help="Commands a game.")] = 12,
    json_file: Json = None,
) -> None:
    """Compare a benchmark's fast engine with the reference on the same walks: speed and mismatches."""
    from macla.runs.bench import engine_bench

    config = _compose(overrides, env)
    _figures(engine_bench(config).bench_engines(games, steps, config.seed), json_file)


@bench_app.command("parity")
def bench_parity(
    overrides: Overrides = None,
    env: EnvName = None,
    games: Annotated[int, typer.Option(help="Games, spread over all splits.")] = 20,
    steps: Annotated[int, typer.Option(help="Commands a game.")] = 14,
    json_file: Json = None,
) -> None:
    """Walk both engines of a benchmark in lock-step and count every difference."""
    from macla.progress import progress
    from macla.runs.bench import engine_bench

    config = _compose(overrides, env)
    with progress() as report:
        _figures(engine_bench(config).check_parity(games, steps, config.seed, report), json_file)


@bench_app.command("selection")
def bench_selection(
    procedures: Annotated[int, typer.Option(help="Procedures in memory.")] = 199, json_file: Json = None
) -> None:
    """Compare one vectorised selection with a plain loop over the procedures (encoder excluded)."""
    from macla.runs.bench import selection

    _figures(selection(procedures), json_file)


@bench_app.command("model")
def bench_model(
    overrides: Overrides = None,
    requests: Annotated[int, typer.Option(help="Requests per row.")] = 128,
    json_file: Json = None,
) -> None:
    """Measure requests per second of a served model with 1, 8 and 64 requests in flight."""
    from macla.models.bench import bench
    from macla.models.vllm import around

    with around(_compose(overrides, None).model) as settings:
        _figures(bench(settings, requests), json_file)


def _overrides(overrides: list[str] | None, env: str | None) -> list[str]:
    return [*([f"env={env}"] if env else []), *(overrides or [])]


def _compose(overrides: list[str] | None, env: str | None) -> Any:
    from macla.config import compose

    return compose(_overrides(overrides, env))


def _sweep(overrides: list[str], split: str, memory: str | None, out: Path | None) -> None:
    from macla.reports.console import show_sweep
    from macla.runs.sweep import sweep

    if out is not None:
        raise UserError("--out names the directory of one run; leave it out with -m, runs=DIR says where runs go")
    jobs, folder = sweep(overrides, split, memory)
    show_sweep([(job.overrides, job.summary, str(job.error or "")) for job in jobs], folder)
    for job in jobs:
        if job.error is not None:
            raise job.error
    unscored = sum(job.summary["n_tasks"] - job.summary["n_scored"] for job in jobs if job.summary is not None)
    if unscored:
        raise InfrastructureError(f"{unscored} episodes unscored; run again to resume")


def _figures(figures: dict[str, Any], json_file: Path | None) -> None:
    text = json.dumps(figures, indent=2, sort_keys=True)
    if json_file is not None:
        from macla.files import write_atomic

        write_atomic(json_file, text + "\n")
    typer.echo(text)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"macla {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """MACLA: a frozen language model with a hierarchical Bayesian procedural memory."""


def main() -> None:
    """Run the command line: a user's mistake is one line and exit code 2, a lost backend exit code 3."""
    try:
        app()
    except UserError as error:
        print(f"macla: {error}", file=sys.stderr)
        sys.exit(2)
    except InfrastructureError as error:
        print(f"macla: {error}", file=sys.stderr)
        sys.exit(3)
    except KeyboardInterrupt:
        print("macla: interrupted; the same command resumes", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
