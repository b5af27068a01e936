"""The answer in a reply: the JSON objects that stand outside of thoughts."""

import json
import re
from typing import Any, NamedTuple

from macla.models.openai.beginnings import answer_begins, thinks_aloud

_WORDS = r"(?:think|thought|reason|reflect|monologue|scratch[_-]?pad|brainstorm|analy[sz]|deliberat|ponder)"
"""What names of marks around thoughts hold, whatever else they hold: ``inner_monologue``, ``begin▁of▁thought``."""
_NAME = rf"(?!no_?think)[\w:.▁-]{{0,40}}?{_WORDS}[\w:.▁-]{{0,40}}"
_REST = r"[^<>{}&＞›▷]{0,200}"
_BAR = r"\s{0,4}[|｜]?\s{0,4}"
_CLOSE = r"(?:[>＞›▷]|&gt;)"
_TAG = (
    rf"(?:[<＜‹◁]|&lt;)(?=[|｜/]*\w|{_REST}{_CLOSE}){_BAR}(?P<end>/?){_BAR}(?P<tag>{_NAME})(?!{_REST}/{_CLOSE})"
    rf"{_REST}{_CLOSE}?"
)
"""With attributes, also as HTML escapes them. One that nothing closes counts, too, unless a blank makes a smaller-than
sign of it."""
_BRACKETS = rf"\[\s{{0,4}}(?P<last>/?)\s{{0,4}}(?P<bracket>{_NAME})\s{{0,4}}\]"
_RAW = rf"<\|channel>\w*|(?P<raw><unused\d+>)(?P<opens>\s{{0,4}}{_WORDS})?|(?P<back><channel\|>)"
"""Channels that are no tags: ``<unused94>thought … <unused95>``, ``<|channel>thought … <channel|>``."""
_CHANNEL = (
    r"<\|channel\|>\s*(?P<channel>\w*)(?P<to>\s+to=[^\s<{]+)?"
    r"(?:[^<{]*(?:<\|constrain\|>[^<{]*)?<\|message\|>)?"
)
_BLOCK = (
    rf"(?P<fence>```[ \t]*\w{{0,20}}{_WORDS})|(?P<comment><!--)"
    rf"|(?P<details><details\b{_REST}>\s*<summary>[^<>]{{0,80}}{_WORDS})"
)
_ENDS = {"fence": "```", "comment": "-->", "details": "</details>"}
"""Blocks of text around thoughts, and how they end."""
_THOUGHT = re.compile(rf"{_TAG}|{_BRACKETS}|{_RAW}", re.IGNORECASE)
_MARK = re.compile(rf"{_BLOCK}|{_THOUGHT.pattern}|{_CHANNEL}|(?P<brace>{{)", re.IGNORECASE)
_CLOSES = re.compile(r"(?:end|stop|close)(?=[_▁:.-])", re.IGNORECASE)
"""How names begin that need no slash to close: ``END_THINKING``, ``end▁of▁thought``."""
_SIDES = re.compile(r"(?:begin|start|end|stop|close)[_▁:.-]+|of[_▁:.-]+", re.IGNORECASE)
_END_OF_CHANNEL = re.compile(r"<\|(?:end|call|return|start|channel)\|>")
_BRACES = re.compile(r'"(?:\\.|[^"\\])*"|[{}]', re.DOTALL)
_NOTHING = re.compile(r"(?:[\s`]|<[^<>]{1,40}>)*\Z")
"""What may follow an answer that ends a reply: the end of a fence, tags, marks of the chat template."""
_DECODER = json.JSONDecoder(strict=False)
"""Lets bare control characters in texts pass, as the grammars of vLLM do."""
_SURROGATE = re.compile("[\ud800-\udfff]")
ENDLESS = "its thoughts do not end"
MOST_OPEN = 20
"""Braces that nothing closes after which a reply counts as none; for every one the rest of it is looked through."""
MOST_UNMATCHED = 1000
"""Opening braces more than closing ones, texts included, from which on a reply is not looked through at all."""


class BadReplyError(ValueError):
    """Why a reply cannot be used, in words for the model."""


class Found(NamedTuple):
    """A JSON object in a reply, and where it ends."""

    value: dict[str, Any]
    end: int


def answers(text: str, *, at_end: bool = False) -> list[dict[str, Any]]:
    """Return the whole JSON objects in a reply, in order, without those in thoughts.

    With ``at_end`` (of a reply that was cut, or of thoughts) only one with which the reply ends. BadReplyError says why
    there is none: thoughts or an object that do not end, JSON that does not parse, nothing that looks like JSON.
    """
    text = whole(text)
    found = _Scan(text).run()
    if at_end or thinks_aloud(text):
        found = [one for one in found[-1:] if _NOTHING.match(text, one.end)]
        if not found:
            raise BadReplyError("it does not end with a JSON object")
    return [one.value for one in found]


def whole(text: str) -> str:
    """Return ``text`` with every half of a surrogate pair replaced: what cannot be written cannot be sent either."""
    return _SURROGATE.sub("\ufffd", text)


def whole_values(value: Any) -> Any:
    """Return a JSON value without halves of surrogate pairs, which JSON can spell as escapes."""
    text = json.dumps(value, ensure_ascii=False)
    return _DECODER.decode(whole(text)) if _SURROGATE.search(text) else value


class _Side(NamedTuple):
    """A mark where thoughts begin or end."""

    name: str
    opens: bool
    alone: bool
    """Whether it ends thoughts also where none began: they may have begun in the prompt."""


def _side(mark: re.Match[str]) -> _Side:
    """Return which side of thoughts a mark is on."""
    if mark["raw"]:
        return _Side("unused", opens=mark["opens"] is not None, alone=False)
    name = mark["tag"] or mark["bracket"]
    if name is None:
        return _Side("channel", opens=mark["back"] is None, alone=True)
    closes = bool(mark["end"] or mark["last"] or _CLOSES.match(name))
    return _Side(_SIDES.sub("", name).casefold(), opens=not closes, alone=True)


class _Scan:
    """One pass over a reply."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[Found] = []
        self.failures: list[str] = []
        self.open = 0
        self.balance = 0, text.count("{") - text.count("}")
        """A place, and how many more braces open than close from there on."""

    def run(self) -> list[Found]:
        position = answer_begins(self.text) if _THOUGHT.match(self.text.lstrip()) is None else 0
        if position is None:
            raise BadReplyError(ENDLESS)
        while (mark := _MARK.search(self.text, position)) is not None:
            position = self._after(mark)
        if self.found:
            return self.found
        raise BadReplyError(self.failures[-1] if self.failures else "there is no JSON object in it")

    def _after(self, mark: re.Match[str]) -> int:
        """Return where to look on after a mark."""
        if mark["brace"]:
            return self._object(mark.start())
        if mark["channel"] is not None:
            return self._channel(mark)
        block = next((name for name in _ENDS if mark[name]), None)
        if block is not None:
            return self._ended(re.compile(_ENDS[block]).search(self.text, mark.end())).end()
        side = _side(mark)
        if side.opens:
            return self._after_thoughts(mark.end(), side.name)
        if side.alone:
            self.found.clear()  # all before was thought
        return mark.end()

    def _channel(self, mark: re.Match[str]) -> int:
        if mark["channel"].lower().startswith("final"):
            self.found.clear()
        elif not mark["to"]:
            end = _END_OF_CHANNEL.search(self.text, mark.end())
            return self._ended(end).start()
        return mark.end()

    def _ended(self, end: re.Match[str] | None) -> re.Match[str]:
        if end is None:
            raise BadReplyError(ENDLESS)
        return end

    def _after_thoughts(self, position: int, name: str) -> int:
        """Return where thoughts end that began before ``position``, those inside them too.

        An end is of the innermost thoughts of its name, or of the innermost where none has it.
        """
        inside = [name]
        for mark in _THOUGHT.finditer(self.text, position):
            side = _side(mark)
            if side.opens:
                inside.append(side.name)
            elif side.name in inside:
                del inside[len(inside) - 1 - inside[::-1].index(side.name) :]
            elif side.alone:
                inside.pop()
            if not inside:
                return mark.end()
        raise BadReplyError(ENDLESS)

    def _object(self, start: int) -> int:
        """Keep the object that begins at ``start``; what is none is skipped with all that it holds."""
        unmatched = self._unmatched(start) > MOST_UNMATCHED
        end = None if unmatched else _closing(self.text, start)
        try:  # in as little text as it can be in: an error counts the lines before it
            value, length = _DECODER.raw_decode(self.text[start:end])
            self.found.append(Found(whole_values(value), start + length))
        except (ValueError, RecursionError) as error:
            self.failures.append(f"its JSON does not parse: {_short(error)}")
            if end is not None:
                return end
            self.open += 1
            if unmatched or self.open > MOST_OPEN or _unfinished(error, len(self.text.rstrip()) - start):
                raise BadReplyError(self.failures[-1]) from None
            return start + 1
        return start + length

    def _unmatched(self, start: int) -> int:
        """Return how many more braces open than close from ``start`` on; starts come in order."""
        seen, balance = self.balance
        balance -= self.text.count("{", seen, start) - self.text.count("}", seen, start)
        self.balance = start, balance
        return balance


def _closing(text: str, start: int) -> int | None:
    """Return where the brace at ``start`` is closed, texts in quotes apart; None where it is not."""
    depth = 0
    for mark in _BRACES.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(mark[0], 0)
        if depth == 0 and mark[0] == "}":
            return mark.end()
    return None


def _unfinished(error: Exception, length: int) -> bool:
    """Whether JSON failed because the text ends inside it, so that objects in it are parts of one that is not whole."""
    if not isinstance(error, json.JSONDecodeError):
        return True
    return error.pos >= length or error.msg.startswith("Unterminated string")


def _short(error: Exception) -> str:
    return error.msg if isinstance(error, json.JSONDecodeError) else (str(error) or type(error).__name__)[:120]
