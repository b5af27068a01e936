"""``macla list``: every part that can be chosen by name, and the package it comes from."""

from collections.abc import Iterator
from typing import NamedTuple

from macla import plugins
from macla.config import choices

BASE = {"model": "openai"}
"""Key → what its choices are made of, no choice itself: a server needs an address."""


class Part(NamedTuple):
    """One choice."""

    kind: str
    name: str
    package: str
    typed: str
    """What to type to choose it."""


def parts() -> list[Part]:
    """Return every benchmark, memory, model and experiment, in this order, each kind by name."""
    return [
        *(Part("benchmark", name, package, f"--env {name}") for name, package in plugins.installed(plugins.BENCHMARKS)),
        *_of_group("memory", plugins.METHODS, "memory"),
        *_of_group("model", plugins.MODELS, "model"),
        *(Part("experiment", name, package, f"macla reproduce {name}") for name, package in choices("experiment")),
    ]


def _of_group(kind: str, group: str, key: str) -> Iterator[Part]:
    """Yield the choices of a configuration group: its files, and installed parts that have none."""
    found = dict(choices(key))
    apart = {*found, BASE[key]} if key in BASE else set(found)
    found |= {name: package for name, package in plugins.installed(group) if name not in apart}
    yield from (Part(kind, name, package, f"{key}={name}") for name, package in sorted(found.items()))
