"""How WebShop's pages are read and its actions are written: entities and grammar, never strategy."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from envs.webshop import pages
from macla.benchmarks.lexicon import Command, Mention

_SEPARATOR = " [SEP] "
_BUTTONS = {name.lower(): name for name in (pages.BUY, pages.NEXT, pages.PREVIOUS, pages.BACK, *pages.SUB_PAGES)}
_ASIN = re.compile(r"[A-Z0-9]{10}")
_PAGE = re.compile(r"Page \d+ \(Total results: \d+\)")
_LABELS = frozenset((pages.SEARCH.lower(), "rating: n.a.", "thank you for shopping with us!", *_BUTTONS))
"""What pages say of themselves. The score on the last page is no label: no agent may learn from it."""
_ACTION = re.compile(r"(search|click)\[(.+)\]", re.DOTALL)
_BUTTON_LINE = re.compile(r" *\[(?:clicked )?button\] (.*) \[(?:clicked )?button_\]")
_PRICE = "Price: "
_PAID = re.compile(r"\s*(\$\d+(?:\.\d+)?)(?: to \$\d+(?:\.\d+)?)?\s*")
"""A price, of which the lowest counts; with its sign, as a bare number may be a size as well."""

_GROUP_NAMES = """
color, size, style, flavor, flavor name, fit type, scent, scent name, pattern, pattern name, item package quantity,
material, material type, item shape, shape, product packaging, configuration, number of items, special size,
special size type, unit count, package quantity, package type, model, length, width, height, team name, lens color,
frame color, band color, metal type, edition, item length, item weight, capacity, volume, wattage, hand orientation,
finish type, design, cup size, shaft length, grip type, occupation, power source, cover material type, item firmness
"""
_GROUPS = frozenset(" ".join(_GROUP_NAMES.split()).split(", "))
"""Names the shop gives option groups: ``text`` pages do not tell a group from its values."""


class Field(NamedTuple):
    """One text node of a page and where it stands."""

    text: str
    start: int
    button: bool | None
    """Whether the page marks it as one; None in ``text`` mode, which marks nothing."""


class WebShopLexicon:
    """Reads pages of both observation modes.

    Types: ``product`` (an asin) with its ``price`` inside; ``group`` of options with the ``option`` values inside,
    whatever the shop calls the group. Buttons are verbs, so no entities but statements.
    """

    def mentions(self, text: str) -> list[Mention]:
        """Return the entities of a page, in order of appearance; what it repeats of the instruction is none of them."""
        _, shown = split(text)
        found: list[Mention] = []
        for group in groups(shown):
            found += [group.mention(), *group.values]
        taken = {mention.start for mention in found if mention.type == "option"}
        found += _prices(shown)
        found += _products(shown, taken)
        return sorted(set(found), key=order)

    def statements(self, text: str) -> list[tuple[int, int]]:
        """Return where a page says what it is and which buttons it has; titles, texts and values are content."""
        return [
            (field.start, field.start + len(field.text))
            for field in _fields(text)
            if field.text.strip().lower() in _LABELS or _PAGE.fullmatch(field.text)
        ]

    def parse(self, action: str) -> Command | None:
        """Split an action: a button is part of the verb (``click[Buy Now]``), anything else its argument."""
        match = _ACTION.fullmatch(action)
        if match is None:
            return None
        name, argument = match.groups()
        if name == "click" and argument.lower() in _BUTTONS:
            return Command(f"click[{_BUTTONS[argument.lower()]}]", ())
        return Command(f"{name}[{{}}]", (argument,))

    def render(self, command: Command) -> str:
        """Return the action string of ``command``."""
        name, _, rest = command.verb.partition("[")
        return f"{name}[{command.arguments[0]}]" if command.arguments else f"{name}[{rest}"

    def rejected(self, feedback: str) -> bool:
        """Return False: WebShop answers an impossible action with the same page again and says nothing."""
        return False


def order(mention: Mention) -> tuple[int, int, str]:
    """Return what mentions are sorted by: where they stand, wholes before their parts."""
    return mention.start, -mention.end, mention.type


def split(text: str) -> tuple[Field | None, list[Field]]:
    """Return the instruction in a text and what else a page shows; a text of one field is an instruction alone."""
    fields = _fields(text)
    if len(fields) == 1:
        return fields[0], []
    for number, field in enumerate(fields[:3]):
        if field.text.strip() == "Instruction:" and number + 1 < len(fields):
            return fields[number + 1], fields[number + 2 :]
    return None, fields


def _fields(text: str) -> list[Field]:
    if _SEPARATOR in text:
        fields, start = [], 0
        for part in text.split(_SEPARATOR):
            fields.append(Field(part, start, None))
            start += len(part) + len(_SEPARATOR)
        return fields
    if "[button]" not in text:
        return [Field(text, 0, None)]
    return list(_lines(text))


def _lines(text: str) -> Iterator[Field]:
    """The nodes of a ``text_rich`` page, one a line."""
    start = 0
    for line in text.split("\n"):
        marked = _BUTTON_LINE.fullmatch(line)
        if marked:
            yield Field(marked[1], start + marked.start(1), True)
        elif line and not line.startswith("You have clicked "):
            yield Field(line, start, False)
        start += len(line) + 1


class Group(NamedTuple):
    """An option group of an item page: its name and where its values stand."""

    name: str
    start: int
    values: list[Mention]

    def mention(self) -> Mention:
        """Return the group as an entity that spans its values."""
        return Mention(self.name, "group", self.start, max(value.end for value in self.values))


def groups(fields: list[Field]) -> Iterator[Group]:
    """Yield the option groups of an item page: what stands between ``< Prev`` and the title before the price."""
    price = next((n for n, field in enumerate(fields) if field.text.startswith(_PRICE)), 0)
    previous = next((n for n, field in enumerate(fields) if field.text == pages.PREVIOUS), len(fields))
    group: Group | None = None
    for field in fields[previous + 1 : max(price - 1, 0)]:
        if group is None or field.button is False or (field.button is None and field.text in _GROUPS):
            if group is not None and group.values:
                yield group
            group = Group(field.text, field.start, [])
        elif field.text:
            group.values.append(Mention(field.text, "option", field.start, field.start + len(field.text)))
    if group is not None and group.values:
        yield group


def _prices(fields: list[Field]) -> Iterator[Mention]:
    """The price on an item page."""
    for field in fields:
        if field.text.startswith(_PRICE) and (price := _PAID.fullmatch(field.text[len(_PRICE) :])):
            start = field.start + len(_PRICE)
            yield Mention(price[1], "price", start + price.start(1), start + price.end(1))


def _products(fields: list[Field], taken: set[int]) -> Iterator[Mention]:
    """The products of a results page: a mention spans code, title and price, and the price is mentioned inside."""
    for number, field in enumerate(fields):
        if field.start in taken or field.button is False or not _ASIN.fullmatch(field.text):
            continue
        end = field.start + len(field.text)
        for neighbour in fields[number + 1 : number + 3]:  # an empty title is no field
            if price := _PAID.fullmatch(neighbour.text):
                end = neighbour.start + len(neighbour.text)
                yield Mention(price[1], "price", neighbour.start + price.start(1), neighbour.start + price.end(1))
                break
        yield Mention(field.text, "product", field.start, end)
