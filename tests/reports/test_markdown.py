"""A memory as a page in Markdown: all that it holds, and texts that stay texts."""

import dataclasses

import pytest

from macla.errors import UserError
from macla.methods.stored import read
from macla.reports.catalogue import catalogue, find_entry
from macla.reports.markdown import code, entry_page, memory_page
from macla.runs.inspect import load_alone


@pytest.fixture(scope="module")
def found(played):
    return catalogue("workshop", read(played["memory"]), load_alone(played["memory"]))


def test_every_entry_has_its_evidence_posterior_and_sources(found, played):
    learned = load_alone(played["memory"])
    assert [entry.id for entry in found.entries] == [*learned.memory.procedures, *learned.memory.metas]
    for entry in found.entries:
        assert (entry.successes, entry.failures) == learned.memory.find(entry.id).evidence.counts()
        assert entry.interval.low < entry.mean < entry.interval.high
        assert entry.sources
    page = memory_page(found)
    for entry in found.entries:
        assert f"### {entry.id}\n" in page
        assert f"[{entry.id}](#{entry.id})" in page
        assert entry_page(entry).strip() in page


def test_one_entry_or_a_line_that_names_some(found):
    assert find_entry(found, "p0001").id == "p0001"
    with pytest.raises(UserError, match="nothing named p9999 in this memory; it holds p0001"):
        find_entry(found, "p9999")


@pytest.mark.parametrize(
    "text", ["a|b", "``x`` and `y`", "line\nbreak", "`", "", "<img src=x>", "**bold**", "\x1b[31m"]
)
def test_a_code_span_ends_only_where_it_should(text):
    span = code(text)
    ticks = span[: len(span) - len(span.lstrip("`"))]
    assert span.endswith(ticks)
    assert ticks not in span[len(ticks) : -len(ticks)].replace(f"{ticks}`", "")
    assert "\n" not in span
    assert "\x1b" not in span
    assert "|" not in span.replace("\\|", "")


def test_hostile_texts_stay_in_their_cells(found):
    entry = dataclasses.replace(found.entries[0], goals=(("x | y\n# head <script>", 1),), steps=("`a`",))
    page = memory_page(dataclasses.replace(found, entries=(entry,), lines=("```", "# not a heading")))
    row = next(line for line in page.splitlines() if line.startswith(f"| [{entry.id}]"))
    assert row.replace("\\|", "").count("|") == 6
    assert "\n# head" not in page
    assert "````\n```\n# not a heading\n````" in page
