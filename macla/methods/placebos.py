"""Placebos: what a prompt is worth that looks as if it held a memory. They tell content from mere text.

``empty`` shows the frame of notes without any, ``shuffled`` the notes of another task, ``filler`` as much text that is
irrelevant. The last two stand in the place of a memory (``memory.of``) and show about as many notes as it does.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

from macla import plugins
from macla.benchmarks.trajectory import Trajectory
from macla.errors import UserError
from macla.methods.base import Actor as Acting
from macla.methods.base import Learned, Tools
from macla.methods.episode import Episode
from macla.methods.none import Learnless, ModelAlone
from macla.methods.prompted import Actor, Shows
from macla.methods.settings import MethodSettings, key
from macla.seeding import python_rng

WORDS = (
    "after", "among", "basin", "bench", "bright", "brook", "cellar", "cloud", "coast", "copper", "corner", "distant",
    "early", "evening", "fallow", "ferry", "field", "gentle", "gravel", "harbour", "hedge", "hill", "inland",
    "island", "kettle", "lantern", "late", "ledger", "linen", "lower", "meadow", "mild", "morning", "narrow",
    "northern", "old", "orchard", "over", "pebble", "plain", "quiet", "rain", "ridge", "river", "road", "sail",
    "shed", "slow", "south", "spring", "stone", "summer", "tall", "tide", "timber", "toward", "under", "upper",
    "valley", "village", "wagon", "warm", "weather", "west", "wide", "willow", "window", "winter", "yard",
)  # fmt: skip
"""Words that say nothing about any task."""


class Noting(Shows, Learned, Protocol):
    """A memory that shows notes, and says for which tasks it could."""

    @property
    def instructions(self) -> Mapping[str, str]:
        """Id → instruction of the tasks it learned from."""
        ...


class EmptySettings(MethodSettings):
    """Nothing to set."""

    method: Literal["empty"] = "empty"
    name: str = "empty"


class Empty(Learnless):
    """The frame of notes with nothing in it (``memory=empty``)."""

    name: ClassVar[str] = "empty"
    Settings: ClassVar[type[MethodSettings]] = EmptySettings
    acts_by: ClassVar[str] = "prompt"

    def actors(self, tools: Tools) -> Callable[[], Acting]:
        """Return what makes the model act with an empty note in sight."""
        return partial(ModelAlone, tools.model, tools.interface, ("",))


class PlaceboSettings(MethodSettings):
    """What the placebos that stand in the place of a memory have in common."""

    of: str = key("nearest", "ours", "the memory, with its default settings, in whose place the placebo stands")


class Placebo:
    """A method that builds another one's memory and shows something else in the place of its notes."""

    name: ClassVar[str]
    Settings: ClassVar[type[MethodSettings]]
    builds: ClassVar[bool] = True
    acts_by: ClassVar[str] = "prompt"

    def __init__(self, settings: Any) -> None:
        self.settings = settings
        method = plugins.load(plugins.METHODS, settings.of, "memory.of")
        self.real = method(method.Settings())

    def instead(self, task: str, memory: Noting, tools: Tools) -> list[str]:
        """Return what is shown in the place of the memory's notes."""
        raise NotImplementedError

    def build(self, trajectories: Sequence[Trajectory], tools: Tools) -> "InItsPlace":
        """Return the placebo of what the other method learns; UserError when that shows no notes."""
        return self._around(self.real.build(trajectories, tools), tools)

    def load(self, folder: Path, tools: Tools) -> "InItsPlace":
        """Return what was saved; UserError when it does not read."""
        return self._around(self.real.load(folder, tools), tools)

    def _around(self, memory: Any, tools: Tools) -> "InItsPlace":
        if not (hasattr(memory, "shown") and hasattr(memory, "instructions")):
            raise UserError(f"memory.of={self.settings.of} shows no notes; type memory.of=nearest, or one that does")
        return InItsPlace(self, memory, tools)


class InItsPlace:
    """The other memory, seen as the placebo. See :class:`macla.methods.base.Learned`."""

    def __init__(self, placebo: Placebo, memory: Noting, tools: Tools) -> None:
        self.placebo = placebo
        self.memory = memory
        self.tools = tools

    def tasks(self) -> frozenset[str]:
        """Return the tasks that the other memory learned from."""
        return self.memory.tasks()

    def shown(self, task: str) -> list[str]:
        """Return what is shown in the place of notes."""
        return self.placebo.instead(task, self.memory, self.tools)

    def actor(self, *, practising: bool = False) -> Actor:
        """Return the model with the placebo in sight."""
        return Actor(self)

    def absorb(self, episodes: Sequence[Episode]) -> None:
        """Let the other memory learn."""
        self.memory.absorb(episodes)

    def save(self, folder: Path) -> None:
        """Write the other memory."""
        self.memory.save(folder)

    def figures(self) -> Mapping[str, float]:
        """Return the other memory's figures."""
        return self.memory.figures()

    def describe(self, name: str | None = None) -> list[str]:
        """Return the other memory in words."""
        return self.memory.describe(name)


class ShuffledSettings(PlaceboSettings):
    """The ``memory`` section of the configuration for another task's notes."""

    method: Literal["shuffled"] = "shuffled"
    name: str = "shuffled"


class Shuffled(Placebo):
    """The notes of another training task (``memory=shuffled``), drawn by the run's seed and the task."""

    name: ClassVar[str] = "shuffled"
    Settings: ClassVar[type[MethodSettings]] = ShuffledSettings

    def instead(self, task: str, memory: Noting, tools: Tools) -> list[str]:
        """Return the notes of the first task drawn that shares none with this one; what is fewest shared else.

        None of this task's own notes is ever among them.
        """
        own = set(memory.shown(task))
        others = sorted(memory.instructions)
        python_rng(tools.seed, "shuffled", task).shuffle(others)
        best: list[str] = []
        for other in others:
            found = memory.shown(memory.instructions[other])
            kept = [note for note in found if note not in own]
            if len(kept) > len(best):
                best = kept
            if kept == found and kept:
                break
        return best


class FillerSettings(PlaceboSettings):
    """The ``memory`` section of the configuration for irrelevant text."""

    method: Literal["filler"] = "filler"
    name: str = "filler"
    sentence: int = key(9, "ours", "words of a sentence: about as many as sentences of notes have", ge=1)


class Filler(Placebo):
    """Irrelevant sentences, note for note as long as the memory's (``memory=filler``)."""

    name: ClassVar[str] = "filler"
    Settings: ClassVar[type[MethodSettings]] = FillerSettings

    def instead(self, task: str, memory: Noting, tools: Tools) -> list[str]:
        """Return a text of as many bytes for each of the memory's notes."""
        rng = python_rng(tools.seed, "filler", task)
        return [self._text(len(note.encode(errors="replace")), rng.choice) for note in memory.shown(task)]

    def _text(self, size: int, draw: Callable[[Sequence[str]], str]) -> str:
        """Return sentences of drawn words, cut to ``size`` bytes."""
        sentences: list[str] = []
        left = size
        while left > 0:
            sentences.append(" ".join(draw(WORDS) for _ in range(self.settings.sentence)).capitalize() + ".")
            left -= len(sentences[-1]) + 1
        return " ".join(sentences)[:size]
