"""What the pip package ``alfworld`` ships, read without importing it: an import creates folders, sets variables."""

import importlib.util
import json
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

from macla.errors import UserError


@cache
def package_folder() -> Path:
    """Return the folder of the installed package; UserError when it is not installed."""
    spec = importlib.util.find_spec("alfworld")
    if spec is None or not spec.submodule_search_locations:
        raise UserError("package alfworld is not installed; type: pip install 'alfworld>=0.4.2'")
    return Path(spec.submodule_search_locations[0])


def package_version() -> str:
    """Return the version of the installed package, e.g. ``0.4.2``."""
    return version("alfworld")


@cache
def _module(path: str) -> ModuleType:
    """Execute one file of the package as a module of its own, without its parent packages."""
    file = package_folder() / path
    spec = importlib.util.spec_from_file_location(f"_alfworld_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise UserError(f"package alfworld {package_version()} lacks {path}; type: pip install 'alfworld>=0.4.2'")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def constants() -> Any:
    """Return ``gen/constants.py``: object and receptacle types, what fits where, train and test floor plans."""
    return _module("gen/constants.py")


def goals() -> Mapping[str, Mapping[str, Any]]:
    """Return ``gen/goal_library.py``: per task type the PDDL goal (``pddl``) and the phrasings (``templates``)."""
    library: Mapping[str, Mapping[str, Any]] = _module("gen/goal_library.py").gdict
    return library


@cache
def domain_text() -> str:
    """Return the PDDL domain."""
    return (package_folder() / "data" / "alfred.pddl").read_text(encoding="utf-8")


@cache
def grammar_text() -> str:
    """Return the text grammar (of 0.4.2) with its placeholder ``UNKNOWN GOAL``."""
    return (package_folder() / "data" / "alfred.twl2").read_text(encoding="utf-8")


def layout(number: int, part: str) -> Any:
    """Return ``FloorPlan<number>-<part>.json``; part is ``openable`` (id → pose) or ``objects`` (types present)."""
    file = package_folder() / "gen" / "layouts" / f"FloorPlan{number}-{part}.json"
    return json.loads(file.read_text(encoding="utf-8"))


def reachable_points(number: int) -> list[tuple[float, float]]:
    """Return the points (x, z in metres) of a floor plan on which the agent can stand."""
    import numpy as np

    points = np.load(package_folder() / "gen" / "layouts" / f"FloorPlan{number}-layout.npy")
    return [(float(x), float(z)) for x, z in points]
