"""How WebShop's text is read and its actions are written: entities and grammar, never strategy."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from envs.webshop import pages
from envs.webshop.instruction import request_spans
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
_EXPLICIT = re.compile(r"Find me ")
"""How the shop itself words an instruction: "with color: blue, and size: large"."""

_GROUP_NAMES = """
color, size, style, flavor, flavor name, fit type, scent, scent name, pattern, pattern name, item package quantity,
material, material type, item shape, shape, product packaging, configuration, number of items, special size,
special size type, unit count, package quantity, package type, model, length, width, height, team name, lens color,
frame color, band color, metal type, edition, item length, item weight, capacity, volume, wattage, hand orientation,
finish type, design, cup size, shaft length, grip type, occupation, power source, cover material type, item firmness
"""
_GROUPS = frozenset(" ".join(_GROUP_NAMES.split()).split(", "))
"""Names the shop gives option groups: ``text`` pages do not tell a group from its values."""


class _Field(NamedTuple):
    """One text node of a page and where it stands."""

    text: str
    start: int
    button: bool | None
    """Whether the page marks it as one; None in ``text`` mode, which marks nothing."""


class WebShopLexicon:
    """Reads instructions and pages of both observation modes.

    Types: ``product`` (an asin) with its price inside; ``group`` of options with the ``option`` values inside, whatever
    the shop calls the group; and from the instruction ``request`` (all that is asked for), the wished ``option`` values
    and the ``price`` bound. Buttons are verbs, so no entities but statements.
    """

    def mentions(self, text: str) -> list[Mention]:
        """Return the entities in an instruction or a page, in order of appearance.

        On an item page the instruction's words that spell an option value are mentions of that value too.
        """
        fields = _fields(text)
        if len(fields) == 1:
            return list(_of_instruction(text, 0))
        found: list[Mention] = []
        body = 0
        for number, field in enumerate(fields[:3]):
            if field.text.strip() == "Instruction:" and number + 1 < len(fields):
                instruction = fields[number + 1]
                body = number + 2
                found += _of_instruction(instruction.text, instruction.start)
        groups = list(_groups(fields[body:]))
        if groups and body:
            found = _settle(found, groups, instruction)
        for group in groups:
            found += [group.mention(), *group.values]
        found += _prices(fields[body:])
        found += _products(fields[body:], taken={value.start for group in groups for value in group.values})
        return sorted(set(found), key=lambda mention: (mention.start, -mention.end, mention.type))

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


def _fields(text: str) -> list[_Field]:
    if _SEPARATOR in text:
        fields, start = [], 0
        for part in text.split(_SEPARATOR):
            fields.append(_Field(part, start, None))
            start += len(part) + len(_SEPARATOR)
        return fields
    if "[button]" not in text:
        return [_Field(text, 0, None)]
    return list(_lines(text))


def _lines(text: str) -> Iterator[_Field]:
    """The nodes of a ``text_rich`` page, one a line."""
    start = 0
    for line in text.split("\n"):
        marked = _BUTTON_LINE.fullmatch(line)
        if marked:
            yield _Field(marked[1], start + marked.start(1), True)
        elif line and not line.startswith("You have clicked "):
            yield _Field(line, start, False)
        start += len(line) + 1


def _of_instruction(text: str, offset: int) -> Iterator[Mention]:
    for span in request_spans(text):
        kind = span.kind if span.kind in ("request", "price") else "option"
        yield Mention(span.text, kind, offset + span.start, offset + span.end)


class _Group(NamedTuple):
    """An option group of an item page: its name and where its values stand."""

    name: str
    start: int
    values: list[Mention]

    def mention(self) -> Mention:
        """Return the group as an entity that spans its values."""
        return Mention(self.name, "group", self.start, max(value.end for value in self.values))


def _groups(fields: list[_Field]) -> Iterator[_Group]:
    """Option groups of an item page: what stands between ``< Prev`` and the title, which precedes the price."""
    price = next((n for n, field in enumerate(fields) if field.text.startswith(_PRICE)), 0)
    previous = next((n for n, field in enumerate(fields) if field.text == pages.PREVIOUS), len(fields))
    group: _Group | None = None
    for field in fields[previous + 1 : max(price - 1, 0)]:
        if group is None or field.button is False or (field.button is None and field.text in _GROUPS):
            if group is not None and group.values:
                yield group
            group = _Group(field.text, field.start, [])
        elif field.text:
            group.values.append(Mention(field.text, "option", field.start, field.start + len(field.text)))
    if group is not None and group.values:
        yield group


def _settle(found: list[Mention], groups: list[_Group], instruction: _Field) -> list[Mention]:
    """Return the instruction's mentions with its wishes spelled as the page offers them.

    A wish whose wording names its group and that the group offers is sure; of other groups the instruction wishes
    the values whose words it spells.
    """
    named = {(span.kind, span.text) for span in request_spans(instruction.text)}
    asked = {group for group, _ in named}
    sure = {group.name for group in groups if any((group.name, value.name) in named for value in group.values)}
    every = bool(_EXPLICIT.match(instruction.text))  # such wording names the group of everything that is wished
    unsure = [group for group in groups if group.name not in sure and not (every and group.name in asked)]
    spelled = list(_spelled([value for group in unsure for value in group.values], instruction))
    kept = [m for m in found if m.type != "option" or not any(_hides(value, m) for value in spelled)]
    return kept + spelled


def _spelled(values: list[Mention], instruction: _Field) -> Iterator[Mention]:
    """Where the instruction spells a value that is on offer; a longer value hides the shorter ones inside it."""
    taken = [False] * len(instruction.text)
    lowered = instruction.text.lower()
    for value in sorted(values, key=lambda mention: -len(mention.name)):
        if value.name not in lowered:
            continue
        for match in re.finditer(rf"(?<![\w-]){re.escape(value.name)}(?![\w'’-])", lowered):
            start, end = match.span()
            if not any(taken[start:end]):
                taken[start:end] = [True] * (end - start)
                yield Mention(value.name, value.type, instruction.start + start, instruction.start + end)


def _hides(value: Mention, mention: Mention) -> bool:
    return value.start < mention.end and mention.start < value.end


def _prices(fields: list[_Field]) -> Iterator[Mention]:
    """The price on an item page."""
    for field in fields:
        if field.text.startswith(_PRICE) and (price := _PAID.fullmatch(field.text[len(_PRICE) :])):
            start = field.start + len(_PRICE)
            yield Mention(price[1], "price", start + price.start(1), start + price.end(1))


def _products(fields: list[_Field], taken: set[int]) -> Iterator[Mention]:
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
