"""What an instruction says, read by its wording alone."""

import re
from typing import NamedTuple

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
_SIZE = re.compile(
    r"\bsized? (?:is |of |: ?)?"
    r"((?:\d[\w./-]*|[smlx]|x*-?(?:small|large)|medium)"
    r"(?: (?:wide|narrow|count|pack|ounces?|oz|fl oz|pounds?|lbs?|inch(?:es)?|feet|foot|ft)\b)?)(?![\w-])"
)
_COLOUR = re.compile(
    r"\b(?!(?:in|the|and|an?|with|of|any|choose|is|have|this|that)\b)([\w-]+?)[ -]colou?r(?:ed)?\b"
    r"|\bcolou?r(?: is| of|:)? ([\w-]+)"
)


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
    if named or text.startswith("Find me "):
        return named
    spans = [Span("size", match[1], *match.span(1)) for match in _SIZE.finditer(text)]
    for match in _COLOUR.finditer(text):
        group = 1 if match[1] else 2
        spans.append(Span("color", match[group], *match.span(group)))
    return spans
