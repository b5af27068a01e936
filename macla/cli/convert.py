"""``macla convert``: recordings of other projects as trajectories to learn from."""

from pathlib import Path
from typing import Annotated

import typer

from macla.cli.common import EnvName, composed, file_among, say


def convert(
    words: Annotated[
        list[str], typer.Argument(metavar="FILE [overrides]", help="Recorded episodes, in any form; then overrides.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Trajectories to write (JSON lines).")],
    env: EnvName = None,
    form: Annotated[
        str | None, typer.Option("--from", help="eto, agentgym, adp or steps; default: found out by the keys.")
    ] = None,
) -> None:
    """Convert recorded episodes of other projects to trajectories: macla build-memory build.trajectories=FILE."""
    from macla.runs.convert import convert as run

    file, overrides = file_among(words)
    say(run(composed(overrides, env), file, form, out).lines())
