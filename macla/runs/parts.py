"""``macla list``: every part that can be chosen by name, and the package it comes from."""

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
    """Return every benchmark, memory, model and experiment, in this order, each kind by name."""
    return [
        *(Part("benchmark", name, package, f"--env {name}") for name, package in plugins.installed(plugins.BENCHMARKS)),
        *(Part(kind, name, package, f"{kind}={name}") for kind in PARTS for name, package in choices(kind)),
        *(Part("experiment", name, package, f"macla reproduce {name}") for name, package in choices("experiment")),
    ]
