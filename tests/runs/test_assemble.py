"""What the harness lends a method."""

import pytest
from helpers.language_model import Scripted

from envs.toy.benchmark import Toy
from envs.toy.lexicon import ToyLexicon
from macla.config import compose
from macla.encoder import Hashing
from macla.models.embedded import Embedded
from macla.runs.assemble import make_tools


class ReadingToy(Toy):
    """The toy benchmark with a reader of instructions."""

    def reading_lexicon(self):
        return ReadingLexicon()


class ReadingLexicon(ToyLexicon):
    """Its lexicon."""


@pytest.mark.parametrize(
    ("benchmark", "model", "lexicon"),
    [
        (ReadingToy, Embedded(), ReadingLexicon),
        (ReadingToy, Scripted(lambda _: None), ToyLexicon),
        (Toy, Embedded(), ToyLexicon),
    ],
)
def test_a_reader_of_instructions_is_lent_to_no_language_model(benchmark, model, lexicon):
    lent = make_tools(compose(["env=toy"]), benchmark(Toy.Options()), Hashing(), model)
    assert type(lent.reader.lexicon) is lexicon
