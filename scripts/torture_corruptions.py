"""Corruptions: every file of memories and runs, the register and the encoder's cache, each damaged in every way.

A damaged memory is refused in one line, or gives what it gave whole; ``macla memory verify`` finds every change. A
damaged run resumes to the same episodes, and no table is written of what does not read as it was written.
"""

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from torture_commands import SMALL, Ground, Verdict, outcome

Damage = Callable[[bytes, random.Random, bytes], bytes]
SHORT = 30
"""Tries in short, drawn from all."""


def _flipped(content: bytes, rng: random.Random, _: bytes) -> bytes:
    place = rng.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << rng.randrange(8)]) + content[place + 1 :]


def _digit(content: bytes, rng: random.Random, _: bytes) -> bytes:
    """Return the content with another number in it: it parses as before."""
    places = [place for place, byte in enumerate(content) if chr(byte).isdigit()]
    place = rng.choice(places or [0])
    return content[:place] + bytes([ord("1") + (content[place] - ord("0")) % 9]) + content[place + 1 :]


def _middle(extra: bytes) -> Damage:
    def damage(content: bytes, rng: random.Random, _: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        place = rng.randrange(len(lines) + 1)
        return b"".join([*lines[:place], extra, *lines[place:]])

    return damage


def _becomes(content: bytes) -> Damage:
    return lambda *_: content


DAMAGES: dict[str, Damage] = {
    "emptied": _becomes(b""),
    "cut": lambda content, rng, _: content[: rng.randrange(len(content))],
    "cut in a character": lambda content, rng, _: content[: rng.randrange(len(content))] + "é".encode()[:1],
    "last byte gone": lambda content, *_: content[:-1],
    "a bit flipped": _flipped,
    "a digit changed": _digit,
    "end zeroed": lambda content, *_: content[: len(content) // 2] + b"\0" * (len(content) - len(content) // 2),
    "no UTF-8": _middle(b"\xff\xfe\n"),
    "a line of garbage": _middle(b"{garbage\n"),
    "a line of another shape": _middle(b"[1, 2]\n"),
    "said twice": lambda content, *_: content + content,
    "an empty list": _becomes(b"[]\n"),
    "an empty object": _becomes(b"{}\n"),
    "null": _becomes(b"null\n"),
    "a number": _becomes(b"3\n"),
    "nested deeply": _becomes(b"[" * 100_000),
    "swapped": lambda _content, _rng, other: other,
}
WHOLE = ("removed", "a folder")
"""Damages of the file as a whole."""
DERIVED = ("config.yaml", "practice.jsonl", "summary.json", "trajectories.jsonl")
"""Files beside a memory, which may go."""


def tries(ground: Ground, rng: random.Random, short: bool) -> Iterator[Verdict]:
    """Damage everything in every way, in short a sample of that."""
    prepared = _prepare(ground, short)
    wanted = [(attempt, name, damage) for attempt, files in prepared for name in files for damage in (*DAMAGES, *WHOLE)]
    for attempt, name, damage in rng.sample(wanted, SHORT) if short else wanted:
        yield attempt(name, damage, rng)


Attempt = Callable[[str, str, random.Random], Verdict]


def _prepare(ground: Ground, short: bool) -> list[tuple[Attempt, list[str]]]:
    """Make memories and runs, two of each kind; return (what damages a file of it and looks, its files)."""
    work: list[tuple[Attempt, list[str]]] = []
    for method in ("macla",) if short else ("macla", "nearest", "cloning"):
        settings = (*SMALL, f"memory={method}", "build.practice=4", f"runs={ground.folder}/{method}")
        memory, other = (ground.folder / f"{method}-{which}" for which in ("whole", "other"))
        run, other_run = (ground.folder / f"{method}-run-{which}" for which in ("whole", "other"))
        for target, into, seed in ((other, other_run, 1), (memory, run, 0)):  # the register's last is the whole one
            _do(ground, "build-memory", *settings, f"seed={seed}", "--out", target)
            _do(ground, "eval", *settings, f"seed={seed}", "--memory", target, "--out", into)
        work += [
            (_OfMemory(ground, settings, memory, other, outcome(run)), _files(memory)),
            (_OfRun(ground, settings, memory, run, other_run), _files(run)),
            (_OfRegister(ground, settings, ground.folder / method, outcome(run)), ["builds.jsonl"]),
        ]
    settings = (*SMALL, "encoder=minilm")
    memory, run = ground.folder / "minilm", ground.folder / "minilm-run"
    _do(ground, "build-memory", *settings, "--out", memory)
    _do(ground, "eval", *settings, "--memory", memory, "--out", run)
    cache = ground.folder / "home" / "embeddings" / "numpy"
    return [*work, (_OfCache(ground, settings, memory, cache, outcome(run)), _files(cache))]


def _files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if file.is_file())


def _do(ground: Ground, *command: object) -> str:
    done = ground.macla(*command)
    assert done.code == 0, done.text
    return done.text


def spoil(path: Path, damage: str, rng: random.Random, other: bytes) -> bool:
    """Damage a file; return whether it is another one now (a line end after the last line says nothing)."""
    before = path.read_bytes()
    if damage in WHOLE:
        path.unlink()
        if damage == "a folder":
            path.mkdir()
        return True
    after = DAMAGES[damage](before, rng, other) if before else b"?"
    path.write_bytes(after)
    return after.strip() != before.strip()


class _Of:
    """Damages a copy, and looks at what commands say of it."""

    def __init__(self, ground: Ground, settings: tuple[str, ...]) -> None:
        self.ground, self.settings = ground, settings
        self.fresh = ground.folder / "fresh"

    def copy(self, source: Path) -> Path:
        """Return a copy to be spoilt; the last one is gone then."""
        target = self.ground.folder / "spoilt"
        for folder in (target, self.fresh):
            shutil.rmtree(folder, ignore_errors=True)
        return Path(shutil.copytree(source, target))

    def evaluated(self, name: str, expected: Any, *memory: object) -> Verdict:
        """Evaluate into a fresh folder: refused in one line, or the same as ever."""
        done = self.ground.macla("eval", *self.settings, *memory, "--out", self.fresh)
        same = done.code == 0 and outcome(self.fresh) == expected
        return Verdict(name, different=not (same or done.refused), traceback=done.traceback, said=done.text)


class _OfMemory(_Of):
    def __init__(self, ground: Ground, settings: tuple[str, ...], memory: Path, other: Path, expected: Any) -> None:
        super().__init__(ground, settings)
        self.memory, self.other, self.expected = memory, other, expected

    def __call__(self, name: str, damage: str, rng: random.Random) -> Verdict:
        spoilt, label = self.copy(self.memory), f"{self.memory.name}/{name}, {damage}"
        changed = spoil(spoilt / name, damage, rng, (self.other / name).read_bytes())
        seen = self.ground.macla("memory", "verify", spoilt)
        may_pass = not changed or (damage == "removed" and name in DERIVED)
        if seen.traceback or not (seen.refused or (may_pass and seen.code == 0)):
            return Verdict(label, different=not seen.traceback, traceback=seen.traceback, said=seen.text)
        return self.evaluated(label, self.expected, "--memory", spoilt)


class _OfRun(_Of):
    def __init__(self, ground: Ground, settings: tuple[str, ...], memory: Path, run: Path, other: Path) -> None:
        super().__init__(ground, settings)
        self.memory, self.run, self.other = memory, run, other
        self.expected, self.table = outcome(run), _do(ground, "report", run, "--out", ground.folder / "table")

    def __call__(self, name: str, damage: str, rng: random.Random) -> Verdict:
        spoilt, label = self.copy(self.run), f"{self.run.name}/{name}, {damage}"
        changed = spoil(spoilt / name, damage, rng, (self.other / name).read_bytes())
        table = self.ground.macla("report", spoilt, "--out", self.ground.folder / "table")
        told = table.refused or _rows(table.text) == _rows(self.table)
        again = self.ground.macla("eval", *self.settings, "--memory", self.memory, "--out", spoilt)
        resumed = again.code == 0 and outcome(spoilt) == self.expected
        may_refuse = changed and (name == "manifest.json" or damage == "a folder")
        return Verdict(
            label,
            lost=again.code != 0 and not (may_refuse and again.refused),
            different=not told or (again.code == 0 and not resumed),
            traceback=table.traceback or again.traceback,
            said=table.text + again.text,
        )


def _rows(text: str) -> list[str]:
    """Return what a command printed, without the line that says what was typed."""
    return text.splitlines()[1:]


class _OfRegister(_Of):
    def __init__(self, ground: Ground, settings: tuple[str, ...], runs: Path, expected: Any) -> None:
        super().__init__(ground, settings)
        self.runs, self.expected = runs, expected

    def __call__(self, name: str, damage: str, rng: random.Random) -> Verdict:
        """Damage the register; whatever it says then, it names no other memory, and the next build is found."""
        path, label = self.runs / name, f"{self.runs.name}'s {name}, {damage}"
        whole = path.read_bytes()
        self.copy(self.runs)
        spoil(path, damage, rng, b"\n".join(whole.splitlines()[::-1]))
        verdict = self.evaluated(label, self.expected)
        if verdict.clean and damage != "a folder":
            _do(self.ground, "build-memory", *self.settings)
            shutil.rmtree(self.fresh, ignore_errors=True)
            after = self.ground.macla("eval", *self.settings, "--out", self.fresh)
            verdict = Verdict(label, lost=after.code != 0, traceback=after.traceback, said=after.text)
        if path.is_dir():
            path.rmdir()
        path.write_bytes(whole)
        return verdict


class _OfCache(_Of):
    def __init__(self, ground: Ground, settings: tuple[str, ...], memory: Path, cache: Path, expected: Any) -> None:
        super().__init__(ground, settings)
        self.memory, self.cache, self.expected = memory, cache, expected

    def __call__(self, name: str, damage: str, rng: random.Random) -> Verdict:
        """Damage the cache of vectors; the evaluation is the same as ever."""
        path, label = self.cache / name, f"encoder's cache {name}, {damage}"
        whole = path.read_bytes()
        self.copy(self.memory)
        spoil(path, damage, rng, whole[::-1])
        verdict = self.evaluated(label, self.expected, "--memory", self.memory)
        if path.is_dir():
            path.rmdir()
        path.write_bytes(whole)
        return verdict
