"""Print ``docs/departures.md`` from the settings: ``python scripts/departures_page.py > docs/departures.md``.

A departure is a key by which ``memory=macla`` differs from ``memory=paper``; its reason is the one that
``macla config --explain memory`` prints.
"""

from collections.abc import Iterator
from typing import Any

from macla.config import compose
from macla.methods.settings import Explained, explain

HEAD = """# Departures

Every key by which `memory=macla` differs from `memory=paper`, with both values and the reason, as the settings state
them (`scripts/departures_page.py` prints this page, a test compares). What each means in words, and the rules that
they rest on, is in [the method](method.md#departures). `macla reproduce departures` adds them one at a time, but for
three of tasks that name things (`grounded`, `choice_contrast`, `contrast_exact`), which `departures_named` and
`departures_grounded` are about, and `reading.again`, which takes a language model (`lm_alfworld`);
`departures_single` takes those that matter from `macla`, with intervals and tests.
"""
OTHERS = """
## Every other constant

What both have in common, with source and reason: `docs/spec/…` is the paper as we summarise it, *ours* is what it
leaves open. `macla config --explain memory` prints the same with the values in force. Those of `cloning` and `asking`
belong to tasks that name the things themselves, which `memory=paper` hands to nobody.
"""


def page() -> Iterator[str]:
    """Yield the parts of the page."""
    ours, paper = (list(explain(compose([f"memory={name}"]).memory)) for name in ("macla", "paper"))
    values = {one.key: one.value for one in paper}
    shown = [one for one in ours if one.key not in ("method", "name")]
    departing = [one for one in shown if values[one.key] != one.value]
    yield HEAD
    yield table(
        ("key below `memory`", "paper", "macla", "reason"),
        [(f"`{one.key}`", plain(values[one.key]), plain(one.value), cell(one.reason)) for one in departing],
    )
    yield OTHERS
    others = [one for one in shown if one not in departing]
    yield table(("key below `memory`", "value", "source", "reason"), [row(one) for one in others])


def row(one: Explained) -> tuple[str, ...]:
    """Return the row of a constant that both share."""
    source = "ours" if one.source == "ours" else f"`{one.source}`"
    return f"`{one.key}`", plain(one.value), source, cell(one.reason)


def plain(value: Any) -> str:
    """Return a value as one types it."""
    words = {True: "true", False: "false"} if isinstance(value, bool) else {None: "null"}
    return f"`{words.get(value, value)}`" if value is None or isinstance(value, bool) else f"`{value}`"


def cell(text: str) -> str:
    """Return a text as a cell of a table."""
    return text.replace("|", "\\|").replace("``", "`")


def table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a table."""
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


if __name__ == "__main__":
    print("\n".join(part.strip("\n") + "\n" for part in page()), end="")
