"""One page of advice that the model writes anew after every attempt (after Dynamic Cheatsheet, 2025).

What is ours: it is written before evaluation, from labelled attempts, and stays as it is then; the page is bounded.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal

from macla.benchmarks.trajectory import Trajectory
from macla.methods.base import Tools
from macla.methods.prompted import Note, Prompted, Writer, attempted
from macla.methods.settings import MethodSettings, key
from macla.models.malformed import Malformed
from macla.models.requests import RewritePage
from macla.models.truncate import tokens

PAGE = "page"


class CheatsheetSettings(Writer):
    """The ``memory`` section of the configuration for the cheatsheet."""

    method: Literal["cheatsheet"] = "cheatsheet"
    name: str = "cheatsheet"
    most: int = key(24, "ours", "lines of the page: a reply's list has at most 32", ge=1, le=32)
    group: int = key(1, "ours", "attempts that the page is written anew after, looked at together", ge=1)
    page_tokens: int = key(600, "ours", "tokens of the page by an upper estimate: what a reply may write", ge=16)


class Cheatsheet(Prompted):
    """A page of advice (``memory=cheatsheet``)."""

    name: ClassVar[str] = "cheatsheet"
    Settings: ClassVar[type[MethodSettings]] = CheatsheetSettings

    def write(self, attempts: Sequence[Trajectory], notes: Sequence[Note], tools: Tools) -> list[Note]:
        """Return the page after the attempts, ``group`` at a time; a reply without a line changes nothing."""
        settings = self.settings
        page = [line for note in notes for line in note.text.splitlines()]
        for start in range(0, len(attempts), settings.group):
            tools.report("writing the page", start, len(attempts))
            request = RewritePage(
                help=tools.interface.help,
                reply_tokens=settings.reply_tokens,
                most=settings.most,
                page=tuple(page),
                attempts=tuple(attempted(attempt) for attempt in attempts[start : start + settings.group]),
            )
            (reply,) = tools.model.ask([request])
            if not isinstance(reply, Malformed):
                page = bounded(reply.lines, settings.most, settings.page_tokens) or page
        return [Note(about=PAGE, text="\n".join(page))] if page else []


def bounded(lines: Sequence[str], most: int, limit: int) -> list[str]:
    """Return the first lines of a page, each on one line, as many as both bounds allow; empty ones are left out."""
    kept = [line for line in (" ".join(line.split()) for line in lines) if line][:most]
    while kept and tokens("\n".join(kept)) > limit:
        kept.pop()
    return kept
