"""A solved trajectory and an abstract script of it per task, found by the task, mended on failure (after Memp, 2025).

What is ours: a failed attempt mends the script of the nearest solved task, whether it was shown that script or not.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal

from macla.benchmarks.trajectory import Trajectory
from macla.methods.base import Tools
from macla.methods.nearest import in_words
from macla.methods.prompted import Note, Prompted, Writer, attempted, nearest
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
        for number, attempt in enumerate(failed if kept else ()):
            tools.report("mending scripts", number, len(failed))
            kept = self._mended(attempt, kept, tools)
        return kept

    def _mended(self, failed: Trajectory, notes: Sequence[Scripted], tools: Tools) -> list[Scripted]:
        """Return the notes with the script nearest to a failed attempt mended by it."""
        found = nearest(failed.task, notes, tools)[0]
        assert isinstance(found, Scripted)
        (reply,) = tools.model.ask([self._request(failed, found.script, tools)])
        if isinstance(reply, Malformed) or not reply.lines:
            return list(notes)
        mended = Scripted.of(found.about, found.trajectory, reply.lines)
        return [mended if note is found else note for note in notes]

    def _request(self, attempt: Trajectory, script: tuple[str, ...], tools: Tools) -> WriteScript:
        return WriteScript(
            help=tools.interface.help,
            reply_tokens=self.settings.reply_tokens,
            script=script,
            attempt=attempted(attempt),
        )
