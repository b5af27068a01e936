"""Read an instruction by its wording alone, for a model that knows no language: the request, its wishes, its bound."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from envs.webshop.lexicon import Field, Group, WebShopLexicon, groups, order, split
from macla.benchmarks.lexicon import Mention

_LEAD = re.compile(
    r"^(?:hello|hi|hey|please|um)?[,.! ]*"
    r"(?:(?:i|we)(?:'?m| am|'?d| would| will)? *(?:also )?(?:looking|searching|shopping|interested|like|want|need|wish|"
    r"trying|in need|hoping)(?: for| of| in| to)*|(?:can|could|would) you(?: please)? (?:find|help|show|get|buy)|"
    r"find|show|get|buy|give|looking for|searching for|help)?"
    r"(?: (?:me|us))?(?: to)?(?: (?:find|buy|get|purchase|order|have|see))?(?: (?:a|an|the|some|me))*\b",
    re.IGNORECASE,
)
_BOUND = re.compile(r",? *(?:and )?price lower than (\d+(?:\.\d+)?) dollars")
_WISH = re.compile(r"(?:(?<=with )|(?<=, and ))((?:(?!with )[\w ])+): ((?:(?!, and )[^\[])+?)(?=, and |$)")
_EXPLICIT = "Find me "
"""How the shop itself words an instruction: "with color: blue, and size: large"."""
_SIZE = re.compile(
    r"\bsized? (?:is |of |: ?)?"
    r"((?:\d[\w./-]*|[smlx]|x*-?(?:small|large)|medium)"
    r"(?: (?:wide|narrow|count|pack|ounces?|oz|fl oz|pounds?|lbs?|inch(?:es)?|feet|foot|ft)\b)?)(?![\w-])"
)
_COLOUR = re.compile(
    r"\b(?!(?:in|the|and|an?|with|of|any|choose|is|have|this|that)\b)([\w-]+?)[ -]colou?r(?:ed)?\b"
    r"|\bcolou?r(?: is| of|:)? ([\w-]+)"
)


class ReadingLexicon(WebShopLexicon):
    """The lexicon that reads instructions too, alone and where a page repeats them.

    Types: ``request`` (all that is asked for), the wished ``option`` values and the ``price`` bound.
    """

    def mentions(self, text: str) -> list[Mention]:
        """Return the entities in an instruction or a page, in order of appearance.

        On an item page the instruction's words that spell an option value are mentions of that value too.
        """
        instruction, shown = split(text)
        if instruction is None:
            return super().mentions(text)
        asked = list(_of_instruction(instruction))
        if not shown:
            return asked
        return sorted({*super().mentions(text), *_settle(asked, list(groups(shown)), instruction)}, key=order)


class Span(NamedTuple):
    """A piece of the instruction: what it is and where it stands."""

    kind: str
    text: str
    start: int
    end: int


def request_spans(instruction: str) -> list[Span]:
    """Return the spans of an instruction.

    ``request`` is all that is asked for, without the opening words and the price; ``price`` the bound's number;
    wished options go by their group's name (``color``, ``size`` …) where the wording gives it.
    """
    bound = _BOUND.search(instruction)
    stop = bound.start() if bound else len(instruction)
    lead = _LEAD.match(instruction)
    start = lead.end() if lead else 0
    while start < stop and instruction[start] in " ,":
        start += 1
    body = instruction[start:stop].rstrip(" .,")
    spans = [Span("request", body, start, start + len(body))] if body else []
    spans += _wishes(instruction, stop)
    if bound:
        spans.append(Span("price", bound[1], *bound.span(1)))
    return sorted(spans, key=lambda span: (span.start, -span.end))


def _wishes(instruction: str, stop: int) -> list[Span]:
    text = instruction[:stop]
    named = [Span(match[1], match[2], *match.span(2)) for match in _WISH.finditer(text)]
    if named or text.startswith(_EXPLICIT):
        return named
    spans = [Span("size", match[1], *match.span(1)) for match in _SIZE.finditer(text)]
    for match in _COLOUR.finditer(text):
        group = 1 if match[1] else 2
        spans.append(Span("color", match[group], *match.span(group)))
    return spans


def _of_instruction(instruction: Field) -> Iterator[Mention]:
    for span in request_spans(instruction.text):
        kind = span.kind if span.kind in ("request", "price") else "option"
        yield Mention(span.text, kind, instruction.start + span.start, instruction.start + span.end)


def _settle(found: list[Mention], offered: list[Group], instruction: Field) -> list[Mention]:
    """Return the instruction's mentions with its wishes spelled as the page offers them.

    A wish whose wording names its group and that the group offers is sure; of other groups the instruction wishes
    the values whose words it spells.
    """
    named = {(span.kind, span.text) for span in request_spans(instruction.text)}
    asked = {group for group, _ in named}
    sure = {group.name for group in offered if any((group.name, value.name) in named for value in group.values)}
    every = instruction.text.startswith(_EXPLICIT)  # such wording names the group of everything that is wished
    unsure = [group for group in offered if group.name not in sure and not (every and group.name in asked)]
    spelled = list(_spelled([value for group in unsure for value in group.values], instruction))
    kept = [m for m in found if m.type != "option" or not any(_hides(value, m) for value in spelled)]
    return kept + spelled


def _spelled(values: list[Mention], instruction: Field) -> Iterator[Mention]:
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
