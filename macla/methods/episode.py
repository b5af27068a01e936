"""The record of an evaluated episode, and the file of them that a run keeps."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from macla.benchmarks.trajectory import Outcome, Step
from macla.errors import UserError, why
from macla.files import append_line, fingerprint, parse_object, read_checked, write_atomic
from macla.methods.session import Decision
from macla.models.answer import Usage
from macla.models.malformed import Malformed

CIRCUMSTANCES = frozenset({"seconds", "cached_tokens"})
"""What depends on the machine and on what a server was asked before."""


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
    """Wall time; nothing but :data:`CIRCUMSTANCES` differs between two runs of the same configuration."""
    check: str = ""
    """In the file: a fingerprint of the run and of all but :data:`CIRCUMSTANCES`, so that a changed line is noticed."""


def scored(episodes: Iterable[Episode]) -> list[Episode]:
    """Return the episodes that count: all but infrastructure errors."""
    return [episode for episode in episodes if episode.outcome is not Outcome.INFRASTRUCTURE_ERROR]


SCHEMA = 4
"""Of ``episodes.jsonl``; raised when its lines change their form."""


class EpisodeLog:
    """``episodes.jsonl``: appended line by line, so a kill loses at most the line being written.

    ``run`` is the fingerprint of what the run depends on: lines of another one are noticed, too.
    """

    def __init__(self, folder: Path, run: str = "") -> None:
        self.path = folder / "episodes.jsonl"
        self._run = run

    def read(self) -> Iterator[Episode]:
        """Yield the complete episodes; a torn last line is dropped, any other bad line is a UserError."""
        lines = self._lines()
        for number, line in enumerate(lines, 1):
            try:
                yield _parse(line, self._run)
            except ValueError as error:
                if number == len(lines) and not line.endswith(b"\n"):
                    return
                reason = "" if isinstance(error, ValidationError) else f" ({error})"
                raise UserError(
                    f"{self.path}:{number} is no episode{reason}; the same macla eval plays that task again"
                ) from None

    def is_of_another(self) -> bool:
        """Whether it holds whole lines, and none of them is of this run."""
        return any(line.endswith(b"\n") for line in self._lines()) and not any(True for _ in self._readable())

    def finished(self) -> dict[str, Episode]:
        """Return the scored episodes by task; the file is rewritten without bad lines and unscored episodes.

        Whatever does not read as it was written is left out, so that its task is played again.
        """
        done = {episode.task: episode for episode in scored(self._readable())}
        if self.path.is_file():
            write_atomic(self.path, "".join(_line(one, self._run) for one in done.values()))
        return done

    def append(self, episode: Episode) -> None:
        """Write one episode and flush it."""
        append_line(self.path, _line(episode, self._run).removesuffix("\n"))

    def settle(self, order: list[str]) -> list[Episode]:
        """Rewrite the file in task order (workers finish in any order) and return the episodes."""
        episodes = {episode.task: episode for episode in self.read()}
        ordered = [episodes[task] for task in order if task in episodes]
        write_atomic(self.path, "".join(_line(one, self._run) for one in ordered))
        return ordered

    def _lines(self) -> list[bytes]:
        """Return the lines as bytes: a kill tears one inside a character, and models write other line ends in texts."""
        return self.path.read_bytes().splitlines(keepends=True) if self.path.is_file() else []

    def _readable(self) -> Iterator[Episode]:
        for line in self._lines():
            try:
                yield _parse(line, self._run)
            except ValueError:
                continue


def fingerprint_of(episodes: Iterable[Episode]) -> str:
    """Return what tells these episodes from any others; two runs of one configuration have the same."""
    return fingerprint([_check(json.loads(episode.model_dump_json(exclude={"check"}))) for episode in episodes])


def _line(episode: Episode, run: str) -> str:
    """Return an episode as its line, with its check."""
    check = _check(json.loads(episode.model_dump_json(exclude={"check"})), run)
    return episode.model_copy(update={"check": check}).model_dump_json() + "\n"


def _parse(line: bytes, run: str) -> Episode:
    """Return the episode of a line; ValueError (pydantic's ValidationError is one) when it is not what was written."""
    values = parse_object(line)
    check = values.pop("check", "")
    if check and check != _check(values, run):  # lines of earlier versions carry none
        raise ValueError("it was changed, or written by another run")
    return Episode.model_validate_json(json.dumps(values))


def _check(values: Any, run: str = "") -> str:
    return fingerprint([run, _untimed(values)])


def _untimed(value: Any) -> Any:
    """Return a JSON value without that in which equal episodes differ."""
    if isinstance(value, dict):
        return {name: _untimed(inner) for name, inner in value.items() if name not in CIRCUMSTANCES}
    return [_untimed(inner) for inner in value] if isinstance(value, list) else value


def check_schema(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Raise UserError when a run directory is of a version that wrote episodes in another form."""
    if manifest.get("schema") != SCHEMA:
        found = manifest.get("schema", "an older one")
        raise UserError(f"{folder} has schema {found}, this version reads {SCHEMA}; evaluate again with macla eval")


def read_json(path: Path) -> dict[str, Any]:
    """Return a JSON object; UserError when the file is missing or corrupt."""
    try:
        return parse_object(path.read_bytes())
    except (OSError, ValueError) as error:
        raise UserError(f"{path} does not read ({why(error)}); remove its folder and run again") from None


def read_summary(folder: Path) -> dict[str, Any]:
    """Return the summary of a run or a build; UserError when it is missing or was changed since it was written."""
    path = folder / "summary.json"
    try:
        return read_checked(path)
    except (OSError, ValueError) as error:
        raise UserError(f"{path} does not read ({why(error)}); the same command writes it again") from None
