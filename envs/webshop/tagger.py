"""Nouns of a title, for the type part of the reward: spaCy where a model is installed, rules otherwise.

See ``docs/spec/webshop.md §10``.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from macla.errors import UserError

RULES = "rules"
"""Name of the tagger that needs no model."""
MODELS = ("en_core_web_lg", "en_core_web_sm")
"""spaCy models the official code has used, the one of the evaluation harnesses first."""

Tagger = Callable[[str], tuple[str, ...]]
"""Text → its nouns and proper nouns in order, lower case."""

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,]\d+)*|\S", re.UNICODE)

_CLOSED_CLASS_WORDS = """
a an the this that these those each every either neither some any all both half few many much more most other another
such no none own same several enough less least i you he she it we they me him her us them my your his its our their
mine yours hers ours theirs myself yourself himself herself itself ourselves themselves who whom whose which what and
or but nor so yet if unless while although though because since until when whenever where wherever whether as than of
in on at by for with about against between into through during before after above below to from up down out off over
under again further near without within along across behind beyond plus except per via upon toward towards around
among inside outside onto am is are was were be been being have has had having do does did doing will would shall
should may might must can could cannot not only just very too also here there then now how why one two three four five
six seven eight nine ten dozen first second third 's ’s n't
"""
_CLOSED_CLASS = frozenset(_CLOSED_CLASS_WORDS.split())


def choose(name: str) -> tuple[str, Tagger]:
    """Return the name and the tagger that ``name`` means: ``auto`` (a model if installed), ``rules`` or a model."""
    if name == "auto":
        name = next((model for model in MODELS if find_spec(model)), RULES)
    if name == RULES:
        return name, nouns_by_rule
    if name not in MODELS:
        raise UserError(f"unknown tagger {name!r}: env.tagger is auto, rules, {' or '.join(MODELS)}")
    if find_spec(name) is None:
        raise UserError(f"spaCy model {name} is not installed: python -m spacy download {name}, or env.tagger=rules")
    return name, _spacy_tagger(name)


@lru_cache(maxsize=1 << 16)
def nouns_by_rule(text: str) -> tuple[str, ...]:
    """Every token but numbers, punctuation, single letters, closed-class words and adverbs in -ly."""
    tokens = (token.lower() for token in _TOKEN.findall(text))
    return tuple(
        token
        for token in tokens
        if len(token) > 1 and token[0].isalpha() and token not in _CLOSED_CLASS and not token.endswith("ly")
    )


def _spacy_tagger(model: str) -> Tagger:
    import spacy

    pipeline: Any = spacy.load(model)

    @lru_cache(maxsize=1 << 16)
    def nouns(text: str) -> tuple[str, ...]:
        return tuple(token.text.lower() for token in pipeline(text) if token.pos_ in ("NOUN", "PROPN"))

    return nouns
