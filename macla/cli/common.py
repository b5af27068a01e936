"""What the commands share: the arguments that many of them take, and how a configuration is composed."""

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from macla.progress import printable

if TYPE_CHECKING:
    from macla.config import Config

Overrides = Annotated[
    list[str] | None, typer.Argument(help="Hydra overrides, e.g. memory.prior.alpha0=3.2 eval.limit=50")
]


def benchmarks(begun: str) -> list[str]:
    """Return the benchmarks whose names begin so (for the completion of the shell)."""
    from macla import plugins

    return [name for name in plugins.names(plugins.BENCHMARKS) if name.startswith(begun)]


def experiments(begun: str) -> list[str]:
    """Return the experiments whose names begin so (for the completion of the shell)."""
    from macla.choices import choices

    return [name for name, _ in choices("experiment") if name.startswith(begun)]


HELP = {"help_option_names": ["-h", "--help"]}
EnvName = Annotated[str | None, typer.Option("--env", help="Benchmark (env=NAME).", autocompletion=benchmarks)]
Out = Annotated[Path | None, typer.Option("--out", help="Directory to write to.")]
Json = Annotated[Path | None, typer.Option("--json", help="Also write the figures to this file.")]


def say(lines: Iterable[str]) -> None:
    """Print lines that hold texts of tasks or models, control characters spelt out."""
    typer.echo(printable("\n".join(lines)))


def joined(overrides: list[str] | None, env: str | None) -> list[str]:
    """Return the overrides, the benchmark's among them; UserError when two benchmarks are named."""
    from macla.errors import UserError

    typed = list(overrides or [])
    other = next((one for one in typed if one.startswith("env=") and one != f"env={env}"), None)
    if env is not None and other is not None:
        raise UserError(f"--env {env} and {other} contradict each other; leave one out")
    return [*([f"env={env}"] if env else []), *typed]


def benchmark_first(words: list[str] | None, env: str | None) -> tuple[list[str], str | None]:
    """Return the overrides and the benchmark of ``macla data NAME …`` or ``macla data --env NAME …``."""
    from macla.errors import UserError

    typed = list(words or [])
    if not typed or "=" in typed[0]:
        return typed, env
    if env not in (None, typed[0]):
        raise UserError(f"{typed[0]} and --env {env} contradict each other; leave one out")
    return typed[1:], typed[0]


def file_among(words: list[str]) -> tuple[Path, list[str]]:
    """Return the file and the overrides of ``macla score FILE …``, in whichever order they stand.

    The file is the first word where that is one on the disk, else the first that is no override. UserError when there
    is none.
    """
    from macla.errors import UserError

    files = [word for word in words if "=" not in word and not word.startswith("~")]
    if Path(words[0]).is_file():
        files = words[:1]
    if not files:
        raise UserError("a file is missing; give it first, then the overrides: FILE KEY=VALUE …")
    others = list(words)
    others.remove(files[0])
    return Path(files[0]), others


CONFIG_DIR = "--config-dir"


def config_dir_first(words: Sequence[str]) -> list[str]:
    """Return the words of a command line with ``--config-dir DIR`` in front, where all commands share it.

    >>> config_dir_first(["eval", "--config-dir", "mine", "seed=1"])
    ['--config-dir', 'mine', 'eval', 'seed=1']
    """
    first: list[str] = []
    rest: list[str] = []
    waiting = iter(words)
    for word in waiting:
        if word == CONFIG_DIR:
            first += [word, *([value] if (value := next(waiting, None)) is not None else [])]
        else:
            (first if word.startswith(f"{CONFIG_DIR}=") else rest).append(word)
    if sum(word.startswith(CONFIG_DIR) for word in first) > 1:
        from macla.errors import UserError

        raise UserError(
            f"{CONFIG_DIR} is given twice; give one, and further folders as hydra.searchpath=[file://DIR, …]"
        )
    return first + rest


def use_config_dir(folder: Path | None) -> None:
    """Have every configuration of this process found in ``folder``, too; UserError when it is none."""
    if folder is None:
        return
    from macla.errors import UserError

    if not folder.is_dir():
        raise UserError(f"{CONFIG_DIR} {folder} is no folder")
    os.environ["MACLA_CONFIG_DIR"] = str(folder.absolute())


UsageError = cast(type[typer.BadParameter], typer.BadParameter.__base__)
"""What is wrong with the words of a command, before it runs; typer gives the class no name of its own."""


def misuse(error: typer.BadParameter) -> str:
    """Return one line for what was typed against a command's signature; empty when its help was shown instead."""
    if type(error).__name__ == "NoArgsIsHelpError":
        return ""
    told = " ".join(error.format_message().split()).rstrip(".")
    command = error.ctx.command_path if error.ctx is not None else "macla"
    return f"{told[:1].lower()}{told[1:]}{'' if told.endswith('?') else ';'} type {command} -h to see what it takes"


def composed(overrides: list[str] | None, env: str | None) -> "Config":
    """Return the validated configuration; UserError for any mistake."""
    from macla.config import compose

    return compose(joined(overrides, env))


def show_figures(figures: dict[str, Any], json_file: Path | None) -> None:
    """Print figures as JSON, and write them to a file where one is given."""
    typer.echo(json.dumps(figures, indent=2, sort_keys=True))
    write_figures(figures, json_file)


def write_figures(figures: dict[str, Any], json_file: Path | None) -> None:
    """Write figures to a file where one is given."""
    if json_file is not None:
        from macla.files import write_json

        write_json(json_file, figures)
