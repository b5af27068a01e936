"""``macla runs``: which evaluations lie in a folder, told from their manifests and summaries alone."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from macla.errors import UserError
from macla.methods.episode import read_summary
from macla.methods.run import read_manifest
from macla.methods.settings import dotted
from macla.mistakes import meant

FILTERS = ("env", "memory", "model", "split", "seed", "name")
TOLD = ("env.name", "memory.name", "memory.method", "model", "mode", "seed")
"""Keys whose values stand in columns of their own."""


@dataclass(frozen=True)
class Listed:
    """One evaluation directory, without its episodes."""

    folder: str
    name: str
    env: str
    split: str
    memory: str
    model: str
    seed: int
    mode: str
    solved: int | None
    """None while it is not finished."""
    scored: int | None
    tasks: int
    low: float | None
    """95 % interval of the success rate, from 0 to 1."""
    high: float | None
    steps: float | None
    trouble: str = ""
    """Why the directory does not read; then nothing but its folder and its name is known."""
    differs: str = ""
    """Keys and values that tell it from other listed runs of this memory on this benchmark."""
    keys: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """Its configuration, and that of its memory's construction, on one level."""

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {name: value for name, value in asdict(self).items() if name != "keys"}

    @property
    def mean_steps(self) -> str:
        """The mean number of actions, where it is known."""
        return "" if self.steps is None else f"{self.steps:.1f}"

    @property
    def result(self) -> str:
        """How many tasks succeeded, with rate and interval; in words where that is not known."""
        if self.trouble:
            return "does not read"
        if self.solved is None or self.scored is None:
            return f"unfinished, {self.tasks} tasks"
        if not self.scored or self.low is None or self.high is None:
            return "nothing scored"
        rate = 100 * self.solved / self.scored
        return f"{self.solved}/{self.scored} = {rate:.1f} % [{100 * self.low:.1f}, {100 * self.high:.1f}]"


def find_runs(folder: Path) -> list[Listed]:
    """Return the evaluations under a folder, by path; UserError when there is no such folder.

    Directories that do not read are listed with the reason: one that is broken must not hide the others.
    """
    if not folder.is_dir():
        raise UserError(f"{folder} is no folder; give one that holds runs (macla runs DIR), or play some: macla eval")
    found = (path.parent for path in sorted(folder.rglob("manifest.json")))
    return [_listed(path) for path in found]


def told_apart(runs: Sequence[Listed]) -> list[Listed]:
    """Return the runs with what differs: keys of which those of one memory on one benchmark have several values."""
    values: dict[tuple[str, str], dict[str, set[str]]] = {}
    for run in runs:
        of_kind = values.setdefault((run.env, run.memory), {})
        for key, value in run.keys.items():
            of_kind.setdefault(key, set()).add(str(value))
    several = {kind: [key for key, those in found.items() if len(those) > 1] for kind, found in values.items()}
    return [
        replace(run, differs=" ".join(f"{key}={run.keys.get(key)}" for key in several[run.env, run.memory]))
        for run in runs
    ]


def chosen(runs: Sequence[Listed], filters: Mapping[str, str]) -> list[Listed]:
    """Return the runs whose values match all filters (``*`` and ``?`` as the shell has them); UserError for a key."""
    for key in filters:
        if key not in FILTERS:
            raise UserError(f"{key}: runs have no such key{meant(key, FILTERS)}; there are {', '.join(FILTERS)}")
    return [run for run in runs if all(fnmatchcase(str(getattr(run, key)), value) for key, value in filters.items())]


def parsed(words: Sequence[str]) -> dict[str, str]:
    """Return the filters ``key=value``; UserError when the same key is given twice."""
    filters: dict[str, str] = {}
    for word in words:
        key, _, value = word.partition("=")
        if key in filters:
            raise UserError(f"{key} is given twice; leave one out ({key}=a* matches what begins with a)")
        filters[key] = value
    return filters


def _listed(folder: Path) -> Listed:
    try:
        identity = read_manifest(folder)["identity"]
        finished = (folder / "summary.json").is_file()
        return _read(folder, identity, read_summary(folder) if finished else {})
    except (UserError, KeyError, TypeError, ValueError) as error:
        reason = str(error) if isinstance(error, UserError) else "its manifest or summary lacks values"
        words: dict[str, Any] = dict.fromkeys(("env", "split", "memory", "model", "mode"), "")
        nothing: dict[str, Any] = dict.fromkeys(("solved", "scored", "low", "high", "steps"))
        return Listed(str(folder), folder.name, seed=0, tasks=0, trouble=reason, **words, **nothing)


def _read(folder: Path, identity: Mapping[str, Any], summary: Mapping[str, Any]) -> Listed:
    config, model = identity["config"], identity["model"]
    built = (identity.get("learned") or {}).get("construction") or {}
    keys = dotted({**config, "build": built.get("build") or {}})
    low, high = summary.get("success_interval", (None, None))
    return Listed(
        folder=str(folder),
        name=folder.name,
        env=str(config["env"]["name"]),
        split=str(identity["split"]),
        memory=str(config["memory"]["name"]),
        model=str(model["model"]).partition(" (")[0],
        seed=int(config["seed"]),
        mode=str(config["mode"]),
        solved=summary.get("n_success"),
        scored=summary.get("n_scored"),
        tasks=int(identity["n_tasks"]),
        low=low,
        high=high,
        steps=summary.get("steps_mean"),
        keys={key: value for key, value in keys.items() if key not in TOLD and not key.startswith("model.")},
    )
