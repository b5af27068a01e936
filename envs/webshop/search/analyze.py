"""From text to index terms: Anserini's default English analysis (``docs/spec/webshop.md §8``)."""

from functools import lru_cache

from envs.webshop.search.stem import stem
from envs.webshop.search.tokenize import tokenize

_STOP_WORDS = """
a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to
was will with
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
"""Lucene's 33 English stop words."""


def analyze(text: str) -> list[str]:
    """Return the terms of a document or a query, in order, repeats kept."""
    return [term for token in tokenize(text) if (term := term_of(token)) is not None]


@lru_cache(maxsize=1 << 20)
def term_of(token: str) -> str | None:
    """Return the index term of one token: possessive dropped, lower case, stemmed; None for a stop word."""
    if token[-1] in "sS" and token[-2:-1] in ("'", "\u2019", "\uff07"):
        token = token[:-2]
    token = token.lower()
    return None if token in STOP_WORDS else stem(token)
