"""Recorded episodes as people keep them: read from a file, their tasks found and compared, played again.

JSON lines, a JSON array, or objects one after another. An object names its task (``task``, ``goal``, ``game_file`` …)
and holds ``actions``, ``steps`` (``{action, observation}``) or ``conversations`` (turns of a human and a model).
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from macla.benchmarks.base import RecordingFinder, RecordingReader, Task, TaskEnv
from macla.benchmarks.slips import Slips
from macla.benchmarks.trajectory import Outcome, Step, Trajectory
from macla.errors import UserError, why
from macla.progress import note

_TASK_KEYS = ("task_id", "game_file", "gamefile", "goal", "task", "g", "item_id", "id")
"""Where files name the task, the plainest first: a trajectory of ours has its instruction under ``task``."""
_ACTION = re.compile(r"^\s*Action\s*:\s*(.*?)\s*$", re.M | re.I)
_OBSERVATION = re.compile(r"^\s*Observation\s*:\s*", re.I)
SAMPLE = "build.split, build.limit and build.resample choose the sample"
_MISSING = {
    "task": "it names no task: give task or goal (or task_id, game_file, item_id, id), a text or a number",
    "actions": "it holds no actions: give actions (a list of texts), steps ({action, observation}) or conversations",
}
_MODEL = ("gpt", "assistant", "model")


class Recording(BaseModel):
    """One recorded episode; a null observation or reward is not compared.

    ``observations`` follow the actions; with the opening observation before them they are one more than the actions.
    """

    model_config = ConfigDict(extra="ignore")

    task: str | int
    instruction: str | None = None
    """A text that holds the instruction, where the file has one."""
    actions: list[str]
    observations: list[str | None] | None = None
    rewards: list[float | None] | None = None

    @model_validator(mode="after")
    def _as_long_as_actions(self) -> "Recording":
        for name, values, more in (("observations", self.observations, 1), ("rewards", self.rewards, 0)):
            if values is not None and not len(self.actions) <= len(values) <= len(self.actions) + more:
                raise ValueError(f"{len(values)} {name} for {len(self.actions)} actions")
        return self

    @property
    def beginning(self) -> str:
        """Everything that was told before the first action, as far as the file has it."""
        first = self.observations[0] if self.observations else None
        return "\n".join(text for text in (self.instruction, first) if text)


def read_recordings(path: Path) -> Iterator[tuple[int, Recording]]:
    """Yield (line number, recording); UserError naming file and line for a bad one, and for a file without any."""
    number = 0
    for number, record in _objects(path):
        try:
            yield number, Recording.model_validate(_fields(record))
        except ValidationError as error:
            raise UserError(f"{path}:{number}: {_told(error)}") from None
    if not number:
        raise UserError(f"{path} is empty: it holds no recorded episode; give a file of them")


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


def _objects(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield (line, value) of the JSON values of a file, those of an array one by one."""
    if not path.is_file():
        raise UserError(f"no recordings file at {path}")
    try:
        text = path.read_bytes().decode("utf-8-sig")
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


def _fields(record: Any) -> Any:
    """Return the fields of a :class:`Recording`, whichever of the forms the object has."""
    if not isinstance(record, Mapping):
        return record
    key = next((key for key in _TASK_KEYS if isinstance(record.get(key), str | int)), None)
    fields: dict[str, Any] = {} if key is None else {"task": record[key]}
    for name in ("instruction", "task"):
        if name != key and isinstance(record.get(name), str):
            fields["instruction"] = record[name]
    for name in ("actions", "observations", "rewards"):
        if name in record:
            fields[name] = record[name]
    if isinstance(record.get("steps"), list):
        fields |= _from_steps(record["steps"])
    elif isinstance(record.get("conversations"), list):
        fields |= _from_turns(record["conversations"])
    return fields


def _from_steps(steps: list[Any]) -> dict[str, Any]:
    rows = [step if isinstance(step, Mapping) else {} for step in steps]
    return {
        "actions": [row.get("action") for row in rows],
        "observations": [row.get("observation", row.get("obs")) for row in rows],
        "rewards": [row.get("reward") for row in rows],
    }


def _from_turns(turns: list[Any]) -> dict[str, Any]:
    """Return what a conversation says: a model's turn with "Action: …" acts, the human's turn after it observes."""
    actions: list[str] = []
    observations: list[str | None] = []
    told: list[str] = []
    for turn in turns:
        if not isinstance(turn, Mapping):
            continue
        text = str(turn.get("value", turn.get("content", "")))
        if turn.get("from", turn.get("role")) in _MODEL:
            if found := _ACTION.findall(text):
                actions.append(found[-1])
                observations.append(None)
        elif not actions:
            told.append(text)
        elif observations[-1] is None:
            observations[-1] = _OBSERVATION.sub("", text)
    if not actions:
        return {}
    return {"actions": actions, "observations": observations, "instruction": "\n".join(told) or None}


def same_instruction(recorded: str, ours: str, comparable: Callable[[str], str] = str) -> bool:
    """Whether a recorded text holds our instruction, blanks and case aside, both made ``comparable`` first."""
    return _plain(comparable(ours)) in _plain(comparable(recorded))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(" .")


def task_of(recording: Recording, benchmark: RecordingReader, *, make: Callable[[Task], TaskEnv], where: str) -> Task:
    """Return the task that a recording names or, if none is named so, the one that opens and answers as it does.

    Of several that open alike it is the one with the most equal observations, and of equally good ones the first,
    which a line says with ``where`` (file and line). UserError when there is none.
    """
    try:
        return benchmark.find(recording.task)
    except UserError:
        if not isinstance(benchmark, RecordingFinder):
            raise
    alike = benchmark.opening_alike(recording.task, recording.beginning)
    if len(alike) > 1:
        equal = [_equal_observations(recording, benchmark, task, make(task)) for task in alike]
        alike = [task for task, count in zip(alike, equal, strict=True) if count == max(equal)]
    if len(alike) > 1:
        note(f"{where}: {len(alike)} tasks open and answer as this recording; it is taken as the first, {alike[0].id}")
    return alike[0]


def _equal_observations(recording: Recording, benchmark: RecordingFinder, task: Task, env: TaskEnv) -> int:
    """Return how many recorded observations ``task`` gives, too; whether the opening is among them is tried out."""
    trajectory = play(env, task, [benchmark.command(action) for action in recording.actions], "recorded")
    ours = [trajectory.first_observation, *(step.observation for step in trajectory.steps)]
    recorded = recording.observations or []

    def equal(shown: list[str]) -> int:
        pairs = zip(recorded, shown, strict=False)  # an episode of ours may end sooner
        return sum(theirs is not None and benchmark.observations_match(theirs, own) for theirs, own in pairs)

    return max(equal(ours), equal(ours[1:]))


def replayed(
    path: Path, tasks: Iterable[Task], benchmark: RecordingReader, *, make: Callable[[Task], TaskEnv]
) -> Iterator[Trajectory]:
    """Yield the recordings of ``tasks`` played again, which says how they end, and tell what was left out.

    Left out are recordings of unknown tasks, of tasks that are not among ``tasks``, and of another instruction than
    their task's. UserError when nothing is left.
    """
    sampled = {task.id: task for task in tasks}
    left: Counter[str] = Counter()
    total = succeeded = 0
    for number, recording in read_recordings(path):
        total += 1
        try:
            task = sampled.get(task_of(recording, benchmark, make=make, where=f"{path}:{number}").id)
        except UserError as error:
            left["of unknown tasks"] += 1
            note(f"{path}:{number} is left out: {error}")
            continue
        if task is None:
            left["of tasks outside this sample"] += 1
            continue
        trajectory = play(make(task), task, [benchmark.command(action) for action in recording.actions], "recorded")
        if not same_instruction(recording.instruction or trajectory.task, trajectory.task, benchmark.comparable):
            left["of another instruction than their task's"] += 1
            note(f"{path}:{number} is left out: task {task.id} asks for something else: {trajectory.task}")
            continue
        succeeded += trajectory.success
        yield trajectory
    others = f"; {SAMPLE}" if left["of tasks outside this sample"] else ""
    reasons = ", ".join(f"{count} {reason}" for reason, count in left.items())
    if total == left.total():
        raise UserError(f"{path} has no recording that can be used: {reasons}{others}")
    out = f"{left.total()} left out ({reasons})" if left else "none left out"
    note(
        f"{path}: {total - left.total()} of {total} recordings used, {succeeded} of them end in success; {out}{others}"
    )


def play(env: TaskEnv, task: Task, actions: list[str], source: str, slips: Slips | None = None) -> Trajectory:
    """Return what happens when ``actions`` are carried out; the environment says how it ended.

    The wrong commands of ``slips`` are carried out before the actions that were due.
    """
    first, info = env.reset(seed=0)
    steps = list[Step]()
    truncated = False
    for action in actions if slips is None else _with_slips(actions, slips, task.id, first, steps):
        observation, reward, terminated, truncated, info = env.step(action)
        steps.append(Step(action=action, observation=observation, reward=float(reward)))
        if terminated or truncated:
            break
    env.close()
    failure = Outcome.STEP_LIMIT if truncated else Outcome.FAILURE
    return Trajectory(
        task_id=task.id,
        task=info["task"],
        task_type=task.type,
        first_observation=first,
        steps=tuple(steps),
        outcome=Outcome.SUCCESS if info["success"] else failure,
        score=info["score"],
        source=source,
    )


def _with_slips(actions: list[str], slips: Slips, task: str, first: str, steps: list[Step]) -> Iterator[str]:
    """Yield the actions with wrong commands in between; ``steps`` grows with each as it is carried out."""
    for action in actions:
        while (wrong := slips.command(task, len(steps), [first, *(step.observation for step in steps)])) is not None:
            yield wrong
        yield action
