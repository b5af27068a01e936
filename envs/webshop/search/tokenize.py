"""Word boundaries as Lucene 8's StandardTokenizer draws them (UAX #29, ``docs/spec/webshop.md §8``)."""

import re
from functools import cache
from importlib.resources import files

MAX_TOKEN_LENGTH = 255
"""Lucene cuts longer tokens into pieces of this many characters."""

_ZWJ = "\u200d"
_EMOJI_PRESENTATION = "\ufe0f"
_TEXT_PRESENTATION = "\ufe0e"

_ASCII_RUN = r"(?:[A-Za-z]+(?:[.:'][A-Za-z]+)*|[0-9]+(?:[.,;'][0-9]+)*)"
_ASCII = re.compile(rf"_*{_ASCII_RUN}(?:{_ASCII_RUN}|_)*")


def tokenize(text: str) -> list[str]:
    """Return the tokens of ``text`` in order, unchanged in case (``'usb-c'`` → two, ``'3.5mm'`` → one)."""
    tokens = _ASCII.findall(text) if text.isascii() else _unicode_pattern().findall(text)
    if any(len(token) > MAX_TOKEN_LENGTH for token in tokens):
        return [piece for token in tokens for piece in _pieces(token)]
    return tokens


def _pieces(token: str) -> list[str]:
    return [token[i : i + MAX_TOKEN_LENGTH] for i in range(0, len(token), MAX_TOKEN_LENGTH)]


def _classes() -> dict[str, str]:
    """Return the body of a regular-expression character class for each class of the data file."""
    text = files(__package__).joinpath("unicode9.txt").read_text(encoding="utf-8")
    classes = {}
    for paragraph in text.split("\n\n")[1:]:
        name, ranges = paragraph.split(maxsplit=1)
        classes[name] = "".join(
            "-".join(rf"\U{int(end, 16):08x}" for end in part.split("-")) for part in ranges.split()
        )
    return classes


@cache
def _unicode_pattern() -> re.Pattern[str]:
    """The scanner's rules as one pattern. Alternatives are ordered so that the first match is the longest."""
    c = _classes()
    extend = f"[{c['extend']}]*"
    joiner = f"[{c['join']}]{extend}"
    hebrew = f"[{c['hebrew']}]"
    # A Hebrew letter keeps a following quote, and a double quote when another Hebrew letter comes next.
    letters = (
        f"(?:{hebrew}{extend}(?:\"{extend}(?={hebrew})|'{extend})|{hebrew}{extend}"
        f"|(?:(?!{hebrew})[{c['letter']}])+{extend})+"
    )
    word = f"{letters}(?:[{c['mid_letter']}{c['mid_both']}]{extend}{letters})*"
    digits = f"(?:[{c['digit']}]+{extend})+"
    number = f"{digits}(?:[{c['mid_digit']}{c['mid_both']}]{extend}{digits})*"
    katakana = f"[{c['katakana']}]{extend}"
    group = f"(?:{katakana}(?:(?:{joiner})*{katakana})*|(?:{word}|{number}|(?:{joiner})+(?:{word}|{number}))+)"
    alphanumeric = f"(?:{joiner})*{group}(?:(?:{joiner})+{group})*(?:{joiner})*"
    return re.compile(
        "|".join(
            (
                _emoji(c),
                alphanumeric,
                f"(?:[{c['southeast_asian']}]{extend})+",
                f"[{c['han']}{c['hiragana']}]{extend}",
            )
        )
    )


def _emoji(c: dict[str, str]) -> str:
    """Emoji with their modifiers, joined by ZWJ; key caps; flags (Unicode TR #51, emoji_sequence).

    Left to the word rule: the few emoji that are letters too, and key caps of digits, which are digits first.
    """
    extend = f"(?:(?![{_EMOJI_PRESENTATION}{_TEXT_PRESENTATION}])[{c['extend']}])*"
    modifier = f"[\U0001f3fb-\U0001f3ff]{extend}"
    plain = f"(?![{c['letter']}\U0001f3fb-\U0001f3ff])[{c['emoji']}]{extend}{_EMOJI_PRESENTATION}?"
    element = f"(?:{_ZWJ}*[{c['emoji_base']}]{extend}{modifier}|{_ZWJ}*{plain}|{modifier})"
    keycap = f"[#*]{extend}{_EMOJI_PRESENTATION}?\u20e3{extend}"
    flag = f"(?:[\U0001f1e6-\U0001f1ff][{c['extend']}]*){{2}}"
    return f"{element}(?:(?:(?<={_ZWJ})|{_ZWJ}){element})*|{keycap}|{flag}"
