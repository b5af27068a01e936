"""Kills: at a file operation drawn at random, or after a random time; then the same command again, until it ends."""

import os
import random
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from torture_commands import SMALL, Ground, Result, Verdict, outcome

from macla.methods.stored import read

TRIES, SHORT = 30, 2
"""A case, in full and in short."""
WRITING = os.O_WRONLY | os.O_RDWR
OPERATIONS = ("os.mkdir", "os.rename", "os.remove")


class Case(NamedTuple):
    """A command that is killed, and what tells whether it came to what it comes to undisturbed."""

    name: str
    command: tuple[str, ...]
    result: Callable[[Path], Any]


def tries(ground: Ground, rng: random.Random, short: bool) -> Iterator[Verdict]:
    """Kill every case, half of the times at a file operation and half of the times after a while."""
    memory = str(ground.folder / "memory")
    made = ground.macla("build-memory", *SMALL, "--out", memory)
    assert made.code == 0, made.text
    played = ("eval", *SMALL, "--memory", memory)
    for case in (
        Case("build", ("build-memory", *SMALL, "build.practice=4"), built),
        Case("frozen", played, outcome),
        Case("two workers", (*played, "runner.workers=2"), outcome),
        Case("online", (*played, "eval.mode=online"), outcome),
    ):
        yield from _killed(ground, case, rng, SHORT if short else TRIES)


def built(folder: Path) -> Any:
    """Return what tells a memory from others, and the names of its files."""
    return read(folder).fingerprint, sorted(file.name for file in folder.iterdir())


def _killed(ground: Ground, case: Case, rng: random.Random, times: int) -> Iterator[Verdict]:
    whole, counted = ground.folder / "whole", ground.folder / "operations"
    shutil.rmtree(whole, ignore_errors=True)
    started = monotonic()
    reference = ground.macla(*case.command, "--out", whole, before=lambda: _count(whole, counted))
    seconds = monotonic() - started
    assert reference.code == 0, reference.text
    expected, operations = case.result(whole), len(counted.read_text())
    for number in range(times):
        torn = ground.folder / "torn"
        shutil.rmtree(torn, ignore_errors=True)
        if number % 2:
            after = rng.uniform(0, seconds)
            name = f"{case.name}, killed after {after:.3f} s"
            ground.macla(*case.command, "--out", torn, kill_after=after)
        else:
            place = rng.randrange(operations)
            name = f"{case.name}, killed before file operation {place} of {operations}"
            _until_killed(ground, case, torn, place)
        yield _resumed(ground, case, torn, name, expected)


def _until_killed(ground: Ground, case: Case, torn: Path, place: int) -> Result:
    return ground.macla(*case.command, "--out", torn, before=lambda: _die(torn, place))


def _resumed(ground: Ground, case: Case, torn: Path, name: str, expected: Any) -> Verdict:
    """Type the same command again; the episodes that were whole are to stand there as they were, not played again."""
    kept = _whole_lines(torn)
    again = ground.macla(*case.command, "--out", torn)
    if again.code != 0:
        return Verdict(name, lost=True, traceback=again.traceback, said=again.text)
    lost = not kept <= _whole_lines(torn)
    return Verdict(name, lost=lost, different=case.result(torn) != expected, traceback=again.traceback, said=again.text)


def _whole_lines(run: Path) -> set[bytes]:
    path = run / "episodes.jsonl"
    lines = path.read_bytes().splitlines(keepends=True) if path.is_file() else []
    return {line for line in lines if line.endswith(b"\n")}


def _watch(folder: Path, met: Callable[[], None]) -> None:
    """Call ``met`` before every operation of this process that changes something in a folder."""
    inside = str(folder)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        written = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING
        if (written or event in OPERATIONS) and str(arguments[0]).startswith(inside):
            met()

    sys.addaudithook(hook)


def _count(folder: Path, into: Path) -> None:
    tally = os.open(into, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    _watch(folder, lambda: _note(tally))


def _note(tally: int) -> None:
    os.write(tally, b".")


def _die(folder: Path, place: int) -> None:
    left = [place]

    def met() -> None:
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1

    _watch(folder, met)
