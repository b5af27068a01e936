"""Progress of long work: a rich bar on a terminal, plain lines elsewhere."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

Report = Callable[[str, int, int], None]
"""Called with (stage, done, total)."""
PLAIN_EVERY_S = 5.0

_COMMANDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but line breaks and tabs, those that turn the direction of writing, and halves of characters."""


def silent(stage: str, done: int, total: int) -> None:
    """Show nothing: what takes the place of a progress bar where nobody watches."""


def printable(text: str) -> str:
    """Return ``text`` with control characters spelt out: a task's text must not command the terminal."""
    return _COMMANDS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def note(text: str) -> None:
    """Tell something that is neither a result nor an error, in a line on standard error."""
    print(printable(text), file=sys.stderr, flush=True)


@contextmanager
def progress() -> Iterator[Report]:
    """Yield a function that shows how far each stage is; output goes to standard error."""
    if sys.stderr.isatty():
        with _bar() as report:
            yield report
    else:
        yield _lines()


@contextmanager
def _bar() -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    stages: dict[str, TaskID] = {}
    with Progress(*columns, console=Console(stderr=True)) as bar:

        def report(stage: str, done: int, total: int) -> None:
            if stage not in stages:
                stages[stage] = bar.add_task(stage, total=total)
            bar.update(stages[stage], completed=done, total=total)

        yield report


def _lines() -> Report:
    shown: dict[str, float] = {}

    def report(stage: str, done: int, total: int) -> None:
        now = monotonic()
        if done >= total or now - shown.get(stage, now - PLAIN_EVERY_S) >= PLAIN_EVERY_S:
            shown[stage] = now
            print(f"{stage}: {done}/{total}", file=sys.stderr, flush=True)

    return report
