"""Other words in a task's place: a user's file of them (``env.instructions``), and the environment that says them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from macla.benchmarks.base import Benchmark, TaskEnv
from macla.benchmarks.trajectory import Trajectory
from macla.benchmarks.wrapped import Wrapped
from macla.errors import UserError, why

KEY = "env.instructions"
NAMED = 3
"""Unknown tasks that an error names; the rest are only counted."""


class Wording(BaseModel):
    """One line of the file: a task's id and what it is to say."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, coerce_numbers_to_str=True)

    task: str
    instruction: str = Field(min_length=1)


def read_wordings(path: Path, benchmark: Benchmark) -> dict[str, str]:
    """Return task id → the instruction that a file puts in its place.

    JSON lines, e.g. ``{"task": "train-0000-fire", "instruction": "Burn me a cup."}``; blank lines count nothing.
    UserError of one line for a line of another form, a task that is there twice, or tasks that the benchmark lacks.
    """
    found: dict[str, str] = {}
    unknown: list[str] = []
    try:
        text = _content(path).decode("utf-8-sig")
    except ValueError as error:
        raise UserError(f"{KEY}={path}: the file does not read ({why(error)}); save it as UTF-8") from None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        wording = _wording(line, f"{KEY}={path}:{number}")
        task = _known(wording.task, benchmark)
        if task is None:
            unknown.append(wording.task)
        elif task in found:
            raise UserError(f"{KEY}={path}:{number}: task {wording.task} is there twice; leave one line out")
        else:
            found[task] = wording.instruction
    if unknown:
        named = ", ".join(unknown[:NAMED]) + (f" and {len(unknown) - NAMED} more" if len(unknown) > NAMED else "")
        raise UserError(f"{KEY}={path}: {benchmark.name} has no task {named}; ids are those in a run's episodes.jsonl")
    if not found:
        raise UserError(f'{KEY}={path} names no task; a line is {{"task": id, "instruction": text}}')
    return found


def content_hash(path: Path, key: str = KEY) -> str:
    """Return 12 hex digits that tell one file from another; UserError, with the ``key`` that names it, if none."""
    return hashlib.sha256(_content(path, key)).hexdigest()[:12]


def _content(path: Path, key: str = KEY) -> bytes:
    try:
        return path.expanduser().read_bytes()
    except OSError as error:
        raise UserError(f"{key}={path}: the file does not read ({error.strerror}); give JSON lines") from None


def _wording(line: str, where: str) -> Wording:
    try:
        return Wording.model_validate(json.loads(line))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"])) or "line"
        raise UserError(f'{where}: {key}: {first["msg"]}; a line is {{"task": id, "instruction": text}}') from None
    except (ValueError, RecursionError) as error:
        raise UserError(f'{where}: no JSON ({error}); a line is {{"task": id, "instruction": text}}') from None


def _known(reference: str, benchmark: Benchmark) -> str | None:
    """Return the id of the task that is named by its id; None when the benchmark lacks it."""
    try:
        found = benchmark.find(reference).id
    except UserError:
        return None
    return found if found == reference else None


class InOtherWords(Wrapped):
    """Says ``instruction`` wherever the environment says its own: in ``info["task"]`` and in any observation.

    Nothing else changes: goal, reward and what commands do are the environment's.
    """

    def __init__(self, env: TaskEnv, instruction: str) -> None:
        super().__init__(env)
        self._instruction = instruction
        self._own = ""

    def told(self, observation: str, info: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return the observation and ``info`` in the other words."""
        self._own = str(info["task"])
        return self.said(observation), {**info, "task": self._instruction}

    def said(self, text: str) -> str:
        """Return a text of the environment with the other words in the place of its own instruction."""
        return _replaced(text, self._own, self._instruction)


def admissible_in_words(env: TaskEnv, commands: Sequence[str]) -> Sequence[str]:
    """Return admissible commands as this environment may say them: some hold the instruction's words."""
    return [env.said(command) for command in commands] if isinstance(env, InOtherWords) else commands


def shown_in_words(shown: Trajectory, wordings: Mapping[str, str]) -> Trajectory:
    """Return a demonstration in the words that its task has, where other ones were given."""
    instruction = wordings.get(shown.task_id)
    if instruction is None:
        return shown

    def said(text: str) -> str:
        return _replaced(text, shown.task, instruction)

    steps = tuple(
        step.model_copy(update={"action": said(step.action), "observation": said(step.observation)})
        for step in shown.steps
    )
    first = said(shown.first_observation)
    return shown.model_copy(update={"task": instruction, "first_observation": first, "steps": steps})


def _replaced(text: str, own: str, instruction: str) -> str:
    """Replace an instruction that stands verbatim in a text, blanks at its ends aside (pages leave them out)."""
    return text.replace(own.strip(), instruction) if own.strip() else text
