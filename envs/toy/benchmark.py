"""The toy benchmark as the harness sees it. To add a benchmark, copy this folder and register it in ``pyproject``."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from envs.toy import rules
from envs.toy.env import DONE, ToyEnv
from envs.toy.experts import commands, play
from envs.toy.lexicon import HELP, ToyLexicon
from envs.toy.world import JOBS, PIECES, UNSEEN_PIECES, Chances, JobName, Room, draw_room
from macla.benchmarks.base import JSON, Task, TaskEnv, of_evaluation
from macla.benchmarks.drift import BeforeAfter, changed
from macla.benchmarks.slips import Slips
from macla.benchmarks.supplied import Script
from macla.benchmarks.trajectory import Trajectory
from macla.errors import UserError
from macla.seeding import derive_seed, python_rng

EXAMPLE = """\
You are in a workshop. You see a shelf 1, a crate 1, a kiln 1, a bench 1, a vat 1, a well 1, and a table 1.
Your task is to: fire a cup in kiln.
Thought: I look for a cup in the crate.
Action: go to crate 1
You arrive at the crate 1. In it you see a cup 1.
Thought: There is a cup. I take it.
Action: take cup 1 from crate 1
You take the cup 1 from the crate 1. The cup 1 is red."""


class ToyOptions(BaseModel):
    """``env.*`` of the configuration (``configs/env/toy.yaml``)."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    jobs: tuple[JobName, ...] = Field(tuple(JOBS), min_length=1, description="task types, taken in turn")
    n_train: int = Field(120, ge=0, description="training tasks")
    n_seen: Annotated[int, Field(ge=0)] = of_evaluation(40, "new rooms, kinds of pieces as in training")
    n_unseen: Annotated[int, Field(ge=0)] = of_evaluation(40, "larger rooms, pieces that training never asked for")
    generator_seed: int = Field(0, description="of the rooms")
    careful: float = Field(0.5, ge=0, le=1, description="share of experts that mind what they are told")
    fire: float = Field(0.7, ge=0, le=1, description="true success rate of firing")
    glue: float = Field(0.35, ge=0, le=1, description="true success rate of mending with glue")
    rivet: float = Field(0.85, ge=0, le=1, description="true success rate of mending with rivets")
    damp: float = Field(0.5, ge=0, le=1, description="share of pieces to glaze that are damp")
    crate: float = Field(0.7, ge=0, le=1, description="share of pieces that lie in crates rather than on shelves")
    drift: float | None = Field(None, ge=0, le=1, description="share of tasks after glue and rivets swap their rates")
    reworded: float = Field(0.0, ge=0, le=1, description="share of unseen tasks in words that training never uses")
    horizon: int = Field(20, ge=1, description="primitive actions")

    def chances(self) -> Chances:
        """Return the probabilities of the world."""
        return Chances(fire=self.fire, glue=self.glue, rivet=self.rivet, damp=self.damp, crate=self.crate)


class Toy:
    """Rooms are drawn on first use; there are no files."""

    name: ClassVar[str] = "toy"
    Options: ClassVar[type[BaseModel]] = ToyOptions

    def __init__(self, options: ToyOptions) -> None:
        self.options = options
        self.lexicon = ToyLexicon()
        self.horizon = options.horizon
        self.help = HELP
        self.example = EXAMPLE
        self.chances = options.chances()

    def check(self) -> None:
        """Nothing can be missing."""

    def splits(self) -> tuple[str, ...]:
        """Return ``train``, ``seen``, ``unseen``."""
        return ("train", "seen", "unseen")

    def tasks(self, split: str) -> list[Task]:
        """Return the tasks of a split in a fixed order; a task depends on its number, not on how many there are."""
        jobs = self.options.jobs
        return [
            Task(name, split, job, self._room(split, number, job), changed(split, name, self.options.drift))
            for number in range(self._size(split))
            for job in [jobs[number % len(jobs)]]
            for name in [f"{split}-{number:04d}-{job}"]
        ]

    def find(self, reference: str | int) -> Task:
        """Return the task with this id."""
        for split in self.splits():
            for task in self.tasks(split):
                if task.id == reference:
                    return task
        raise UserError(f"no toy task {reference!r}; ids look like train-0000-fire")

    def make(self, task: Task, *, seed: int) -> TaskEnv:
        """Return the task's room as an environment; ``seed`` decides the luck of decisive commands."""
        chances = self.chances.swapped() if task.changed else self.chances
        env = ToyEnv(task.payload, chances, self.horizon, seed)
        return env if self.options.drift is None else BeforeAfter(env, after=task.changed)

    def demonstrated(self, task: Task, observations: Sequence[str]) -> TaskEnv:
        """Return the room where luck has it as the last observation tells, if any (``Demonstrated``)."""
        if not any(observations[-1:]):
            return self.make(task, seed=0)
        rate = float(observations[-1].endswith(DONE))
        chances = replace(self.chances, fire=rate, glue=rate, rivet=rate)
        return ToyEnv(task.payload, chances, self.horizon, seed=0)

    def experts(self, tasks: Sequence[Task], *, seed: int) -> Iterator[Trajectory]:
        """Yield one potter's trajectory per task; it fails by carelessness or bad luck (``world.py``)."""
        return self._potters(tasks, seed, None)

    def erring_experts(self, tasks: Sequence[Task], *, seed: int, slips: Slips) -> Iterator[Trajectory]:
        """Yield the same potters' as they slip; one that was led elsewhere goes back to where it had been."""
        return self._potters(tasks, seed, slips)

    def _potters(self, tasks: Sequence[Task], seed: int, slips: Slips | None) -> Iterator[Trajectory]:
        for task in tasks:
            rng = python_rng(seed, "expert", task.id)
            actions = commands(task.payload, rng, careful=rng.random() < self.options.careful)
            luck = derive_seed(seed, "expert luck", task.id)
            yield play(self.make(task, seed=luck), task.id, luck, actions, slips)

    def rules(self, task: str, observation: str) -> Script:
        """Return the fixed rules as the script of one episode (``Ruled``)."""
        return rules.script(self.lexicon, task, observation)

    def admissible(self, env: ToyEnv) -> Sequence[str]:
        """Return the commands that do something now (``Listing``)."""
        return env.admissible()

    def observations_match(self, recorded: str, ours: str) -> bool:
        """Whether two feedbacks are equal; the world says nothing at random."""
        return recorded == ours

    def identity(self) -> Mapping[str, JSON]:
        """Return the options, the counts and a hash over all rooms."""
        tasks = [task for split in self.splits() for task in self.tasks(split)]
        rooms = "\n".join(f"{task.id} {task.payload}" for task in tasks)
        return {
            "benchmark": self.name,
            "data": "generated",
            "sha256": hashlib.sha256(rooms.encode()).hexdigest(),
            "engine": "toy 1",
            "grammar": self.help.splitlines(),
            "counts": {split: self._size(split) for split in self.splits()},
            "options": self.options.model_dump(mode="json"),
        }

    def _size(self, split: str) -> int:
        sizes = {"train": self.options.n_train, "seen": self.options.n_seen, "unseen": self.options.n_unseen}
        if split not in sizes:
            raise UserError(f"unknown split {split!r}; toy has {', '.join(sizes)}")
        return sizes[split]

    def _room(self, split: str, number: int, job: JobName) -> Room:
        unseen = split == "unseen"
        rng = python_rng(self.options.generator_seed, "room", split, number)
        room = draw_room(rng, job, UNSEEN_PIECES if unseen else PIECES, 3 if unseen else 2, self.chances)
        words = python_rng(self.options.generator_seed, "wording", split, number)
        if unseen and words.random() < self.options.reworded:
            room = replace(room, wording=words.randrange(1, len(JOBS[job].wordings)))
        return room
