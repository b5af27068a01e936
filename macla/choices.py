"""What can be chosen by name: configuration files, ours and others', and installed parts that need none."""

import os
from collections.abc import Sequence
from pathlib import Path

from macla import __version__, plugins
from macla.errors import UserError
from macla.mistakes import wrong_choice

GROUPS = ("env", "model", "encoder", "memory", "runner", "experiment")
"""What is chosen by name: the folders of ``configs/``."""
PARTS = {"memory": plugins.METHODS, "model": plugins.MODELS}
"""Folder of ``configs/`` → entry points of parts that can be chosen without a file of theirs in it."""
BASES = {"model": {"openai"}}
"""Folder of ``configs/`` → parts that files there are made of, no choices themselves: a server needs an address."""


def config_folder() -> Path:
    """Return the folder of the Hydra tree: inside an installed wheel, or beside the sources."""
    package = Path(__file__).parent
    installed = package / "_configs"
    return installed if installed.is_dir() else package.parent / "configs"


def search_path() -> list[str]:
    """Return the overrides that add further configuration folders: of other packages, and the user's own.

    A package adds one by an entry point ``macla.configs`` that names the package the folder belongs to; a user by
    ``$MACLA_CONFIGS``. Raises UserError when the latter is no folder.
    """
    found = list(plugins.config_folders().values())
    if own := os.environ.get("MACLA_CONFIGS"):
        if not Path(own).is_dir():
            raise UserError(f"MACLA_CONFIGS={own} is no folder")
        found.append(Path(own).absolute())
    quoted = ["'file://" + str(folder).replace("'", r"\'") + "'" for folder in found]
    return [f"hydra.searchpath=[{','.join(quoted)}]"] if found else []


def choices(group: str) -> list[tuple[str, str]]:
    """Return (name, where from) of all that can be chosen from a group, by name."""
    return sorted({**_files(group), **without_file(group)}.items())


def without_file(group: str) -> dict[str, str]:
    """Return name → package of the installed parts of a group that have no configuration file."""
    apart = _files(group).keys() | BASES.get(group, set())
    installed = plugins.installed(PARTS[group]) if group in PARTS else ()
    return {name: package for name, package in installed if name not in apart}


def check_choices(overrides: Sequence[str]) -> None:
    """Raise UserError for an override that chooses from a group what is not there; it names what is near.

    Also for a key that a folder of the user's own hides: Hydra takes ``runs=x`` for a choice where it sees ``runs/``.
    """
    own = os.environ.get("MACLA_CONFIGS")
    keys = {override.partition("=")[0] for override in overrides} - set(GROUPS)
    for key in sorted(keys) if own else ():
        if key.isidentifier() and (Path(own or "") / key).is_dir():
            raise UserError(
                f"MACLA_CONFIGS={own} holds {key}/, so that {key}= would choose a file of it; keep configurations "
                f"({', '.join(GROUPS)}) in a folder of their own"
            )
    named = {group: {name for name, _ in choices(group)} for group in GROUPS}
    for env in (override.partition("=")[2] for override in overrides if override.startswith("env=")):
        if env not in named["env"] and env in plugins.names(plugins.BENCHMARKS):
            plugins.load(plugins.BENCHMARKS, env, "benchmark")
            what = f"benchmark {env!r} is installed without its file env/{env}.yaml"
            raise UserError(f"{what}: its package names no folder of it as macla.configs, or one that is broken")
    wrong = wrong_choice(overrides, named)
    if wrong is not None:
        raise UserError(wrong)


def _files(group: str) -> dict[str, str]:
    """Return name → origin of the files of a group: ours, other packages', the user's own; the first of a name."""
    folders = {f"macla {__version__}": config_folder(), **plugins.config_folders()}
    if own := os.environ.get("MACLA_CONFIGS"):
        folders[own] = Path(own)
    found: dict[str, str] = {}
    for origin, folder in folders.items():
        for file in sorted((folder / group).glob("[!_]*.yaml")):
            found.setdefault(file.stem, origin)
    return found
