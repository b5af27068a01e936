"""Walk both engines in lock-step and compare everything they say (``docs/spec/alfworld.md §D``)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from envs.alfworld import engine
from envs.alfworld.engine import Engine, State
from envs.alfworld.engine.compiled import CompiledEngine
from envs.alfworld.engine.walks import Walker
from macla.errors import InfrastructureError
from macla.seeding import python_rng

SHOWN_DIFFERENCES = 10
QUICK_STEPS = 12


@dataclass(frozen=True)
class ParityReport:
    """One game walked on both engines."""

    game: Path
    steps: int
    """Commands typed, the reset not counted."""
    differences: tuple[str, ...]
    """One line for each state in which the engines disagree."""
    won: bool
    """Whether the walk came through a won state."""


@dataclass
class ParityTotals:
    """What all walks of a check add up to."""

    games: int = 0
    steps: int = 0
    mismatches: int = 0
    won: int = 0
    """Games in which a won state was compared."""
    first_differences: list[str] = field(default_factory=list)


def walk(game: Path, seed: int, steps: int) -> ParityReport:
    """Play ``steps`` commands on both engines, past a win too; return where feedback, list, ``won`` or facts differ."""
    compiled, real = CompiledEngine(game), engine.load(game, "textworld")
    try:
        walker = Walker(compiled, python_rng(seed, "parity", game.parent.parent.name, game.parent.name))
        state = compiled.reset()
        differences = _compare("reset", state, compiled, real.reset(), real)
        won = state.won
        for number in range(1, steps + 1):
            command = walker.choose(state)
            state = compiled.step(command)
            differences += _compare(f"step {number} {command!r}", state, compiled, real.step(command), real)
            won = won or state.won
    finally:
        real.close()
    name = f"{game.parent.parent.name}/{game.parent.name}"
    return ParityReport(game, steps, tuple(f"{name}: {difference}" for difference in differences), won)


def check(
    paths: Sequence[Path], seed: int, steps: int, progress: Callable[[ParityReport], None] | None = None
) -> ParityTotals:
    """Return the totals of :func:`walk` over ``paths``, ``steps`` commands each; ``progress`` sees every report."""
    totals = ParityTotals()
    for path in paths:
        report = walk(path, seed, steps)
        totals.games += 1
        totals.steps += report.steps
        totals.mismatches += len(report.differences)
        totals.won += report.won
        totals.first_differences += report.differences[: SHOWN_DIFFERENCES - len(totals.first_differences)]
        if progress:
            progress(report)
    return totals


def quick(paths: Sequence[Path]) -> str:
    """Return one line for ``macla doctor`` after short walks; InfrastructureError when the engines disagree."""
    totals = check(paths, seed=0, steps=QUICK_STEPS)
    if totals.mismatches:
        raise InfrastructureError(f"compiled engine differs from textworld: {totals.first_differences[0]}")
    return f"compiled engine equals textworld: {totals.games} games, {totals.steps} steps, 0 mismatches"


def _compare(when: str, state: State, compiled: Engine, expected: State, real: Engine) -> list[str]:
    pairs = [*zip(State._fields, state, expected, strict=True), ("facts", compiled.facts(), real.facts())]
    wrong = [f"{name} is {found!r}, really {wanted!r}" for name, found, wanted in pairs if found != wanted]
    return [f"{when}: {'; '.join(wrong)}"] if wrong else []
