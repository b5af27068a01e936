"""Write generated games in the official layout: atomically, resumably, byte for byte the same every time."""

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from envs.alfworld.generate import logic, package
from envs.alfworld.generate.game import make_world
from envs.alfworld.generate.problem import problem_text
from envs.alfworld.generate.task import task_types
from envs.alfworld.generate.world import World
from macla.benchmarks.drift import changed
from macla.errors import UserError

VERSION = 2
"""Raise it whenever a change here changes a generated file: the fingerprint, and so the folder, follows."""

LAYOUT = "json_2.1.1"
SPLITS = ("train", "valid_seen", "valid_unseen")
MANIFEST = "manifest.json"


class Manifest(BaseModel):
    """What a folder of generated games was made with; written last, so its presence means complete."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    generator: int
    package: str
    """Version of the pip package alfworld."""
    grammar: str
    seed: int
    counts: dict[str, int]
    drift: float | None = None
    """Share of the evaluation games whose things have moved."""

    @property
    def fingerprint(self) -> str:
        """Ten hex digits that name the folder."""
        return hashlib.sha256(json.dumps(self.written(), sort_keys=True).encode()).hexdigest()[:10]

    def written(self) -> dict[str, object]:
        """Return what the file holds: games without drift are those of before there was any."""
        return self.model_dump(exclude_defaults=True)


def generate(
    out: Path,
    counts: Mapping[str, int],
    seed: int,
    grammar: str = "0.4.2",
    progress: Callable[[int, int], None] | None = None,
    drift: float | None = None,
) -> dict[str, object]:
    """Write the games and return {root, fingerprint, written, **manifest}; ``root`` holds ``json_2.1.1``.

    ``out`` gets one folder ``generated-<fingerprint>`` per set of parameters, so sets never mix. Killed at any
    moment, a rerun completes it; once complete, a rerun writes nothing. ``progress`` is called with (done, total).
    UserError for an unknown split or grammar, or a count below zero.
    """
    manifest = _manifest(counts, seed, grammar, drift)
    root = out / f"generated-{manifest.fingerprint}"
    written = 0
    if _read(root) != manifest:
        started = time.time()
        written = _write_games(root / LAYOUT, manifest, progress)
        _remove_leftovers(root / LAYOUT, started)
        _write_text(root / MANIFEST, json.dumps(manifest.written(), indent=2, sort_keys=True) + "\n")
    elif progress is not None:
        progress(sum(manifest.counts.values()), sum(manifest.counts.values()))
    return {"root": str(root), "fingerprint": manifest.fingerprint, "written": written, **manifest.model_dump()}


def _manifest(counts: Mapping[str, int], seed: int, grammar: str, drift: float | None) -> Manifest:
    unknown = sorted(set(counts) - set(SPLITS))
    if unknown:
        raise UserError(f"unknown split {unknown[0]!r}; type one of: {', '.join(SPLITS)}")
    if min(counts.values(), default=0) < 0:
        raise UserError("a number of games cannot be below zero")
    logic.domain(grammar)
    full = {split: counts.get(split, 0) for split in SPLITS}
    version = package.package_version()
    return Manifest(generator=VERSION, package=version, grammar=grammar, seed=seed, counts=full, drift=drift)


def _read(root: Path) -> Manifest | None:
    """Return the manifest of a complete folder; None when there is none or it is not readable."""
    try:
        return Manifest.model_validate_json((root / MANIFEST).read_bytes())
    except (OSError, ValidationError):
        return None


def _write_games(layout: Path, manifest: Manifest, progress: Callable[[int, int], None] | None) -> int:
    done, written, total = 0, 0, sum(manifest.counts.values())
    for split in SPLITS:
        folder = layout / split
        folder.mkdir(parents=True, exist_ok=True)
        have = {game.parent.name for game in folder.glob("*/*/game.tw-pddl")}
        for index, task_type in enumerate(task_types(manifest.counts[split])):
            trial = f"trial_G{manifest.seed}_{split}_{index:05d}"
            if trial not in have:
                world = make_world(manifest.seed, split, index, task_type, changed(split, trial, manifest.drift))
                _write_game(folder, trial, world, manifest.grammar)
                written += 1
            done += 1
            if progress is not None:
                progress(done, total)
    return written


def _write_game(split: Path, trial: str, world: World, grammar: str) -> None:
    """Write one game folder under a temporary name and move it into place."""
    goal = world.goal
    task = "-".join([goal.task_type, goal.object, "None", goal.receptacle or goal.lamp, str(world.scene.number)])
    (split / task).mkdir(exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=split.parent))
    try:
        for name, content in (("game.tw-pddl", _game(world, trial, grammar)), ("traj_data.json", _traj(world, trial))):
            (partial / name).write_text(json.dumps(content), encoding="utf-8")
        partial.chmod(0o755)
        os.replace(partial, split / task / trial)
    except OSError:
        if not (split / task / trial).is_dir():  # else another process has just written the very same game
            raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _remove_leftovers(layout: Path, before: float) -> None:
    """Remove what runs that were killed left half-written."""
    for partial in layout.glob(".partial-*"):
        if partial.stat().st_mtime < before:
            shutil.rmtree(partial, ignore_errors=True)


def _game(world: World, trial: str, grammar: str) -> dict[str, object]:
    """Return the content of ``game.tw-pddl``. No walkthrough: the agent's side reads this file."""
    return {
        "pddl_domain": logic.domain(grammar),
        "grammar": logic.text_grammar(grammar, world.goal.sentence),
        "pddl_problem": problem_text(world, trial),
        "solvable": True,
        "walkthrough": None,
    }


def _traj(world: World, trial: str) -> dict[str, object]:
    """Return the content of ``traj_data.json``: what alfworld's loader and experts read of it."""
    goal = world.goal
    number = world.scene.number
    return {
        "task_id": trial,
        "task_type": goal.task_type,
        "pddl_params": {
            "mrecep_target": "",
            "object_sliced": False,
            "object_target": goal.object,
            "parent_target": goal.receptacle,
            "toggle_target": goal.lamp,
        },
        "scene": {"floor_plan": f"FloorPlan{number}", "scene_num": number},
        "turk_annotations": {"anns": [{"task_desc": f"{goal.sentence}."}]},
    }


def _write_text(path: Path, text: str) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
