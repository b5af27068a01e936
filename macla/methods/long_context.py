"""No memory but a long prompt: as many training trajectories as fit, the nearest first. The model writes nothing."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from macla.benchmarks.trajectory import Trajectory
from macla.methods.base import Tools
from macla.methods.nearest import furthest, in_words
from macla.methods.prompted import Note, Prompted, PromptedSettings
from macla.methods.settings import MethodSettings, key
from macla.models.truncate import tokens


class LongContextSettings(PromptedSettings):
    """The ``memory`` section of the configuration for the long context."""

    method: Literal["long_context"] = "long_context"
    name: str = "long_context"
    k: int | None = key(None, "ours", "trajectories that a prompt shows, the nearest first; null: all that fit", ge=1)
    budget: int = key(
        4096, "ours", "tokens of all trajectories by an upper estimate: half of a small model's context of 8192", ge=1
    )
    of_reading: ClassVar[frozenset[str]] = frozenset({"k", "budget"})


class LongContext(Prompted):
    """As many trajectories as fit (``memory=long_context``)."""

    name: ClassVar[str] = "long_context"
    Settings: ClassVar[type[MethodSettings]] = LongContextSettings

    def write(self, attempts: Sequence[Trajectory], notes: Sequence[Note], tools: Tools) -> list[Note]:
        """Return the notes and, of every task, what came furthest."""
        return [*notes, *(Note(about=one.task, text=in_words(one)) for one in furthest(attempts))]

    def choose(self, task: str, notes: Sequence[Note], tools: Tools) -> list[Note]:
        """Return the nearest trajectories within the budget; one that does not fit gives way to the next."""
        left, chosen = self.settings.budget, []
        for note in super().choose(task, notes, tools):
            if (size := tokens(note.text)) <= left:
                chosen.append(note)
                left -= size
        return chosen
