"""A benchmark: a door opens at the right word. Which word that is goes with the door's colour."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import gymnasium
from pydantic import BaseModel, ConfigDict, Field

from macla.benchmarks.base import JSON, Task, TaskEnv
from macla.benchmarks.lexicon import Command, Mention
from macla.benchmarks.trajectory import Outcome, Step, Trajectory
from macla.errors import UserError

WORDS = {"red": "sesame", "green": "please", "blue": "friend"}
"""Colour of a door → the word that opens it."""
REFUSED = "That is no word."
_WORD = re.compile("|".join(WORDS.values()))


class DoorOptions(BaseModel):
    """``env.*`` of the configuration (``configs/env/door.yaml``)."""

    model_config = ConfigDict(extra="forbid")

    n_train: int = Field(12, ge=0, description="tasks of the split train")
    n_unseen: int = Field(6, ge=0, description="tasks of the split unseen")
    tries: int = Field(3, ge=1, description="words that may be said")


class DoorLexicon:
    """How the door's text is read and written: words are the only things there are."""

    def mentions(self, text: str) -> list[Mention]:
        """Return the words in a text."""
        return [Mention(found.group(), "word", found.start(), found.end()) for found in _WORD.finditer(text)]

    def parse(self, action: str) -> Command | None:
        """Return the command, None for anything but ``say WORD``."""
        verb, _, word = action.partition(" ")
        return Command("say {}", (word,)) if verb == "say" and word in WORDS.values() else None

    def render(self, command: Command) -> str:
        """Return the action string of a command."""
        return command.verb.format(*command.arguments)

    def rejected(self, feedback: str) -> bool:
        """Whether the last action was not understood."""
        return feedback == REFUSED


class DoorEnv(TaskEnv):
    """One door."""

    action_space = observation_space = gymnasium.spaces.Text(80)

    def __init__(self, colour: str, tries: int) -> None:
        self.colour = colour
        self.tries = tries

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
        """Close the door."""
        super().reset(seed=seed)
        self.said, self.open = 0, False
        return f"You may say {', '.join(sorted(WORDS.values()))}.", self._info()

    def step(self, action: str) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Say a word; anything else costs a step all the same."""
        self.said += 1
        understood = DoorLexicon().parse(action) is not None
        self.open = action == f"say {WORDS[self.colour]}"
        feedback = "The door opens." if self.open else "The door stays shut." if understood else REFUSED
        return feedback, float(self.open), self.open, not self.open and self.said >= self.tries, self._info()

    def _info(self) -> dict[str, Any]:
        task = f"Open the {self.colour} door."
        return {"task": task, "task_type": self.colour, "success": self.open, "score": float(self.open)}


class Door:
    """The benchmark, registered under the entry point ``macla.benchmarks``."""

    name: ClassVar[str] = "door"
    Options: ClassVar[type[BaseModel]] = DoorOptions
    help = "say {word}"
    example = "Action: say hello"

    def __init__(self, options: DoorOptions) -> None:
        self.options = options
        self.lexicon = DoorLexicon()
        self.horizon = options.tries

    def check(self) -> None:
        """Nothing can be missing."""

    def splits(self) -> tuple[str, ...]:
        """Return the names of the splits."""
        return ("train", "unseen")

    def tasks(self, split: str) -> list[Task]:
        """Return doors of all colours in turn."""
        sizes = {"train": self.options.n_train, "unseen": self.options.n_unseen}
        if split not in sizes:
            raise UserError(f"unknown split {split!r}; door has {', '.join(sizes)}")
        colours = [list(WORDS)[number % len(WORDS)] for number in range(sizes[split])]
        return [Task(f"{split}-{number:02d}-{colour}", split, colour) for number, colour in enumerate(colours)]

    def find(self, reference: str | int) -> Task:
        """Return the task with this id."""
        found = [task for split in self.splits() for task in self.tasks(split) if task.id == reference]
        if not found:
            raise UserError(f"no door {reference!r}; ids look like train-00-red")
        return found[0]

    def make(self, task: Task, *, seed: int) -> DoorEnv:
        """Return the door."""
        return DoorEnv(task.type, self.horizon)

    def experts(self, tasks: Sequence[Task], *, seed: int) -> Iterator[Trajectory]:
        """Yield one trajectory a task: experts know the word."""
        for task in tasks:
            env = self.make(task, seed=seed)
            first, info = env.reset(seed=seed)
            action = f"say {WORDS[task.type]}"
            observation, reward, *_ = env.step(action)
            step = Step(action=action, observation=observation, reward=reward)
            yield Trajectory(task_id=task.id, task=info["task"], task_type=task.type, first_observation=first,
                             steps=(step,), outcome=Outcome.SUCCESS, score=1.0)  # fmt: skip

    def observations_match(self, recorded: str, ours: str) -> bool:
        """Whether two feedbacks are equal."""
        return recorded == ours

    def identity(self) -> Mapping[str, JSON]:
        """Return what a table's footer names."""
        counts = {split: len(self.tasks(split)) for split in self.splits()}
        return {"benchmark": self.name, "data": "generated", "engine": "door 1", "counts": counts}
