"""Parts that other packages bring: benchmarks, memory methods, models and configuration folders, by entry point.

A package adds one with a line of its ``pyproject.toml``, for example::

    [project.entry-points."macla.methods"]
    mine = "mypackage.memory:MyMemory"

A whole package to copy: ``tests/helpers/outside_package``. Without one, an import path is as good as a name.
"""

from collections.abc import Iterator
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from macla.errors import UserError
from macla.progress import note

BENCHMARKS, METHODS, MODELS, CONFIGS = "macla.benchmarks", "macla.methods", "macla.models", "macla.configs"


class Plugin(NamedTuple):
    """A part that can be chosen by name, and where it comes from."""

    name: str
    package: str
    """The distribution that brings it, with its version."""


@cache
def _entries(group: str) -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in sorted(entry_points(group=group), key=lambda entry: entry.name)}


def names(group: str) -> list[str]:
    """Return the names of all installed parts of a group, sorted."""
    return list(_entries(group))


def installed(group: str) -> Iterator[Plugin]:
    """Yield every part of a group with the package it comes from, by name."""
    for name, entry in _entries(group).items():
        package = f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else "unknown"
        yield Plugin(name, package)


def broken(group: str) -> dict[str, str]:
    """Return name → what is wrong of the parts of a group that are installed and do not load."""
    found = {}
    for name in names(group):
        try:
            if group == CONFIGS:
                _config_folder(name)
            else:
                load(group, name, group.rpartition(".")[2].removesuffix("s"))
        except UserError as error:
            found[name] = str(error)
    return found


def versions() -> dict[str, str]:
    """Return the versions of all packages that bring a part, by their names."""
    entries = (entry for group in (BENCHMARKS, METHODS, MODELS, CONFIGS) for entry in _entries(group).values())
    return {entry.dist.name: entry.dist.version for entry in entries if entry.dist is not None}


@cache
def config_folders() -> dict[str, Path]:
    """Return package → folder of all entry points of ``macla.configs``; what is wrong with one is told, once."""
    found = {}
    for name, package in installed(CONFIGS):
        try:
            found[package] = _config_folder(name)
        except UserError as error:
            note(f"the configurations of {package} are left out: {error}")
    return found


def _config_folder(name: str) -> Path:
    """Return the folder of the package that an entry point of ``macla.configs`` names; UserError without one."""
    package = _entries(CONFIGS)[name].value
    try:
        spec = find_spec(package)
    except Exception:  # whatever the packages around it do while they are imported, or a name that is none
        spec = None
    if spec is None or not spec.submodule_search_locations:
        raise UserError(f"the entry point {name} of {CONFIGS} names {package}, which is no package with a folder")
    return Path(next(iter(spec.submodule_search_locations)))


def source(name: str) -> Path | None:
    """Return the file behind an import path; None for an entry point's name, and where there is no file."""
    module, colon, _ = name.partition(":")
    try:
        spec = find_spec(module) if colon else None
    except (ImportError, ValueError, AttributeError):  # what does not load is told by ``load``
        spec = None
    file = Path(spec.origin) if spec is not None and spec.has_location and spec.origin else None
    return file if file is not None and file.is_file() else None


def load(group: str, name: str, what: str) -> Any:
    """Return the object behind an entry point; UserError (``what`` is the word for it) names the alternatives.

    A name with a colon is an import path (``mypackage.memory:MyMemory``): it needs no entry point.
    """
    module, _, attribute = name.partition(":")
    if ":" in name and not (module.strip() and attribute.strip()):
        raise UserError(f"{what} {name!r} is no import path; type MODULE:NAME, e.g. mypackage.memory:MyMemory")
    found = {name: EntryPoint(name, name, group)} if ":" in name else _entries(group)
    if name not in found:
        raise UserError(f"unknown {what} {name!r}; installed: {', '.join(found) or 'none'}")
    try:
        return found[name].load()
    except (Exception, SystemExit) as error:  # whatever another package does while it is imported
        reason = str(error).splitlines()[0] if str(error) else "no reason given"
        raise UserError(f"{what} {name!r} does not load: {type(error).__name__}: {reason}") from None
