"""Recorded episodes as people keep them, read from a file.

JSON lines, a JSON array, or objects one after another. An object names its task (``task``, ``goal``, ``game_file`` …)
and holds ``actions``, ``steps`` (``{action, observation}``) or a conversation (``macla.benchmarks.conversations``).
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from macla.benchmarks.conversations import read_turns
from macla.errors import UserError, why

_TASK_KEYS = ("task_id", "game_file", "gamefile", "goal", "task", "g", "item_id", "id")
"""Where files name the task, the plainest first: a trajectory of ours has its instruction under ``task``."""
FORMS: Mapping[str, tuple[str, ...]] = {
    "steps": ("steps", "trajectory", "actions"),
    "eto": ("conversations", "conversation", "messages"),
    "agentgym": ("conversations", "conversation", "messages"),
    "adp": ("content",),
}
"""Form that other projects give their recordings → the keys that hold what was done, the fullest first."""
_NUMBERS = ("item_id", "id")
_MISSING = {
    "task": "it names no task: give task or goal (or task_id, game_file, item_id, id), a text or a number",
    "actions": "it holds no actions: give actions (a list of texts), steps ({action, observation}) or conversations",
}
_ACTION_KEYS = ("action", "act", "command")
_OBSERVATION_KEYS = ("observation", "obs", "feedback")
_OPENING_KEYS = ("first_observation", "initial_observation", "init_observation", "observation")


class Recording(BaseModel):
    """One recorded episode; a null observation or reward is not compared.

    ``observations`` follow the actions; with the opening observation before them they are one more than the actions.
    """

    model_config = ConfigDict(extra="ignore")

    task: str | int | None = None
    """As the file names it; None where it names none."""
    numbered: bool = False
    """Whether that may be no more than the recording's own number (``id``), which happens to be a task's, too."""
    instruction: str | None = None
    """A text that holds the instruction, where the file has one."""
    opening: str | None = None
    """The first observation, where the file has it apart from those after the actions."""
    actions: list[str]
    observations: list[str | None] | None = None
    rewards: list[float | None] | None = None
    success: bool | None = None
    """The file's own verdict."""

    @model_validator(mode="after")
    def _as_long_as_actions(self) -> "Recording":
        for name, values, more in (("observations", self.observations, 1), ("rewards", self.rewards, 0)):
            if values is not None and not len(self.actions) <= len(values) <= len(self.actions) + more:
                raise ValueError(f"{len(values)} {name} for {len(self.actions)} actions")
        return self

    @property
    def solved(self) -> bool | None:
        """Whether it ended in success by its own verdict or its last reward; None where it has neither."""
        if self.success is not None or not self.rewards or self.rewards[-1] is None:
            return self.success
        return self.rewards[-1] >= 1

    @property
    def reference(self) -> str | int:
        """The task as the file names it; empty where it names none."""
        return "" if self.task is None else self.task

    @property
    def beginning(self) -> str:
        """Everything that was told before the first action, as far as the file has it."""
        first = self.observations[0] if self.observations else None
        named = self.task if isinstance(self.task, str) else None  # some files have the instruction there
        return "\n".join(text for text in (named, self.instruction, self.opening, first) if text)


def read_recordings(path: Path) -> Iterator[tuple[int, Recording]]:
    """Yield (line number, recording); UserError naming file and line for a bad one, and for a file without any."""
    number = 0
    for number, record in read_objects(path):
        try:
            recording = recording_of(record)
            if recording.task is None:
                raise UserError(_MISSING["task"])
        except UserError as error:
            raise UserError(f"{path}:{number}: {error}") from None
        yield number, recording
    if not number:
        raise UserError(f"{path} is empty: it holds no recorded episode; give a file of them")


def recording_of(record: Any, form: str | None = None) -> Recording:
    """Return the recording that an object of a file is, which need not name its task; UserError when it is none.

    ``form`` is one of :data:`FORMS`; without one, that is found out by the object's keys.
    """
    try:
        return Recording.model_validate(_fields(record, form))
    except ValidationError as error:
        raise UserError(_told(error)) from None


def _told(error: ValidationError) -> str:
    """Return the first finding about an object, and what to write."""
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    if first["type"] == "missing":
        return _MISSING[where]
    if not where:
        told = first["msg"].removeprefix("Value error, ")
        return told if first["type"] == "value_error" else 'it is no object; write {"task": …, "actions": […]}'
    kinds = {"string": "a text", "list": "a list", "float": "a number", "int": "a number"}
    return f"{where} is not {kinds.get(first['type'].partition('_')[0], first['msg'])}"


def read_objects(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield (line, value) of the JSON values of a file, those of an array one by one; UserError when it does not read.

    The text may be UTF-8, -16 or -32, with a mark of that at its beginning or without.
    """
    if not path.is_file():
        raise UserError(f"no recordings file at {path}")
    try:
        content = path.read_bytes()
        text = content.decode(json.detect_encoding(content)).removeprefix("\ufeff")
    except ValueError as error:
        raise UserError(f"{path} does not read ({why(error)}); save it as UTF-8") from None
    decoder = json.JSONDecoder()
    at, number, counted = _blanks(text, 0), 1, 0
    while at < len(text):
        number, counted = number + text.count("\n", counted, at), at
        try:
            value, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            line = number + text.count("\n", counted, error.pos)
            raise UserError(f"{path}:{line}: line: Invalid JSON: {error.msg}") from None
        except (ValueError, RecursionError) as error:
            raise UserError(f"{path}:{number}: line: Invalid JSON: {error}") from None
        for record in value if isinstance(value, list) else [value]:
            yield number, record
        at = _blanks(text, at)


def _blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _fields(record: Any, form: str | None = None) -> Any:
    """Return the fields of a :class:`Recording`, whichever of the forms the object has."""
    if not isinstance(record, Mapping):
        return record
    key = next((key for key in _TASK_KEYS if isinstance(record.get(key), str | int)), None)
    fields: dict[str, Any] = {} if key is None else {"task": record[key], "numbered": key in _NUMBERS}
    for name in ("instruction", "task", "question", "query"):
        if name != key and isinstance(record.get(name), str):
            fields["instruction"] = record[name]
            break
    fields["opening"] = next((record[name] for name in _OPENING_KEYS if isinstance(record.get(name), str)), None)
    for name in ("observations", "rewards"):
        if name in record:
            fields[name] = record[name]
    if isinstance(record.get("success"), bool):
        fields["success"] = record["success"]
    for name in FORMS[form] if form else dict.fromkeys(key for keys in FORMS.values() for key in keys):
        if name == "actions" and record.get(name) is not None:
            return {**fields, name: record[name]}
        if isinstance(record.get(name), list):
            done = _from_steps(record[name]) if name in FORMS["steps"] else read_turns(record[name])
            return {**fields, **done}
    return fields


def _from_steps(steps: list[Any]) -> dict[str, Any]:
    rows = [step if isinstance(step, Mapping) else _pair(step) for step in steps]
    return {
        "actions": [_first(row, _ACTION_KEYS) for row in rows],
        "observations": [_first(row, _OBSERVATION_KEYS) for row in rows],
        "rewards": [row.get("reward") for row in rows],
    }


def _first(row: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    return next((row[key] for key in keys if key in row), None)


def _pair(step: Any) -> dict[str, Any]:
    """Return a step that is written [action, observation], or as the action alone."""
    parts = step if isinstance(step, list) else [step]
    return dict(zip(("action", "observation"), parts, strict=False))
