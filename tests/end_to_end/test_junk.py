"""A language model whose every reply is well-formed junk solves no more than no memory: its answers decide."""

import os
from pathlib import Path
from random import Random

import pytest

from macla.config import compose
from macla.models import create
from macla.models.answer import Answer, Usage
from macla.models.requests import (
    Act,
    Action,
    ChooseJob,
    ChooseKind,
    Ground,
    Grounding,
    Names,
    NameThings,
    ReadRequest,
    Thing,
    Things,
    Write,
    Written,
)
from macla.runs.build import build_memory
from macla.runs.evaluate import evaluate

REAL = pytest.mark.skipif("MACLA_DATA" not in os.environ, reason="MACLA_DATA is not set: no benchmark data")
WORDS = ("zebra", "Tuesday", "kettle", "17", "north")


class Junk:
    """A source that takes itself for a language model and answers whatever the schema allows."""

    name = "junk"
    is_language_model = True

    def __init__(self):
        self.rng, self.asked = Random(0), set()

    def answers(self, requests):
        self.asked |= {type(request) for request in requests}
        return [Answer(reply=self._reply(request), usage=Usage(requests=1)) for request in requests]

    def _reply(self, request):
        choice = self.rng.choice
        if isinstance(request, NameThings):
            return Names(things=tuple(choice(WORDS) for _ in range(2)))
        if isinstance(request, ChooseKind | ChooseJob):
            return Grounding(choice=self.rng.randrange(len(request.candidates)))
        if isinstance(request, ReadRequest):
            return Things(things=tuple(Thing(kind=choice(request.kinds), name=choice(WORDS)) for _ in range(3)))
        if isinstance(request, Ground):
            return Grounding(choice=self.rng.randrange(len(request.candidates)))
        if isinstance(request, Write):
            return Written(action=f"SELECT '{choice(WORDS)}'")
        assert isinstance(request, Act)
        return Action(action=choice(WORDS))

    def identity(self):
        return {"model": self.name, "language_model": "yes"}

    def check(self):
        pass

    def close(self):
        pass


@pytest.mark.parametrize(
    ("benchmark", "asked"),
    [
        pytest.param("alfworld", NameThings, id="alfworld"),
        pytest.param("travelplanner", ReadRequest, id="travelplanner"),
        pytest.param("webshop", ReadRequest, id="webshop"),
        pytest.param("intercode_sql", Write, id="intercode_sql", marks=REAL),
    ],
)
def test_junk_in_place_of_every_reply_solves_nothing(benchmark, asked, tmp_path, monkeypatch):
    config = compose([f"env={benchmark}", "build.limit=40", "build.practice=0", "eval.limit=8", f"runs={tmp_path}"])
    memory = Path(build_memory(config, None)["memory"])
    stand_in = evaluate(config, "unseen", memory, tmp_path / "stand-in")
    junk = Junk()
    monkeypatch.setattr(create, "embedded", lambda settings: junk)
    summary = evaluate(config, "unseen", memory, tmp_path / "junk")
    assert asked in junk.asked
    assert summary["n_success"] == 0 < stand_in["n_success"]
