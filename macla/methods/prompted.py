"""Memories that act by prompt: notes are learned from attempts, and those chosen for a task stand in every request.

All of them share the model's prompt, decoding and limits (:class:`macla.methods.none.ModelAlone`), so that they differ
in nothing but their notes. A memory is a subclass of :class:`Prompted` that says what it writes, and, where the nearest
notes are not what it shows, what it chooses (``docs/arena.md``).
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from macla.benchmarks.trajectory import Trajectory
from macla.encoder import nearest_first
from macla.errors import UserError, why
from macla.files import parse_object, write_json
from macla.methods.base import Tools
from macla.methods.episode import Episode
from macla.methods.nearest import played
from macla.methods.none import ModelAlone
from macla.methods.session import Decision, Session
from macla.methods.settings import MethodSettings, key
from macla.models.requests import Attempt
from macla.models.truncate import tokens

NOTES = "notes.json"


class Note(BaseModel):
    """A text that a memory keeps."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: str
    """What it is found by: mostly the task it comes from."""
    text: str
    """As a prompt shows it."""


class PromptedSettings(MethodSettings):
    """The ``memory`` section of the configuration for a memory that acts by prompt."""

    name: str = key("", "ours", "what tables and folders call this memory; the method's name where it is empty")
    k: int | None = key(3, "ours", "notes that a prompt shows, those of the nearest tasks first; null: all", ge=1)
    of_reading: ClassVar[frozenset[str]] = frozenset({"k"})
    """Keys that say how notes are chosen, not how they are written."""

    def construction(self, practice: bool) -> dict[str, Any]:
        """Return what a build depends on: only practice chooses among the notes."""
        return self.model_dump(mode="json", exclude={"name"} if practice else {"name", *self.of_reading})


class Writer(PromptedSettings):
    """The same for a memory that the model writes."""

    reply_tokens: int = key(512, "ours", "most tokens of a reply that writes the memory: more than a step takes", ge=64)


class Prompted:
    """A method whose memory is notes in the prompt of a model that takes every step itself."""

    name: ClassVar[str]
    Settings: ClassVar[type[MethodSettings]] = PromptedSettings
    note_type: ClassVar[type[Note]] = Note
    """What its notes are; a subclass where they hold more than text."""
    builds: ClassVar[bool] = True
    acts_by: ClassVar[str] = "prompt"

    def __init__(self, settings: Any) -> None:
        self.settings = settings

    def write(self, attempts: Sequence[Trajectory], notes: Sequence[Any], tools: Tools) -> Sequence[Note]:
        """Return all notes after attempts (solved and failed) that came after ``notes`` were written."""
        raise NotImplementedError

    def choose(self, task: str, notes: Sequence[Any], tools: Tools) -> Sequence[Note]:
        """Return the notes that a prompt shows for a task: the ``k`` nearest, the nearest first."""
        return nearest(task, notes, tools)[: self.settings.k]

    def build(self, trajectories: Sequence[Trajectory], tools: Tools) -> "Notebook":
        """Return the notes on trajectories; UserError when there are none."""
        notebook = Notebook(self, tools)
        notebook.learn(trajectories)
        if not notebook.notes:
            raise UserError(f"memory={self.settings.name}: {len(trajectories)} trajectories gave no note")
        return notebook

    def load(self, folder: Path, tools: Tools) -> "Notebook":
        """Return what was saved; UserError when it does not read."""
        try:
            values = parse_object((folder / NOTES).read_bytes())
            notes = [self.note_type.model_validate(one) for one in values["notes"]]
            return Notebook(self, tools, notes, dict(values["tasks"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            reason = str(error).splitlines()[0] if isinstance(error, ValidationError) else why(error)
            raise UserError(f"{folder / NOTES} does not read ({reason}); rebuild with macla build-memory") from None


class Notebook:
    """The notes of a memory. See :class:`macla.methods.base.Learned`."""

    def __init__(
        self, method: Prompted, tools: Tools, notes: Sequence[Note] = (), instructions: Mapping[str, str] | None = None
    ) -> None:
        self.method = method
        self.tools = tools
        self.notes = list(notes)
        self.instructions = dict(instructions or {})
        """Id → instruction of every task it learned from."""

    def tasks(self) -> frozenset[str]:
        """Return the ids of the tasks it learned from."""
        return frozenset(self.instructions)

    def learn(self, attempts: Sequence[Trajectory]) -> None:
        """Write the notes anew, with these attempts in them."""
        self.instructions |= {attempt.task_id: attempt.task for attempt in attempts}
        written = self.method.write(attempts, tuple(self.notes), self.tools)
        self.notes = self._checked("write", written, self.method.note_type)

    def shown(self, task: str) -> list[str]:
        """Return the notes that a prompt shows for a task, in words."""
        return [note.text for note in self._checked("choose", self.method.choose(task, tuple(self.notes), self.tools))]

    def _checked(self, function: str, returned: Any, kind: type[Note] | None = None) -> list[Any]:
        """Return the notes that a function of the method returned; UserError for anything else, before more is done.

        ``kind`` is what all of them are read back as.
        """
        told = f"{type(self.method).__name__}.{function}"
        if isinstance(returned, str) or not isinstance(returned, Iterable):
            raise UserError(f"{told} returned {type(returned).__name__} in place of notes (docs/arena.md)")
        notes = list(returned)
        for one in notes:
            found = type(one).__name__
            if not isinstance(one, Note):
                raise UserError(f"{told} returned a {found} among its notes; each is a macla.methods.prompted.Note")
            if kind is not None and type(one) is not kind:
                raise UserError(f"{told} returned a {found}, but note_type is {kind.__name__}: set note_type = {found}")
        return notes

    def actor(self, *, practising: bool = False) -> "Actor":
        """Return the model with notes; in practice it does as ever."""
        return Actor(self)

    def absorb(self, episodes: Sequence[Episode]) -> None:
        """Learn from the agent's own attempts."""
        if episodes:
            self.learn([played(episode) for episode in episodes])

    def save(self, folder: Path) -> None:
        """Write the notes and the tasks."""
        notes = [note.model_dump(mode="json") for note in self.notes]
        write_json(folder / NOTES, {"notes": notes, "tasks": self.instructions})

    def figures(self) -> Mapping[str, float]:
        """Return how many notes there are, and an upper estimate of their tokens."""
        return {"n_notes": len(self.notes), "note_tokens": sum(tokens(note.text) for note in self.notes)}

    def describe(self, name: str | None = None) -> list[str]:
        """Return a line a note, or those about one thing in full; UserError when there are none about it."""
        if name is None:
            return [f"{note.about}: {' '.join(note.text.split())}" for note in self.notes]
        found = [note.text for note in self.notes if note.about == name]
        if not found:
            raise UserError(f"nothing about {name!r}; e.g. {self.notes[0].about!r}")
        return found


class Shows(Protocol):
    """What an actor needs of a memory."""

    tools: Tools

    def shown(self, task: str) -> list[str]:
        """Return the notes that a prompt shows for a task."""
        ...


class Actor:
    """Chooses the notes once, by the instruction, and lets the model take every step with them in sight."""

    def __init__(self, memory: Shows) -> None:
        self.memory = memory

    def begin(self, session: Session) -> None:
        """Choose the notes."""
        tools = self.memory.tools
        self.alone = ModelAlone(tools.model, tools.interface, self.memory.shown(session.task))

    def act(self, session: Session) -> Decision:
        """Let the model take one step."""
        return self.alone.act(session)


def nearest(task: str, notes: Sequence[Note], tools: Tools) -> list[Note]:
    """Return notes by how near what they are about is to a task, the nearest first, of equals the earlier."""
    if not notes:
        return []
    return [notes[place] for place in nearest_first(tools.encoder, task, [note.about for note in notes])]


def attempted(trajectory: Trajectory) -> Attempt:
    """Return a trajectory as a request shows it."""
    return Attempt(
        task=trajectory.task,
        solved=trajectory.success,
        first_observation=trajectory.first_observation,
        steps=tuple((step.action, step.observation) for step in trajectory.steps),
    )
