"""A solved trajectory and an abstract script of it per task, found by the task, mended on failure (after Memp, 2025).

What is ours: a failed attempt mends the script of the nearest solved task, whether it was shown that script or not.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from macla.benchmarks.trajectory import Trajectory
from macla.encoder import Encoder, nearest_first
from macla.methods.base import Tools
from macla.methods.nearest import in_words
from macla.methods.prompted import Note, Prompted, Writer, attempted
from macla.methods.settings import MethodSettings, key
from macla.models.malformed import Malformed
from macla.models.requests import WriteScript


class ScriptsSettings(Writer):
    """The ``memory`` section of the configuration for scripts."""

    method: Literal["scripts"] = "scripts"
    name: str = "scripts"
    k: int | None = key(2, "ours", "tasks whose trajectory and script a prompt shows; null: all", ge=1)


class Scripted(Note):
    """A task that was solved: how, and how tasks like it are."""

    trajectory: str
    script: tuple[str, ...]

    @classmethod
    def of(cls, task: str, trajectory: str, script: Sequence[str]) -> "Scripted":
        """Return the note on a task."""
        lines = [f"{number}. {line}" for number, line in enumerate(script, 1)]
        text = "\n".join([trajectory, "In general:", *lines])
        return cls(about=task, text=text, trajectory=trajectory, script=tuple(script))


class Scripts(Prompted):
    """Trajectories with scripts (``memory=scripts``)."""

    name: ClassVar[str] = "scripts"
    Settings: ClassVar[type[MethodSettings]] = ScriptsSettings
    note_type: ClassVar[type[Note]] = Scripted

    def write(self, attempts: Sequence[Trajectory], notes: Sequence[Scripted], tools: Tools) -> list[Scripted]:
        """Return the notes with one on every solved attempt, those near to failed ones mended."""
        solved = [attempt for attempt in attempts if attempt.success]
        failed = [attempt for attempt in attempts if not attempt.success]
        replies = tools.model.ask([self._request(attempt, (), tools) for attempt in solved])
        written = [
            Scripted.of(attempt.task, in_words(attempt), reply.lines)
            for attempt, reply in zip(solved, replies, strict=True)
            if not isinstance(reply, Malformed)
        ]
        kept = [*notes, *written]
        done = 0
        for turn in turns(failed if kept else (), kept, tools.encoder):
            tools.report("mending scripts", done, len(failed))
            kept = self._mended(turn, kept, tools)
            done += len(turn)
        return kept

    def _mended(self, turn: Mapping[int, Trajectory], notes: Sequence[Scripted], tools: Tools) -> list[Scripted]:
        """Return the notes, each script mended by the failed attempt that ``turn`` has at its place."""
        replies = tools.model.ask([self._request(failed, notes[place].script, tools) for place, failed in turn.items()])
        kept = list(notes)
        for place, reply in zip(turn, replies, strict=True):
            if not isinstance(reply, Malformed) and reply.lines:
                kept[place] = Scripted.of(kept[place].about, kept[place].trajectory, reply.lines)
        return kept

    def _request(self, attempt: Trajectory, script: tuple[str, ...], tools: Tools) -> WriteScript:
        return WriteScript(
            help=tools.interface.help,
            reply_tokens=self.settings.reply_tokens,
            script=script,
            attempt=attempted(attempt),
        )


def turns(failed: Sequence[Trajectory], notes: Sequence[Note], encoder: Encoder) -> list[dict[int, Trajectory]]:
    """Return failed attempts by the place of the nearest note, those of one note in as many turns as there are.

    Scripts of several notes can be mended at once; that of one note is mended by one attempt after another.
    """
    waiting: dict[int, list[Trajectory]] = {}
    about = [note.about for note in notes]
    for attempt in failed:
        waiting.setdefault(nearest_first(encoder, attempt.task, about)[0], []).append(attempt)
    most = max(map(len, waiting.values()), default=0)
    return [{place: queue[k] for place, queue in waiting.items() if k < len(queue)} for k in range(most)]
