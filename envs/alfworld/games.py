"""Game files in the official layout: find, filter, identify, count and check them (``docs/spec/alfworld.md §A``)."""

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from envs.alfworld import divisions
from macla.errors import UserError, why

LAYOUT = "json_2.1.1"
SPLITS = ("train", "valid_seen", "valid_unseen")
TASK_TYPES = (
    "pick_and_place_simple",
    "look_at_obj_in_light",
    "pick_clean_then_place_in_recep",
    "pick_heat_then_place_in_recep",
    "pick_cool_then_place_in_recep",
    "pick_two_obj_and_place",
)
LONGEST_REFERENCE = 1000
"""Characters of a game's name that are looked at, from its end."""
DEFAULT_FOLDER = Path("~/.cache/alfworld")
"""Where ``alfworld-download`` puts the data when ``ALFWORLD_DATA`` is not set."""

_SOLVABLE = re.compile(rb'"solvable"\s*:\s*(true|false|null)')
"""Quotes inside JSON strings are escaped, so this matches the key and nothing in the texts."""
_ID = re.compile(r"[^/]+(?:-[^/-]+){3}-\d+/[^/]+")
_GRAMMARS = {"0.4.2": b"move {o} to {r}", "2.1.1": b"put {o} in/on {r}"}


@dataclass(frozen=True)
class Game:
    """One game file. Its path says what it asks for; nothing of this reaches the agent."""

    id: str
    """``<task-folder>/<trial>``: the same on every machine."""
    path: Path
    """The ``game.tw-pddl`` file."""
    split: str
    task_type: str
    scene: int
    """Number of the floor plan."""
    params: Mapping[str, str] = field(repr=False, compare=False)
    """``object_target``, ``mrecep_target``, ``parent_target``, ``toggle_target``, as in ``traj_data.json``."""


@dataclass(frozen=True)
class Skipped:
    """A folder of the split that does not count as a game, and why."""

    path: Path
    reason: str
    broken: bool
    """Whether a file is missing or corrupt, rather than of a kind that the benchmark leaves out."""


def resolve_root(option: Path | None, env: Mapping[str, str]) -> Path:
    """Return the folder that holds the splits.

    Looked for in ``option``, else in ``$ALFWORLD_DATA`` (a folder that holds ``json_2.1.1``, or that folder itself),
    ``$MACLA_DATA/alfworld`` and alfworld's own default. UserError names what to type when there is none.
    """
    if option is not None:
        return _layout(option) or _no_games(f"no official ALFWorld games in {option}")
    named, default = env.get("ALFWORLD_DATA"), DEFAULT_FOLDER.expanduser()
    if named and Path(named).expanduser() != default:  # importing alfworld sets the variable to the default
        return _layout(Path(named).expanduser()) or _no_games(f"no official ALFWorld games in ALFWORLD_DATA={named}")
    shared = [Path(env["MACLA_DATA"]) / "alfworld"] if env.get("MACLA_DATA") else []
    for folder in (*shared, default):
        found = _layout(folder)
        if found:
            return found
    return _no_games("no official ALFWorld games found")


def _layout(folder: Path) -> Path | None:
    for candidate in (folder / LAYOUT, folder):
        if any((candidate / split).is_dir() for split in SPLITS):
            return candidate
    return None


def _no_games(what: str) -> Path:
    raise UserError(
        f"{what}; type: macla data alfworld --download, or set ALFWORLD_DATA to the folder that holds {LAYOUT}, "
        "or use env.data=generated"
    )


def referred(reference: str) -> str:
    """Return the id of a game as people name it: other folders may stand before it, the name of its file behind it.

    The split's folder is not looked at: an id is unique, and data are divided anew by others.
    """
    parts = [part for part in re.split(r"[/\\]+", reference[-LONGEST_REFERENCE:].strip()) if part]
    if parts and parts[-1] in ("game.tw-pddl", "traj_data.json"):
        parts.pop()
    return "/".join(parts[-2:])


def elsewhere(data: str) -> str:
    """Return what to type for games that ``env.data`` as it is does not have."""
    other = "official" if data == "generated" else "generated"
    return f"for {other} games type env.data={other}"


def is_id(name: str) -> bool:
    """Whether a name is formed as a game's id, ``<task>-<object>-<mrecep>-<receptacle>-<scene>/<trial>``."""
    return _ID.fullmatch(name) is not None


def shortage(folder: Path, have: int, want: int, skipped: Iterable[Skipped]) -> str:
    """Return in words how many games of how many a split has and the first of those that are broken, if any is."""
    broken = [game for game in skipped if game.broken]
    said = f"{folder}: {have} of {want} games"
    if not broken:
        return said
    return f"{said}; {len(broken)} broken, e.g. {'/'.join(broken[0].path.parts[-2:])} ({broken[0].reason})"


def discover(root: Path, split: str) -> list[Game]:
    """Return the games of a split that count officially, sorted by id. UserError when the split is not there."""
    return scan(root, split)[0]


def scan(root: Path, split: str) -> tuple[list[Game], list[Skipped]]:
    """Return the games of a split and everything that was passed over, both sorted by path.

    The official filter: ``solvable`` is true, the path has neither ``movable`` nor ``Sliced``, and the task type is
    one of six. It is read off the folder's name, which official data derives from ``traj_data.json``
    (:func:`check` compares them).
    """
    folder = root / split
    if not folder.is_dir():
        raise UserError(f"no split {split!r} in {root}; type one of: {', '.join(SPLITS)}")
    games: list[Game] = []
    skipped: list[Skipped] = []
    for task in _folders(folder):
        for trial in _folders(task.path):
            found = _read(Path(trial.path), task.name, split)
            if isinstance(found, Game):
                games.append(found)
            else:
                skipped.append(found)
    return games, skipped


def _folders(path: str | Path) -> list[os.DirEntry[str]]:
    with os.scandir(path) as entries:
        return sorted((e for e in entries if not e.name.startswith(".") and e.is_dir()), key=lambda e: e.name)


def _read(trial: Path, task: str, split: str) -> Game | Skipped:
    parts = task.split("-")
    if len(parts) != 5 or not parts[4].isdigit():
        return Skipped(trial, "folder name is not <task>-<object>-<mrecep>-<receptacle>-<scene>", broken=True)
    if "movable" in task or "Sliced" in task or parts[0] not in TASK_TYPES:
        return Skipped(trial, f"task type {parts[0]} is left out", broken=False)
    game = trial / "game.tw-pddl"
    try:
        content = game.read_bytes()
        solvable = _SOLVABLE.search(content, content.rindex(b'"solvable"'))
    except (OSError, ValueError):
        solvable = None
    if solvable is None or not (trial / "traj_data.json").is_file():
        missing = [name for name in ("game.tw-pddl", "traj_data.json") if not (trial / name).is_file()]
        return Skipped(
            trial, f"no {missing[0]}" if missing else "game.tw-pddl does not say whether it is solvable", True
        )
    if not content.lstrip().startswith(b"{") or not content.rstrip().endswith(b"}"):
        return Skipped(trial, "game.tw-pddl is not whole", broken=True)
    if solvable[1] != b"true":
        return Skipped(trial, "not solvable", broken=False)
    return Game(f"{task}/{trial.name}", game, split, parts[0], int(parts[4]), _params(parts))


def _params(parts: list[str]) -> dict[str, str]:
    task_type, thing, movable, place, _ = parts
    look = task_type == "look_at_obj_in_light"
    return {
        "object_target": thing,
        "mrecep_target": "" if movable == "None" else movable,
        "parent_target": "" if look else place,
        "toggle_target": place if look else "",
    }


def identity(games: Iterable[Game]) -> dict[str, object]:
    """Return ``{counts: {split: {task type: n}}, total, grammar, hash}`` of a set of games.

    ``grammar`` is ``0.4.2`` (move … to …) or ``2.1.1`` (put … in/on …) and the same for all games, else UserError.
    ``hash`` is 16 hex digits over the sorted (id, SHA-256 of the file): the same data give the same hash anywhere.
    """
    counts: dict[str, Counter[str]] = {}
    total = 0
    grammars: dict[str, Game] = {}
    lines = []
    for game in games:
        content = game.path.read_bytes()
        grammars.setdefault(grammar_of(content, game.path), game)
        counts.setdefault(game.split, Counter())[game.task_type] += 1
        lines.append(f"{game.split}/{game.id} {hashlib.sha256(content).hexdigest()}\n")
        total += 1
    if len(grammars) > 1:
        first, second, *_ = sorted(grammars)
        raise UserError(
            f"games of two grammars: {grammars[first].path} is {first}, {grammars[second].path} is {second}; "
            "use one download"
        )
    return {
        "counts": {split: dict(sorted(types.items())) for split, types in sorted(counts.items())},
        "total": total,
        "grammar": next(iter(grammars), ""),
        "hash": hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()[:16],
    }


def grammar_of(content: bytes, path: Path | str = "a game file") -> str:
    """Return which action grammar a game file is worded in; UserError when it is neither of the two."""
    found = [name for name, mark in _GRAMMARS.items() if mark in content]
    if len(found) != 1:
        raise UserError(f"{path} is worded neither as alfworld 0.4.2 nor as 2.1.1; get the data again")
    return found[0]


@dataclass(frozen=True)
class Report:
    """What :func:`check` found. ``ok`` when nothing is broken; counts may differ from the official ones."""

    counts: Mapping[str, int]
    problems: tuple[str, ...]
    """One line for each broken game or folder."""
    differences: tuple[str, ...]
    """One line for each split whose count is not the release's, or one that names another division."""

    @property
    def ok(self) -> bool:
        """Whether every file is sound."""
        return not self.problems

    def lines(self) -> list[str]:
        """Return the report, one finding a line."""
        counted = [f"{split}: {count} games" for split, count in self.counts.items()]
        return [*counted, *self.differences, *self.problems]


def check(root: Path) -> Report:
    """Read every game of every split and return what is wrong; takes a few seconds for the official data."""
    counts: dict[str, int] = {}
    problems: list[str] = []
    for split in SPLITS:
        if not (root / split).is_dir():
            counts[split] = 0
            problems.append(f"no folder {root / split}")
            continue
        games, skipped = scan(root, split)
        counts[split] = len(games)
        problems += [f"{folder.path}: {folder.reason}" for folder in skipped if folder.broken]
        problems += [f"{game.path}: {flaw}" for game in games if (flaw := _flaw(game))]
    return Report(counts, tuple(problems), tuple(divisions.differences(counts)))


def _flaw(game: Game) -> str:
    """Return what is wrong with the files of a game, empty when nothing is."""
    try:
        content = json.loads(game.path.read_bytes())
        described = json.loads(game.path.with_name("traj_data.json").read_bytes())
        absent = [key for key in ("pddl_domain", "grammar", "pddl_problem") if not isinstance(content.get(key), str)]
        if absent:
            return f"no {absent[0]}"
        grammar_of(content["grammar"].encode())
        if described["task_type"] != game.task_type:
            return f"traj_data.json says {described['task_type']}"
        if described["pddl_params"]["object_target"] != game.params["object_target"]:
            return f"traj_data.json asks for {described['pddl_params']['object_target']}"
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        return f"corrupt ({why(error)})"
    except UserError as error:
        return str(error)
    return ""
