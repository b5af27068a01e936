"""How replies begin that think aloud without the marks of a chat template: a tag of any name, a phrase, a heading."""

import re

_TAG = re.compile(r"\s*<(?P<name>[A-Za-z][\w:.-]{0,60})(?:\s[^<>{}]{0,200})?>")
_ANSWER = re.compile(
    r"answer|output|respon|repl(?:y|ies)|result|final|json|tool|function|call|action|command|object|solution|message"
    r"|content|text|data|format|choice|sql|query|assistant|model|turn|no_?think"
    r"|\A(?:[a-z]|h[1-6]|br|hr|em|strong|pre|code|div|span|html|body|main|table|ul|ol|li|bos|eos|pad|unk)\Z",
    re.IGNORECASE,
)
"""In names of tags around answers, and tags that say nothing: those of a page, those of a vocabulary."""
_PHRASE = re.compile(r"\s*here(?: is|'s|’s) my (?:thought process|thoughts|thinking|reasoning)\b", re.IGNORECASE)
_AFTER_PHRASE = re.compile(r"here(?: is|'s|’s) my (?:final )?(?:response|answer|reply)\b", re.IGNORECASE)
"""Granite's: ``Here is my thought process: … Here is my response: …``."""
_STRIPPED = re.compile(r"\s*(?:assistant\s*)?analysis(?=[A-Z]|\s+\w)")
"""Channels that lost their marks: ``analysisWe need … assistantfinal{…}``."""
_AFTER_STRIPPED = re.compile(r"assistant\s*(?:final|commentary\s+to=)")
_HEADING = re.compile(
    r"\s*(?:#{1,6}[ \t*_]*|[*_]{2}[ \t]*)(?:my |internal |step[- ]by[- ]step )?"
    r"(?:think|thought|reason|analy[sz]|chain of thought|scratch|monologue|deliberat|reflect|brainstorm|plann|draft)",
    re.IGNORECASE,
)
_ANSWER_HEADING = re.compile(
    r"^[ \t]*(?:#{1,6}|[*_]{2})[^\n{]{0,40}?(?:answer|respon|output|result|final|action|json|reply|decision|command)",
    re.IGNORECASE | re.MULTILINE,
)


def answer_begins(text: str) -> int | None:
    """Return from where on a reply holds more than the thoughts that it begins with; None where these do not end."""
    for begins, goes_on in ((_PHRASE, _AFTER_PHRASE), (_STRIPPED, _AFTER_STRIPPED)):
        if begins.match(text):
            end = goes_on.search(text)
            return end.end() if end else None
    tag = _TAG.match(text)
    if tag is None or _ANSWER.search(tag["name"]):
        return 0
    closed = re.compile(rf"</\s*{re.escape(tag['name'])}\s*>", re.IGNORECASE).search(text, tag.end())
    return 0 if closed else None


def thinks_aloud(text: str) -> bool:
    """Whether a reply stands under a heading of thoughts, and under no other: only what ends it can be an answer."""
    heading = _HEADING.match(text)
    return heading is not None and _ANSWER_HEADING.search(text, heading.end()) is None
