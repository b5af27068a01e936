"""Words, names and numbers of texts, read the same way everywhere."""

import re
from functools import lru_cache

_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?")
_NUMBER = re.compile(r"\$?(-?\d[\d,]*(?:\.\d+)?)(?: [a-z]+)?")
SHORT = 4
"""Letters below which a final s is no plural's."""


@lru_cache(maxsize=65536)
def read_number(text: str) -> float | None:
    """Return the number that a name is: 1,200.50, $5, or a count of something ("3 days"); None when it is none."""
    match = _NUMBER.fullmatch(text)
    return float(match[1].replace(",", "")) if match else None


@lru_cache(maxsize=65536)
def words(text: str) -> frozenset[str]:
    """Return the words of a text or name in lower case, without a plural's s; parts of joined names count apart."""
    return frozenset(word if len(word) < SHORT else word.removesuffix("s") for word in split(text))


def split(text: str) -> list[str]:
    """Return the words of a text or name in lower case, in order; parts of joined names count apart."""
    return _WORD.findall(re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", text).lower())


def singular(word: str) -> str:
    """Return a word in lower case without the ending of a plural."""
    if len(word) < SHORT or not word.endswith("s") or word.endswith("ss"):
        return word
    if word.endswith("ies"):
        return word.removesuffix("ies") + "y"
    return word.removesuffix("es" if word.endswith(("ches", "shes", "sses", "xes")) else "s")
