"""The page of ``macla bench report``."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from macla.benchmarks.speeds import Skipped, Speed


def page(rows: Sequence[Speed | Skipped], manifest: Mapping[str, Any]) -> str:
    """Return the table of what was measured, what could not be, and on what machine, in Markdown."""
    return "\n".join([*_table(rows), *_skipped(rows), *_footer(manifest)]) + "\n"


def _table(rows: Sequence[Speed | Skipped]) -> Iterator[str]:
    yield "# Speed"
    yield ""
    yield "Each beside a reference in the same run on the same machine: what is promised is the ratio."
    yield ""
    yield "| what | a second | reference | a second | ratio |"
    yield "|---|---:|---|---:|---:|"
    for row in rows:
        if isinstance(row, Speed):
            what = f"{row.what} ({row.note})" if row.note else row.what
            ours, theirs = (f"{_short(value)} {row.unit}" for value in (row.figure, row.of_reference))
            yield f"| {what} | {ours} | {row.reference} | {theirs} | {_short(row.ratio)} |"


def _skipped(rows: Sequence[Speed | Skipped]) -> Iterator[str]:
    skipped = [row for row in rows if isinstance(row, Skipped)]
    if skipped:
        yield ""
        yield "Not measured here:"
        yield ""
        yield from (f"- {row.what}: {row.why}" for row in skipped)


def _footer(manifest: Mapping[str, Any]) -> Iterator[str]:
    packages = ", ".join(f"{name} {number}" for name, number in manifest["packages"].items())
    commit = f" ({manifest['revision']})" if manifest["revision"] else ""
    yield ""
    yield (
        f"macla {manifest['macla']}{commit}, Python {manifest['python']}, {packages}; {manifest['cores']} cores, "
        f"{manifest['cpu']}, load {manifest['load_before']} before."
    )


def _short(value: float) -> str:
    """Return a positive number with about three significant digits."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"
