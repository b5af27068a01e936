"""``macla convert``: recordings of other projects as trajectories that ``build.trajectories`` takes."""

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from macla.benchmarks.base import Benchmark, RecordingFinder, RecordingReader, Task
from macla.benchmarks.openings import Openings
from macla.benchmarks.recording import FORMS, Recording, read_objects, recording_of
from macla.benchmarks.replaying import after_actions, answering_alike, commands, same_instruction
from macla.benchmarks.splits import split_named
from macla.benchmarks.trajectory import Trajectory, write_trajectories
from macla.config import Config
from macla.errors import UserError
from macla.methods.reading import Reader
from macla.mistakes import meant
from macla.progress import progress
from macla.runs.assemble import make_benchmark
from macla.runs.fitting import (
    SUFFIX,
    LeftOut,
    Played,
    abridges,
    carried_out,
    difference,
    environment,
    list_left_out,
    same,
)

SOURCE = "recorded"


class Converted(NamedTuple):
    """What became of a file."""

    trajectories: list[Trajectory]
    abridged: int
    """Observations that say less than ours."""
    left: list[LeftOut]
    out: Path
    left_out: Path
    """Where those left out are listed."""
    elsewhere: Counter[str]
    """Split → how many are of its tasks, ``build.split`` left out."""
    otherwise: int
    """Episodes that end otherwise here than their recording says."""
    renamed: int
    """Episodes that name another task than the one they open as."""

    def lines(self) -> Iterator[str]:
        """Yield what to tell: how many episodes were converted, how they end, and where the others are listed."""
        made, solved = len(self.trajectories), sum(trajectory.success for trajectory in self.trajectories)
        yield f"{made} of {made + len(self.left)} episodes are trajectories now, {solved} of them end in success"
        if self.abridged:
            yield f"{self.abridged} recorded observations say less than ours, which are written in their place"
        if self.otherwise:
            yield f"{self.otherwise} end otherwise here than recorded; the verdict is ours"
        if self.renamed:
            yield f"{self.renamed} name a task that they are not of, and are given the one that opens and answers so"
        if self.left:
            yield f"{len(self.left)} left out: {self.left_out}"
        for split, count in sorted(self.elsewhere.items()):
            yield f"{count} are of tasks of split {split}, which only a build with build.split={split} learns from"
        yield f"trajectories: {self.out}"


def convert(config: Config, file: Path, form: str | None, out: Path) -> Converted:
    """Carry the episodes of ``file`` out again on the tasks that they are of, and write them to ``out``.

    The trajectories have our observations and our environment's verdict. ``form`` is one of
    :data:`macla.benchmarks.recording.FORMS` (None: found out by the keys). Episodes that fit no task are listed in
    ``<out>.left_out.jsonl``. UserError for a file that does not read, an unknown form, or when no episode fits; then
    no trajectories are written.
    """
    if form is not None and form not in FORMS:
        raise UserError(f"--from {form}: there is no such form{meant(form, FORMS)}; there are {', '.join(FORMS)}")
    if out.resolve() == file.resolve():
        raise UserError(f"--out {out} is the file to convert; give another")
    benchmark = make_benchmark(config)
    converter = _Converter(benchmark, split_named(benchmark, config.build.split), form)
    records = list(read_objects(file))
    with progress() as report:
        for number, (line, record) in enumerate(records, 1):
            converter.take(line, record)
            report("episodes", number, len(records))
    listed = out.with_name(f"{out.stem}.{SUFFIX}")
    list_left_out(converter.left, file, listed)
    if not converter.made:
        why = f"all {len(records)} are left out, the first: {converter.left[0].reason}" if records else "it is empty"
        raise UserError(f"{file} has no episode that can be used: {why}")
    write_trajectories(out, converter.made)
    counted = converter.elsewhere, converter.otherwise, converter.renamed
    return Converted(converter.made, converter.abridged, converter.left, out, listed, *counted)


class _OtherTaskError(UserError):
    """The task that a recording names has another instruction."""


class _Converter:
    """Takes the episodes of a file one by one; keeps what they became."""

    def __init__(self, benchmark: Benchmark, split: str, form: str | None) -> None:
        self.made: list[Trajectory] = []
        self.left: list[LeftOut] = []
        self.abridged = 0
        self.elsewhere: Counter[str] = Counter()
        self.otherwise = self.renamed = 0
        self._benchmark, self._split, self._form = benchmark, split, form
        self._reader = Reader(benchmark.lexicon)
        self._first = frozenset(task.id for task in benchmark.tasks(split))
        """Tasks that are taken first where a recording names none."""

    def take(self, line: int, record: Any) -> None:
        """Convert one object of the file, or say why it is left out."""
        reference = ""
        try:
            recording = recording_of(record, self._form)
            reference = str(recording.reference)
            if not recording.actions:
                raise UserError("it holds no actions")
            task, made, named = self._converted(recording)
            self._check_effect(recording, made)
            self.made.append(made)
            self.otherwise += recording.solved is not None and recording.solved != made.success
            self.renamed += recording.task is not None and not named
            if task.id not in self._first:
                self.elsewhere[self._split_of.get(task.id, task.split)] += 1
        except UserError as error:
            self.left.append(LeftOut(line, reference, str(error)))

    def _check_effect(self, recording: Recording, made: Trajectory) -> None:
        """Raise UserError when most actions do nothing here and nothing else was recorded that could be compared.

        Such an episode is of other data, whose tasks are numbered alike.
        """
        if any(recording.observations or ()):
            return
        shown = [made.first_observation, *(step.observation for step in made.steps)]
        idle = sum(now == before or self._reader.read(now).rejected for before, now in pairwise(shown))
        if 2 * idle > len(made.steps):
            raise UserError(
                f"{idle} of its {len(made.steps)} actions do nothing on {made.task_id}: is it of other data?"
            )

    def _converted(self, recording: Recording) -> tuple[Task, Trajectory, bool]:
        """Return the task, the episode as it goes here, and whether the recording names that task.

        The task is the one that the recording names, else the only one that opens so. UserError when neither fits.
        """
        try:
            task = self._benchmark.find(recording.reference)
        except UserError as error:
            return self._told_by_opening(recording, error)
        try:
            return task, self._played(recording, task), True
        except _OtherTaskError as error:
            if not recording.numbered:
                raise
            return self._told_by_opening(recording, error)

    def _told_by_opening(self, recording: Recording, unnamed: UserError) -> tuple[Task, Trajectory, bool]:
        task = self._by_opening(recording, unnamed)
        return task, self._played(recording, task), False

    def _played(self, recording: Recording, task: Task) -> Trajectory:
        benchmark = self._benchmark
        comparable = benchmark.comparable if isinstance(benchmark, RecordingReader) else str
        seen = [observation or "" for observation in recording.observations or ()]
        played = carried_out(benchmark, task, commands(recording, benchmark), seen, SOURCE)
        ours = played.trajectory.task
        if not same_instruction(recording.instruction or ours, ours, comparable):
            raise _OtherTaskError(f"task {task.id} asks for something else: {ours}")
        self.abridged += sum(self._shortened(recording, played))
        return played.trajectory

    def _shortened(self, recording: Recording, played: Played) -> Iterator[bool]:
        """Yield for every recorded observation whether it says less than ours; UserError where it says otherwise.

        How the end of a solved episode is told is the recorder's own; of one cut short nothing more is compared.
        """
        shown = [step.observation for step in played.trajectory.steps]
        recorded = after_actions(self._benchmark, recording, played.trajectory.first_observation, played.official)
        solved_by = len(shown) if played.trajectory.success else 0
        for step, (theirs, ours, official) in enumerate(zip(recorded, shown, played.official, strict=False), 1):
            if theirs is None or not theirs.strip() or step == solved_by:
                continue
            alike = any(same(self._benchmark, theirs, one) for one in (ours, official))
            if not alike and not any(abridges(theirs, one) for one in (ours, official)):
                raise UserError(difference(step, theirs, ours))
            yield not alike

    def _by_opening(self, recording: Recording, unnamed: UserError) -> Task:
        """Return the only task that opens and answers as a recording does; UserError when there is none, or several."""
        benchmark = self._benchmark
        if isinstance(benchmark, RecordingFinder):
            alike = benchmark.opening_alike(recording.reference, recording.beginning)
        else:
            alike = self._openings.alike(recording.beginning)
        alike = answering_alike(recording, benchmark, alike, make=lambda task: environment(benchmark, task, ()))
        alike = [task for task in alike if task.id in self._first] or alike
        if len(alike) == 1:
            return alike[0]
        how_many = f"{len(alike)} tasks open and answer as it does" if alike else "no task opens as it does"
        raise UserError(f"it names no task, and {how_many}" + (f" ({unnamed})" if recording.task is not None else ""))

    @cached_property
    def _split_of(self) -> dict[str, str]:
        """Task → the first split that has it: some splits hold the tasks of others, too."""
        splits = self._benchmark.splits()
        return {task.id: split for split in reversed(splits) for task in self._benchmark.tasks(split)}

    @cached_property
    def _openings(self) -> Openings:
        tasks = {task.id: task for split in self._benchmark.splits() for task in self._benchmark.tasks(split)}
        return Openings(tasks.values(), self._benchmark, make=lambda task: environment(self._benchmark, task, ()))
