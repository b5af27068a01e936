"""Numbers of a Markdown page that name the table they come from (CONTRIBUTING.md, "Numbers in pages")."""

import csv
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SOURCE = re.compile(r"<!--\s*from\s+(.*?)-->")
FIGURE = r"[-+−]?\d(?:[\d,]*\d)?(?:\.\d+)?(?:e-?\d+)?"
NUMBER = re.compile(rf"(?<![\w.]){FIGURE}(?:/{FIGURE}| ?– ?{FIGURE}| to {FIGURE})?(?: \[{FIGURE}, {FIGURE}\])?(?!\w)")
FIRST = re.compile(FIGURE)


class Quoted(NamedTuple):
    """A number of a page and where it comes from."""

    number: str
    source: list[str]
    """The table, what stands in its line, and the column."""
    where: str


def quoted(page: Path) -> Iterator[Quoted]:
    """Yield every number that names its source; ValueError where there are fewer numbers than sources."""
    above: list[list[str]] = []
    header: list[str] = []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        where = f"{page.name}:{number}"
        text, _, comment = line.partition("<!--")
        sources = _sources(comment and f"<!--{comment}")
        if sources and not text.strip():
            above, header = sources, []
        elif sources:
            yield from _before(text, sources, where)
        elif above and text.startswith("|"):
            cells = _cells(text)
            if header:
                yield from _of_a_row(cells, header, above[0], where)
            header = header or cells
        elif text.strip() or header:  # the table is over
            above = []


def _sources(comment: str) -> list[list[str]]:
    """Return the sources that a comment names; each begins with its table, named once for all that follow."""
    found = SOURCE.match(comment)
    if found is None:
        return []
    table, _, rest = found[1].partition(":")
    return [[table.strip(), *shlex.split(part)] for part in rest.split(";")]


def _before(text: str, sources: list[list[str]], where: str) -> Iterator[Quoted]:
    """Yield the last numbers of ``text``, as many as there are sources."""
    numbers = [found[0] for found in NUMBER.finditer(text)]
    if len(numbers) < len(sources):
        raise ValueError(f"{where}: {len(sources)} sources, {len(numbers)} numbers: {', '.join(numbers)}")
    for number, source in zip(numbers[-len(sources) :], sources, strict=True):
        yield Quoted(number, source, where)


def _of_a_row(cells: list[str], header: list[str], source: list[str], where: str) -> Iterator[Quoted]:
    """Yield the first number of every cell but the first, its source filled in with the names of its row and column."""
    for name, cell in zip(header[1:], cells[1:], strict=False):
        if found := NUMBER.search(cell):
            row = cells[0].partition(" (")[0]
            yield Quoted(found[0], [part.format(row=row, column=name) for part in source], where)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def problem(one: Quoted, tables: Path) -> str:
    """Return what is wrong with a number in one line; empty when the table in ``tables`` says the same."""
    name, *values, column = one.source
    said = f"{one.where}: {one.number} from {name}: {' '.join(values)} {column}"
    path = tables / f"{name}.csv"
    if not path.is_file():
        return f"{said}: no {path.name}"
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    wanted = {_folded(value) for value in values}
    found = [line for line in lines if wanted <= {_folded(value) for value in line.values()}]
    if len(found) != 1:
        return f"{said}: {len(found)} lines hold all of that"
    cells = {_folded(title): cell for title, cell in found[0].items()}
    if _folded(column) not in cells:
        return f"{said}: no such column; there are {', '.join(found[0])}"
    cell = cells[_folded(column)]
    return "" if agrees(one.number, cell) else f"{said}: the table says {cell}"


def agrees(number: str, cell: str) -> bool:
    """Whether a number is what a cell says, or is its first figure, rounded to the decimals of the number.

    E.g. ``97.5``, ``98`` and ``97.5 [95.8, 98.9]`` all agree with the cell ``97.5 [95.8, 98.9] ‡``.
    """
    if _plain(cell).startswith(_plain(number)) and len(FIRST.findall(number)) > 1:
        return len(FIRST.findall(number)) == len(FIRST.findall(cell))
    first = FIRST.search(cell)
    if first is None or FIRST.fullmatch(number) is None or "/" in cell:
        return False
    told, decimals = float(_plain(first[0])), len(number.partition(".")[2].partition("e")[0])
    if "e" in number:
        return told == float(_plain(number))
    return abs(told - float(_plain(number))) <= 0.5 * 10**-decimals + 1e-12


def _plain(text: str) -> str:
    """Return a text with one kind of minus and no thousands' commas."""
    return re.sub(r"(?<=\d),(?=\d{3})", "", text.replace("−", "-").replace(" – ", "–"))


def _folded(text: str | None) -> str:
    """Return a name as it is compared: letters small, marks, stars, spaces, hyphens and underscores left out."""
    return re.sub(r"[\s*`_‡¶‖†-]", "", (text or "").casefold())
