"""``macla list``: every part that can be chosen by name, and the package it comes from."""

from collections.abc import Sequence
from typing import NamedTuple

from macla import plugins
from macla.choices import PARTS, choices


class Part(NamedTuple):
    """One choice."""

    kind: str
    name: str
    package: str
    typed: str
    """What to type to choose it."""


def parts() -> list[Part]:
    """Return every benchmark, memory, model and experiment, in this order, each kind by name; what fails is marked."""
    benchmarks = [(name, package) for name, package in plugins.installed(plugins.BENCHMARKS)]
    return [
        *(Part("benchmark", *one, f"--env {one[0]}") for one in _marked(plugins.BENCHMARKS, benchmarks)),
        *(Part(kind, *one, f"{kind}={one[0]}") for kind in PARTS for one in _marked(PARTS[kind], choices(kind))),
        *(Part("experiment", name, package, f"macla reproduce {name}") for name, package in choices("experiment")),
    ]


def _marked(group: str, found: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return (name, package) with a word after the package where the part of that name does not load."""
    wrong = plugins.broken(group)
    return [(name, f"{package} (does not load: macla doctor)" if name in wrong else package) for name, package in found]
