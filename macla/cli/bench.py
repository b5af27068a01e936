"""``macla bench``: speed against a reference in the same run."""

from pathlib import Path
from typing import Annotated

import typer

from macla.cli.common import HELP, EnvName, Json, Overrides, composed, show_figures, write_figures

app = typer.Typer(
    help="Measure speed against a reference in the same run.", no_args_is_help=True, context_settings=HELP
)


@app.command("report")
def bench_report(
    overrides: Overrides = None,
    env: EnvName = None,
    out: Annotated[Path | None, typer.Option("--out", help="Page to write; default: bench.md in runs/tables.")] = None,
) -> None:
    """Measure every speed that is promised beside its reference and write one page; what cannot run says why."""
    from macla.progress import note
    from macla.runs.reproduce import TABLES
    from macla.runs.speeds import report

    config = composed(overrides, env)
    page = out or config.runs / TABLES / "bench.md"
    typer.echo(report(config, page), nl=False)
    note(f"the page: {page}")


@app.command("engines")
def bench_engines(
    overrides: Overrides = None,
    env: EnvName = None,
    games: Annotated[int, typer.Option(help="Games.")] = 6,
    steps: Annotated[int, typer.Option(help="Commands a game.")] = 12,
    json_file: Json = None,
) -> None:
    """Compare a benchmark's fast engine with the reference on the same walks: speed and mismatches."""
    from macla.runs.bench import engine_bench

    config = composed(overrides, env)
    show_figures(engine_bench(config).bench_engines(games, steps, config.seed), json_file)


@app.command("parity")
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

    config = composed(overrides, env)
    with progress() as report:
        show_figures(engine_bench(config).check_parity(games, steps, config.seed, report), json_file)


@app.command("selection")
def bench_selection(
    procedures: Annotated[int, typer.Option(help="Procedures in memory.")] = 199, json_file: Json = None
) -> None:
    """Compare one vectorised selection with a plain loop over the procedures (encoder excluded)."""
    from macla.runs.bench import selection

    show_figures(selection(procedures), json_file)


@app.command("construction")
def bench_construction(
    overrides: Overrides = None,
    env: EnvName = None,
    n: Annotated[list[int] | None, typer.Option("--n", min=1, help="Trajectories of a row; several times.")] = None,
    json_file: Json = None,
) -> None:
    """Build memories of 3,000 and 30,000 trajectories (or of --n): seconds, peak memory, size against capacity."""
    from macla.progress import progress
    from macla.reports.console import show_scaling
    from macla.runs.scaling import SIZES
    from macla.runs.scaling import bench_construction as run

    with progress() as report:
        rows = run(composed(overrides, env), n or SIZES, report)
    show_scaling(rows)
    write_figures({"rows": rows}, json_file)


@app.command("model")
def bench_model(
    overrides: Overrides = None,
    requests: Annotated[int, typer.Option(help="Requests per row.")] = 128,
    json_file: Json = None,
) -> None:
    """Measure a served model with 1, 8 and 64 requests in flight: requests/s, prompt tokens new and cached."""
    from macla.models.bench import bench
    from macla.models.vllm import around

    with around(composed(overrides, None).model) as settings:
        show_figures(bench(settings, requests), json_file)
