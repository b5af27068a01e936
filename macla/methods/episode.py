"""The record of an evaluated episode, and the file of them that a run keeps."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from macla.benchmarks.trajectory import Outcome, Step
from macla.errors import UserError
from macla.files import write_atomic
from macla.methods.session import Decision
from macla.models.answer import Usage
from macla.models.malformed import Malformed


class Episode(BaseModel):
    """What an episode of an evaluation leaves behind."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    task: str
    type: str
    split: str
    instruction: str = ""
    goal: str = ""
    """The goal pattern the model read in the instruction."""
    outcome: Outcome
    success: bool = False
    score: float = 0.0
    measures: dict[str, tuple[float, float]] = {}
    """The benchmark's own figures by name: what was reached, of how much (both counts, so that they can be summed)."""
    won_at: int | None = None
    """Primitive actions until success."""
    n_steps: int = 0
    rejected: int = 0
    model_calls: dict[str, int] = {}
    """Purpose → requests to the model."""
    usage: dict[str, Usage] = {}
    """Purpose → what they cost: completions, tokens, seconds, replies that could not be used."""
    useless: tuple[Malformed, ...] = ()
    """Those replies: what was asked, why they could not be used, why the model stopped, how they begin."""
    attempt: int = 0
    seed: int = 0
    error: str = ""
    decisions: tuple[Decision, ...] = ()
    first_observation: str = ""
    steps: tuple[Step, ...] = ()
    seconds: float = 0.0
    """Wall time; only seconds (these and the model's) differ between two runs of the same configuration."""


def scored(episodes: Iterable[Episode]) -> list[Episode]:
    """Return the episodes that count: all but infrastructure errors."""
    return [episode for episode in episodes if episode.outcome is not Outcome.INFRASTRUCTURE_ERROR]


SCHEMA = 4
"""Of ``episodes.jsonl``; raised when its lines change their form."""


class EpisodeLog:
    """``episodes.jsonl``: appended line by line, so a kill loses at most the line being written."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "episodes.jsonl"

    def read(self) -> Iterator[Episode]:
        """Yield the complete episodes; a torn last line is dropped, any other bad line is a UserError."""
        if not self.path.is_file():
            return
        with self.path.open(encoding="utf-8") as file:
            lines = list(file)  # splitlines would also break at characters that models write inside texts
        for number, line in enumerate(lines, 1):
            try:
                yield Episode.model_validate_json(line)
            except ValidationError:
                if number == len(lines) and not line.endswith("\n"):
                    return
                raise UserError(f"{self.path}:{number} is no episode; remove that line or the folder") from None

    def finished(self) -> dict[str, Episode]:
        """Return the scored episodes by task; the file is rewritten without torn lines and unscored episodes."""
        done = {episode.task: episode for episode in self.read() if episode.outcome is not Outcome.INFRASTRUCTURE_ERROR}
        if self.path.is_file():
            write_atomic(self.path, "".join(episode.model_dump_json() + "\n" for episode in done.values()))
        return done

    def append(self, episode: Episode) -> None:
        """Write one episode and flush it."""
        with self.path.open("a", encoding="utf-8") as lines:
            lines.write(episode.model_dump_json() + "\n")
            lines.flush()
            os.fsync(lines.fileno())

    def settle(self, order: list[str]) -> list[Episode]:
        """Rewrite the file in task order (workers finish in any order) and return the episodes."""
        episodes = {episode.task: episode for episode in self.read()}
        ordered = [episodes[task] for task in order if task in episodes]
        write_atomic(self.path, "".join(episode.model_dump_json() + "\n" for episode in ordered))
        return ordered


def check_schema(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Raise UserError when a run directory is of a version that wrote episodes in another form."""
    if manifest.get("schema") != SCHEMA:
        found = manifest.get("schema", "an older one")
        raise UserError(f"{folder} has schema {found}, this version reads {SCHEMA}; evaluate again with macla eval")


def read_json(path: Path) -> dict[str, Any]:
    """Return a JSON object; UserError when the file is missing or corrupt."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, TypeError, ValueError) as error:
        raise UserError(f"{path} does not read ({error}); remove its folder and run again") from None
