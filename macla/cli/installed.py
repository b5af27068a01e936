"""Commands that say what is installed and configured: ``macla config``, ``macla list``, ``macla doctor``."""

from typing import Annotated

import typer

from macla.cli.common import HELP, EnvName, Overrides, composed

app = typer.Typer(context_settings=HELP)


@app.command()
def config(
    overrides: Overrides = None,
    env: EnvName = None,
    explain: Annotated[
        str | None,
        typer.Option("--explain", help="A section or key (memory.prior): value, source and reason, if known."),
    ] = None,
) -> None:
    """Print the composed, validated configuration, or one section with the source and the reason of every key."""
    from omegaconf import OmegaConf

    if explain is not None:
        from macla.reports.console import show_explained

        show_explained(composed(overrides, env), explain)
        return
    typer.echo(OmegaConf.to_yaml(OmegaConf.create(composed(overrides, env).model_dump(mode="json"))), nl=False)


@app.command("list")
def list_parts() -> None:
    """Print every benchmark, memory, model and experiment that can be chosen, with the package it comes from."""
    from macla.reports.console import show_parts
    from macla.runs.parts import parts

    show_parts(parts())


@app.command()
def doctor(overrides: Overrides = None, env: EnvName = None) -> None:
    """Check this installation: packages, data, engine parity, encoder, model. Exit code 1 when a check fails."""
    from macla.runs.doctor import examine

    failed = False
    for finding in examine(composed(overrides, env)):
        typer.echo(f"{'ok  ' if finding.ok else 'FAIL'} {finding.what}: {finding.text}")
        failed |= not finding.ok
    if failed:
        raise typer.Exit(1)
