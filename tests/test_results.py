"""What stands in ``results/`` can be traced to a commit, and the pages say what its tables say."""

import re
from pathlib import Path

import pytest
from helpers.quoted import agrees, problem, quoted

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "results"
PAGES = (ROOT / "README.md", RESULTS / "README.md")


def test_every_table_was_made_from_a_commit() -> None:
    manifests = {path.name: path.read_text(encoding="utf-8") for path in RESULTS.glob("*.manifest.json")}
    assert manifests
    assert [name for name, text in sorted(manifests.items()) if "+changes" in text] == []


def test_every_page_of_a_memory_was_made_from_a_commit() -> None:
    pages = {path.name: path.read_text(encoding="utf-8") for path in (RESULTS / "memories").glob("*.md")}
    listed = re.findall(r"\[`\w+`\]\((\w+\.md)\)", pages.pop("README.md"))
    assert sorted(listed) == sorted(pages)
    assert len(pages) >= 4
    assert [name for name, text in pages.items() if not re.search(r", at commit [0-9a-f]{12}\.\n", text)] == []


def test_the_pages_say_what_the_tables_say() -> None:
    numbers = [one for page in PAGES for one in quoted(page)]
    assert [said for one in numbers if (said := problem(one, RESULTS))] == []


def test_every_number_of_the_main_results_names_its_table() -> None:
    """All of the table in the main README, "What is measured"."""
    page = PAGES[0].read_text(encoding="utf-8")
    section = page.partition("## What is measured\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")][2:]
    named = {one.where for one in quoted(PAGES[0])}
    lines = {line: f"README.md:{number}" for number, line in enumerate(page.splitlines(), 1)}
    assert rows
    assert [row for row in rows if re.search(r"\d", row.partition("|")[2]) and lines[row] not in named] == []


TABLE = 'configuration,split,ours %,n/N,score\nalfworld: macla,seen,98.6 ‡,138/140,"84.5 [83.1, 85.9]"\n'
PAGE = """# P
Memory solves 98.6 % and 138/140. <!-- from t: "alfworld: macla" seen "ours %"; "alfworld: macla" "n/N" -->

<!-- from t: "{column}: {row}" seen "ours %" -->

| memory | ALFWorld |
|---|---|
| macla (ours) | 98.6 % |

| not marked | 3 |
|---|---|
| macla | 5 |
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "t.csv").write_text(TABLE)
    (tmp_path / "page.md").write_text(PAGE)
    return tmp_path / "page.md"


def test_numbers_are_found_in_sentences_and_below_a_comment(page: Path) -> None:
    assert [(one.number, one.where) for one in quoted(page)] == [
        ("98.6", "page.md:2"),
        ("138/140", "page.md:2"),
        ("98.6", "page.md:8"),
    ]
    assert [problem(one, page.parent) for one in quoted(page)] == ["", "", ""]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("solves 98.6", "solves 98.7", "the table says 98.6 ‡"),
        ("| 98.6 %", "| 99.6 %", "the table says 98.6 ‡"),
        ("138/140", "138/141", "the table says 138/140"),
        ("from t:", "from u:", "no u.csv"),
        ('seen "ours %"; ', 'unseen "ours %"; ', "0 lines hold all of that"),
        ('"n/N" -->', '"N" -->', "no such column; there are configuration, split"),
    ],
)
def test_what_a_table_does_not_say_is_found(page: Path, old: str, new: str, said: str) -> None:
    page.write_text(PAGE.replace(old, new, 1))
    assert [found for one in quoted(page) if (found := problem(one, page.parent)) and said in found]


def test_fewer_numbers_than_sources_are_told(page: Path) -> None:
    page.write_text(PAGE.replace(" and 138/140", ""))
    with pytest.raises(ValueError, match=r"page.md:2: 2 sources, 1 numbers: 98.6"):
        list(quoted(page))


@pytest.mark.parametrize(
    ("number", "cell", "same"),
    [
        ("97.5", "97.5 [95.8, 98.9]", True),
        ("98", "97.5 [95.8, 98.9] ‡", True),
        ("97.5 [95.8, 98.9]", "97.5 [95.8, 98.9] ‡", True),
        ("97.5 [95.8, 98.8]", "97.5 [95.8, 98.9]", False),
        ("+3.0 to +6.1", "+3.0 to +6.1", True),
        ("−2.3", "-2.3", True),
        ("2.3", "-2.3", False),
        ("1,200/2,300", "1200/2300", True),
        ("12", "12/40", False),
        ("0.008", "0.0078", True),
        ("1.5e-08", "1.5e-08", True),
        ("5", "–", False),
    ],
)
def test_a_number_agrees_with_a_cell_when_it_is_its_figure(number: str, cell: str, same: bool) -> None:
    assert agrees(number, cell) is same
