"""The memory page: procedures with evidence and sources, the learning curve of practice, posteriors over time."""

from pathlib import Path
from typing import Any

from macla.methods.base import Learned
from macla.methods.macla.learned import LearnedMacla
from macla.methods.macla.memory.prior import prior_of
from macla.methods.macla.report.history import moves
from macla.methods.stored import Stored
from macla.reports.catalogue import Catalogue, Entry, catalogue
from macla.reports.frames import PRACTICE
from macla.reports.viewer.data import DECIMALS, curve

TOP = 8
"""Procedures whose posteriors are drawn, the most executed."""
SOURCES = 50
"""Source trajectories that are named for an entry."""


def memory_data(folder: Path, stored: Stored, learned: Learned) -> dict[str, Any]:
    """Return a memory for the page; its files have been checked."""
    found = catalogue(called(folder), stored, learned)
    practised = folder / PRACTICE
    return {
        "name": found.name,
        "what": {"method": found.method, "benchmark": found.benchmark, "encoder": found.encoder},
        "figures": [[name, round(value, DECIMALS)] for name, value in found.figures.items()],
        "trajectories": found.trajectories,
        "entries": [_entry(one) for one in found.entries],
        "lines": list(found.lines),
        "curve": curve(practised.read_text(encoding="utf-8")) if practised.is_file() else [],
        "posteriors": _posteriors(learned, found),
    }


def called(folder: Path) -> str:
    """Return what pages call a memory: its folder, and of one that a run wrote itself (``RUN/memory``) the run."""
    whole = folder.absolute()
    return f"{whole.parent.name}/{whole.name}" if whole.name == "memory" else whole.name


def _entry(one: Entry) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "goals": [list(goal) for goal in one.goals],
        "psi": list(one.preconditions),
        "pi": list(one.steps),
        "phi": list(one.postconditions),
        "slots": [[slot, list(kinds)] for slot, kinds in one.slots],
        "support": one.support,
        "evidence": [round(one.successes, DECIMALS), round(one.failures, DECIMALS), round(one.left_out, DECIMALS)],
        "belief": [round(one.mean, DECIMALS), *(round(bound, DECIMALS) for bound in one.interval)],
        "sources": [list(source) for source in one.sources[:SOURCES]],
        "n_sources": len(one.sources),
    }


def _posteriors(learned: Learned, found: Catalogue) -> list[dict[str, Any]]:
    """Return the posterior means of the most executed skills over episodes, from the event log; the busiest first."""
    if not isinstance(learned, LearnedMacla) or not found.entries:
        return []
    memory = learned.memory
    frame = moves(memory, prior_of(memory, memory.settings), TOP)
    drawn = []
    for name in frame["procedure"].value_counts(sort=True).index:
        rows = frame[frame["procedure"] == name]
        points = [[int(x), round(float(y), DECIMALS)] for x, y in zip(rows["episode"], rows["mean"], strict=True)]
        drawn.append({"id": str(name), "goal": str(rows["goal"].iloc[0]), "points": points})
    return drawn
