"""``macla memory show DIR --markdown``: a learned memory as a page."""

import re
from collections import Counter
from collections.abc import Iterator

from macla.progress import printable
from macla.reports.catalogue import Catalogue, Entry

SOURCES = 10
"""Source trajectories that are named for an entry."""
KINDS = 8
"""Kinds of entity that are named for a slot."""


def memory_page(found: Catalogue) -> str:
    """Return the whole memory in Markdown: figures, a table of all entries, then every entry in full."""
    return "\n".join([*_head(found), *_table(found), *(line for one in found.entries for line in _section(one))]) + "\n"


def entry_page(entry: Entry) -> str:
    """Return one entry in Markdown."""
    return "\n".join(_section(entry)).strip() + "\n"


def _head(found: Catalogue) -> Iterator[str]:
    yield f"# Memory {code(found.name)}"
    yield ""
    built = f"from {found.trajectories} trajectories" + (f", at commit {found.revision}" if found.revision else "")
    yield f"{found.method} on {found.benchmark}, encoder {found.encoder}; {built}."
    yield ""
    yield "| figure | value |"
    yield "|---|---|"
    yield from (f"| {code(name)} | {value:g} |" for name, value in found.figures.items())
    if found.lines:
        text = "\n".join(map(printable, found.lines))
        fence = "`" * max(3, 1 + _longest(text))
        yield from ("", fence, text, fence)


def _table(found: Catalogue) -> Iterator[str]:
    if not found.entries:
        return
    kinds = Counter(entry.kind for entry in found.entries)
    yield ""
    yield "## " + ", ".join(f"{n} {kind}{'s' if n > 1 else ''}" for kind, n in kinds.items())
    yield ""
    yield "Evidence: successes / failures of demonstrations and executions. α/(α+β): posterior mean, with 95 % of it."
    yield ""
    yield "| id | goal | steps | evidence | α/(α+β) |"
    yield "|---|---|---|---|---|"
    for one in found.entries:
        more = f" (+{len(one.goals) - 1})" if len(one.goals) > 1 else ""
        steps = code("; ".join(one.steps))
        yield f"| [{one.id}](#{one.id}) | {code(one.goals[0][0])}{more} | {steps} | {_counts(one)} | {_belief(one)} |"


def _section(entry: Entry) -> Iterator[str]:
    yield from ("", f"### {entry.id}", "")
    rest = f"; {entry.left_out:.4g} left out because Ψ rules them out" if entry.left_out else ""
    yield f"A {entry.kind} of {entry.support} segments or episodes. Evidence {_counts(entry)}{rest}."
    yield f"α/(α+β) {_belief(entry)}."
    yield ""
    yield "- **G**: " + "; ".join(f"{code(goal)} ×{n}" for goal, n in entry.goals)
    yield "- **Ψ**: " + (", ".join(map(code, entry.preconditions)) or "always")
    yield "- **Θ**, one after the other:" if entry.kind == "meta-procedure" else "- **π**:"
    yield from (f"  {number}. {code(step)}" for number, step in enumerate(entry.steps, 1))
    if entry.postconditions:
        yield "- **Φ**: " + ", ".join(map(code, entry.postconditions))
    for slot, kinds in entry.slots:
        yield f"- {code(slot)} is " + _listed([code(kind) for kind in kinds], KINDS)
    named = [f"{code(task)} ({source}, {outcome})" for task, source, outcome in entry.sources]
    yield f"- learned from {len(named)} trajectories: " + (_listed(named, SOURCES) or "none")


def _listed(words: list[str], shown: int) -> str:
    more = f" and {len(words) - shown} more" if len(words) > shown else ""
    return ", ".join(words[:shown]) + more


def _counts(entry: Entry) -> str:
    return f"{entry.successes:.4g}/{entry.failures:.4g}"


def _belief(entry: Entry) -> str:
    low, high = entry.interval
    return f"{entry.mean:.3f} [{low:.3f}, {high:.3f}]"


def code(text: str) -> str:
    """Return a text as a code span that nothing in it can end, and that keeps to its cell of a table."""
    plain = " ".join(printable(text).split()).replace("|", "\\|")
    ticks = "`" * (1 + _longest(plain))
    room = " " if plain[:1] == "`" or plain[-1:] == "`" or not plain else ""
    return f"{ticks}{room}{plain}{room}{ticks}"


def _longest(text: str) -> int:
    """Return the length of the longest run of backticks in a text."""
    return max(map(len, re.findall("`+", text)), default=0)
