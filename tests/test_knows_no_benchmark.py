"""The method and the harness know no benchmark: their sources hold none of the benchmarks' words."""

import re
from pathlib import Path

import pytest

import macla

WORDS = {
    "alfworld": (
        "alfworld", "textworld", "fridge", "microwave", "sinkbasin", "desklamp", "countertop", "cabinet", "drawer",
        "stoveburner", "receptacle", "receptacles", "pick_and_place", "look_at_obj_in_light", "pddl", "apple",
    ),
    "webshop": ("webshop", "search[", "click[", "buy now", "asin", "item description", "back to search", "lucene"),
    "travelplanner": (
        "travelplanner", "flightsearch", "flight", "flights", "restaurant", "restaurants", "accommodation",
        "attraction", "attractions", "notebookwrite", "itinerary", "breakfast",
    ),
    "intercode_sql": ("intercode", "intercode_sql", "mysql", "sqlite", "execute[", "show tables", "spider", "group by"),
    "toy": ("kiln", "vase", "glaze", "rivet"),
}  # fmt: skip
"""Words that only a benchmark says. SELECT is matched in capitals: to select is what the method does."""

EXEMPT = {
    ("cli/common.py", "env.engine=textworld"): "the help text's example of an override",
    ("runs/directory.py", '"alfworld"'): "a distribution whose version a manifest records",
    ("runs/directory.py", '"textworld"'): "a distribution whose version a manifest records",
}
"""(file, exact string) → why it may stand there."""

IDIOMS = ("in flight",)
"""Phrases that mean something else (requests that wait for an answer) and may stand anywhere."""

ROOT = Path(macla.__file__).parent
SOURCES = sorted(path for suffix in ("*.py", "*.j2") for path in ROOT.rglob(suffix) if "_configs" not in path.parts)


def found(text: str, words: tuple[str, ...]) -> list[str]:
    """Return the words that occur in ``text`` as words, whatever their case."""
    patterns = {
        word: rf"(?<![a-z0-9_]){re.escape(word)}" + (r"(?![a-z0-9_])" if word[-1].isalnum() else "") for word in words
    }
    return [word for word, pattern in patterns.items() if re.search(pattern, text.lower())]


NAMES = [path.relative_to(ROOT).as_posix() for path in SOURCES]


@pytest.mark.parametrize("name", NAMES)
def test_no_benchmark_is_named(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    for exact in (*IDIOMS, *(exact for file, exact in EXEMPT if file == name)):
        text = text.replace(exact, "")
    named = {benchmark: hits for benchmark, words in WORDS.items() if (hits := found(text, words))}
    assert named == {}
    assert not re.search(r"\bSELECT\b", text)


@pytest.mark.parametrize(("file", "exact"), EXEMPT)
def test_every_exemption_is_needed(file, exact):
    assert exact in (ROOT / file).read_text(encoding="utf-8")


def test_the_search_finds_words_and_no_parts_of_words():
    assert found("Open the Fridge 1 and click[Buy Now]", ("fridge", "click[", "buy now")) == [
        "fridge",
        "click[",
        "buy now",
    ]
    assert found("fridges and my_fridge and doubleclick[x]", ("fridge", "click[")) == []
    assert len(SOURCES) > 100
