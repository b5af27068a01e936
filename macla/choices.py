"""What can be chosen by name: configuration files, ours and others', and installed parts that need none."""

import os
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from types import MappingProxyType

from macla import __version__, plugins
from macla.errors import UserError
from macla.mistakes import wrong_choice

OWN = ("MACLA_CONFIG_DIR", "MACLA_CONFIGS")
"""Variables of the environment that name configuration folders of the user's own; the first wins."""
_SEARCHED = "hydra.searchpath="
GROUPS = ("env", "model", "encoder", "memory", "runner", "tracker", "paths", "debug", "search", "experiment")
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


def own_folders() -> dict[str, Path]:
    """Return the user's own configuration folders, as they are named: ``MACLA_CONFIG_DIR=DIR`` → the folder.

    ``--config-dir`` sets the first of :data:`OWN`. Raises UserError when one is no folder.
    """
    typed = {name: os.environ.get(name, "") for name in OWN}
    named = {f"{name}={value}": Path(value).expanduser() for name, value in typed.items() if value}
    for name, folder in named.items():
        if not folder.is_dir():
            raise UserError(f"{name} is no folder")
    return named


def with_search_path(overrides: Sequence[str]) -> list[str]:
    """Return the overrides, and before them one that adds further configuration folders.

    These are those of other packages (entry points ``macla.configs``, each naming the package that a folder belongs
    to), the user's own (:func:`own_folders`), and what ``hydra.searchpath=[…]`` among the overrides adds.
    """
    found = [*plugins.config_folders().values(), *(folder.absolute() for folder in own_folders().values())]
    entries = ["'file://" + str(folder).replace("'", r"\'") + "'" for folder in found]
    typed = [override for override in overrides if override.startswith(_SEARCHED)]
    entries += [inner for one in typed if (inner := one.removeprefix(_SEARCHED).strip("[]"))]
    rest = [override for override in overrides if override not in typed]
    return [f"{_SEARCHED}[{','.join(entries)}]", *rest] if entries else rest


def _searched(overrides: Sequence[str]) -> dict[str, Path]:
    """Return the folders that ``hydra.searchpath=[file://DIR, …]`` adds, as they are typed."""
    listed = [one.removeprefix(_SEARCHED).strip("[]") for one in overrides if one.startswith(_SEARCHED)]
    entries = [entry.strip(" '\"") for inner in listed for entry in inner.split(",")]
    return {entry: Path(entry.removeprefix("file://")) for entry in entries if entry.startswith("file://")}


def choices(group: str, overrides: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Return (name, where from) of all that can be chosen from a group, by name; ``overrides`` may add folders."""
    return sorted({**_files(group, _searched(overrides)), **without_file(group)}.items())


def without_file(group: str) -> dict[str, str]:
    """Return name → package of the installed parts of a group that have no configuration file."""
    apart = _files(group).keys() | BASES.get(group, set())
    installed = plugins.installed(PARTS[group]) if group in PARTS else ()
    return {name: package for name, package in installed if name not in apart}


def check_choices(overrides: Sequence[str]) -> None:
    """Raise UserError for an override that chooses from a group what is not there; it names what is near.

    Also for a key that a folder of the user's own hides: Hydra takes ``runs=x`` for a choice where it sees ``runs/``.
    """
    keys = {override.partition("=")[0] for override in overrides} - set(GROUPS)
    for key, (name, folder) in product(sorted(keys), {**own_folders(), **_searched(overrides)}.items()):
        if key.isidentifier() and (folder / key).is_dir():
            raise UserError(
                f"{name} holds {key}/, so that {key}= would choose a file of it; keep configurations "
                f"({', '.join(GROUPS)}) in a folder of their own"
            )
    named = {group: {name for name, _ in choices(group, overrides)} for group in GROUPS}
    for env in (override.partition("=")[2] for override in overrides if override.startswith("env=")):
        if env not in named["env"] and env in plugins.names(plugins.BENCHMARKS):
            plugins.load(plugins.BENCHMARKS, env, "benchmark")
            what = f"benchmark {env!r} is installed without its file env/{env}.yaml"
            raise UserError(f"{what}: its package names no folder of it as macla.configs, or one that is broken")
    wrong = wrong_choice(overrides, named)
    if wrong is not None:
        raise UserError(wrong)


def _files(group: str, searched: Mapping[str, Path] = MappingProxyType({})) -> dict[str, str]:
    """Return name → origin of the files of a group: ours, other packages', the user's own; the first of a name."""
    own = {str(folder): folder for folder in own_folders().values()}
    folders = {f"macla {__version__}": config_folder(), **plugins.config_folders(), **own, **searched}
    found: dict[str, str] = {}
    for origin, folder in folders.items():
        for file in sorted((folder / group).glob("[!_]*.yaml")):
            found.setdefault(file.stem, origin)
    return found
