"""Parts that other packages bring: benchmarks, memory methods, models and configuration folders, by entry point.

A package adds one with a line of its ``pyproject.toml``, for example::

    [project.entry-points."macla.methods"]
    mine = "mypackage.memory:MyMemory"
"""

from collections.abc import Iterator
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, NamedTuple

from macla.errors import UserError

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


def target(group: str, name: str) -> str:
    """Return what an entry point names, unloaded: a module for ``macla.configs``."""
    return _entries(group)[name].value


def load(group: str, name: str, what: str) -> Any:
    """Return the object behind an entry point; UserError (``what`` is the word for it) names the alternatives."""
    found = _entries(group)
    if name not in found:
        raise UserError(f"unknown {what} {name!r}; installed: {', '.join(found) or 'none'}")
    try:
        return found[name].load()
    except (ImportError, AttributeError) as error:
        raise UserError(f"{what} {name!r} does not load: {error}") from None
