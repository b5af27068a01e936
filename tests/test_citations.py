"""Every document that code, tests, configs and pages cite is in the repository, and so is every cited section.

The form is ``docs/spec/paper.md §4``: a page under ``docs/``, then sections of it (``§2, §9``, ``§6-7``), or words that
stand in it (``docs/spec/audit.md, "Trace counts"``). A section is

- a heading that begins with a number or a letter, ``## 4. Selection``, ``### 9.1 Database rules``, ``## A. Data``;
- ``§6.7``, besides: point 7 of the numbered list in section 6.

Within ``docs/spec/`` a section mark alone is one of the same page. ``paper §4.1`` is a section of the paper itself, one
of those that headings of ``docs/spec/paper.md`` name.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("macla", "envs", "configs", "docs", "results", "scripts", "tests")
SUFFIXES = {".py", ".md", ".yaml", ".toml", ".j2", ".sh", ".cff"}
LABEL = r"(?:\d+(?:\.\d+)?|[A-Z](?![A-Za-z]))"
MARK = re.compile(rf"§({LABEL})(?:[-–]({LABEL}))?")
CITATION = re.compile(rf"(docs/[\w/]+\.md)((?:`*,? ?{MARK.pattern})*)(?:`*, \"([^\"]+)\")?")
OF_THE_PAPER = re.compile(rf"\bpaper §({LABEL})")
LINK = re.compile(r"\[[^\[\]]*\]\((?!https?:)([^()\s#]+\.md)(?:#[\w-]+)?\)")
OLD_FORMS = re.compile(r"(?<![\w/])spec/|(?<![\w/.-])(?:paper|audit|design|language_models)\.md|§")


def flat(text: str) -> str:
    """Return the text on one line, so that a citation may be wrapped in a docstring or a comment."""
    return re.sub(r"\s*\n\s*(?:# )?\s*", " ", text)


def sections(page: str) -> set[str]:
    """Return the labels of the sections of a page, points of numbered lists included."""
    found: set[str] = set()
    section = ""
    for line in page.splitlines():
        if heading := re.match(rf"(##+) ({LABEL})\b", line):
            found.add(heading[2])
            section = heading[2] if heading[1] == "##" else section
        elif line.startswith("## "):
            section = ""
        elif section and (point := re.match(r"(\d+)\. ", line)):
            found.add(f"{section}.{point[1]}")
    return found


def of_the_paper(pages: Mapping[str, str]) -> set[str]:
    """Return the sections of the paper that our page about it names in its headings."""
    headings = re.findall(r"^##+ .*$", pages.get("docs/spec/paper.md", ""), re.MULTILINE)
    return {label for heading in headings for label in OF_THE_PAPER.findall(heading)}


def missing(marks: str, page: str) -> list[str]:
    """Return the cited labels that are no section of the page."""
    cited = [label for ends in MARK.findall(marks) for label in ends if label]
    return [label for label in cited if label not in sections(page)]


def problems(name: str, text: str, pages: Mapping[str, str]) -> list[str]:
    """Return what is wrong with the citations in the file ``name``, given the pages there are by their paths."""
    text = flat(LINK.sub("", text))
    found = []
    for cited in CITATION.finditer(text):
        page, marks, words = cited[1], cited[2], cited[5]
        if page not in pages:
            found.append(f"{page} does not exist")
            continue
        found += [f"{page} has no section {label}" for label in missing(marks, pages[page])]
        if words and flat(words).lower() not in flat(pages[page]).lower():
            found.append(f'{page} does not say "{words}"')
    rest = CITATION.sub("", text)
    known = of_the_paper(pages)
    found += [f"unknown section of the paper: {label}" for label in OF_THE_PAPER.findall(rest) if label not in known]
    rest = OF_THE_PAPER.sub("", rest)
    if name.startswith("docs/spec/"):
        found += [f"{name} has no section {label}" for label in missing(rest, pages[name])]
        rest = MARK.sub("", rest)
    return found + [
        f"not a whole citation: …{rest[max(0, hit.start() - 40) : hit.end() + 20]}…" for hit in OLD_FORMS.finditer(rest)
    ]


def broken_links(name: str, text: str) -> list[str]:
    """Return the relative links of a Markdown page to pages that do not exist."""
    return [link for link in LINK.findall(text) if not (ROOT / name).parent.joinpath(link).is_file()]


def texts() -> dict[str, str]:
    """Return the repository's text files by their paths, without this one."""
    paths = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in SUFFIXES]
    paths += [path for path in ROOT.iterdir() if path.suffix in SUFFIXES or path.name == "Makefile"]
    named = {path.relative_to(ROOT).as_posix(): path for path in sorted(paths) if path != Path(__file__)}
    return {name: path.read_text(encoding="utf-8") for name, path in named.items()}


TEXTS = texts()
PAGES = {name: text for name, text in TEXTS.items() if name.startswith("docs/")}
CITING = list(TEXTS)


def test_every_citation_leads_somewhere() -> None:
    assert "docs/spec/paper.md" in PAGES
    assert len(CITING) > 300
    wrong = {name: found for name in CITING if (found := problems(name, TEXTS[name], PAGES))}
    assert wrong == {}


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = [name for name in TEXTS if name.endswith(".md")]
    assert {name: found for name in pages if (found := broken_links(name, TEXTS[name]))} == {}


SMALL = {
    "docs/spec/paper.md": "# P\n## 3. Construction (paper §4.1)\n1. Cut.\n2. Embed.\n\n## 4. Selection\n### 4.5 Gate\n",
    "docs/spec/games.md": "# G\n## A. Data\nSee §3.\n## 0. Names\n## 3. Commands\n| go | walk to\nit |\n",
}


SOURCE = re.compile(r"(?<![\w/.])(?:macla|envs|scripts|tests|configs)/[\w/-]+\.(?:py|yaml|sh)")


def test_every_source_file_that_a_page_names_exists() -> None:
    elsewhere = ("CHANGELOG.md", "docs/spec/")  # files that are gone, files of other projects
    pages = {name: text for name, text in texts().items() if name.endswith(".md") and not name.startswith(elsewhere)}
    named = {(page, file) for page, text in pages.items() for file in SOURCE.findall(text)}
    assert len(named) > 10
    assert [(page, file) for page, file in sorted(named) if not (ROOT / file).exists()] == []


def test_sections_are_numbered_headings_letters_and_points_of_lists() -> None:
    assert sections(SMALL["docs/spec/paper.md"]) == {"3", "3.1", "3.2", "4", "4.5"}
    assert sections(SMALL["docs/spec/games.md"]) == {"A", "0", "3"}
    assert sections("## Aims\n1. One\n## 2. Two\n## Three\n1. One\n") == {"2"}


@pytest.mark.parametrize(
    "text",
    [
        "Choose (``docs/spec/paper.md §4``). Then go.",
        "``docs/spec/paper.md §3, §4.5`` and `docs/spec/games.md §A`",
        "docs/spec/games.md §0-3",
        "``docs/spec/paper.md\n    §3.2``",
        "# see docs/spec/paper.md\n# §3.1",
        'docs/spec/games.md, "walk to it"',
        "the paper §4.1 says; Eq 4, Algorithm 1, Appendix D.2",
        "[`paper.md`](spec/paper.md)",
        "specification/paper, inspect/these",
    ],
)
def test_whole_citations_pass(text: str) -> None:
    assert problems("macla/some.py", text, SMALL) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("``docs/spec/nothing.md``", "docs/spec/nothing.md does not exist"),
        ("``docs/spec/paper.md §5``", "docs/spec/paper.md has no section 5"),
        ("``docs/spec/paper.md §3, §9``", "docs/spec/paper.md has no section 9"),
        ("``docs/spec/paper.md §3-7``", "docs/spec/paper.md has no section 7"),
        ("``docs/spec/paper.md §3.3``", "docs/spec/paper.md has no section 3.3"),
        ("``docs/spec/games.md``, \"run to it\"", 'docs/spec/games.md does not say "run to it"'),
        ("paper §7.1", "unknown section of the paper: 7.1"),
        ("``paper.md §4``", "not a whole citation"),
        ("see audit.md", "not a whole citation"),
        ("(``design.md``)", "not a whole citation"),
        ("spec/paper.md", "not a whole citation"),
        ("(spec §8)", "not a whole citation"),
        ("as ``§8`` says", "not a whole citation"),
    ],
)  # fmt: skip
def test_what_leads_nowhere_is_found(text: str, what: str) -> None:
    found = problems("macla/some.py", text, SMALL)
    assert found
    assert found[0].startswith(what)


def test_a_page_may_cite_its_own_sections_alone() -> None:
    name = "docs/spec/games.md"
    assert problems(name, SMALL[name], SMALL) == []
    assert problems(name, "See §7.", SMALL) == ["docs/spec/games.md has no section 7"]
    assert problems("docs/method.md", "See §3.", SMALL) != []
