"""The workshop's fixed rules, and what it lists as admissible."""

from itertools import product
from random import Random

import pytest
from helpers.acting import actions
from helpers.rules import assert_text_is_all_they_see, played_by_rules

from envs.toy import rules
from envs.toy.benchmark import Toy
from envs.toy.env import ToyEnv
from envs.toy.lexicon import REJECTION, VERBS, ToyLexicon
from envs.toy.world import DECISIVE, JOBS, STATIONS, Chances, Room

WORKS = {verb.split()[0] for verb in DECISIVE}


def room(job, **state):
    state = {"damp": False, "pours": 0, **state}
    return Room(job, "vase 1", {"shelf 1": (), "crate 1": ("cup 1", "vase 1")}, "red", **state)


@pytest.mark.parametrize(
    ("asked", "then"),
    [
        (room("fire"), ["go to kiln 1", "fire vase 1 in kiln 1"]),
        (room("mend"), ["go to bench 1", "glue vase 1 at bench 1"]),  # the worse of two ways: the help lists it first
        (room("glaze"), ["go to vat 1", "glaze vase 1 at vat 1"]),
        (room("glaze", damp=True), ["wipe vase 1", "go to vat 1", "glaze vase 1 at vat 1"]),
        (room("fill", pours=2),
         [*["go to well 1", "fill vase 1 at well 1"] * 2, "go to table 1", "put vase 1 on table 1"]),
    ],
    ids=["fire", "mend", "glaze", "damp", "fill"],
)  # fmt: skip
def test_what_is_done(asked, then, monkeypatch):
    benchmark = Toy(Toy.Options(n_train=1))
    monkeypatch.setattr(benchmark, "make", lambda task, seed: ToyEnv(asked, Chances(fire=1, glue=1), 20, 0))
    session = played_by_rules(benchmark, benchmark.tasks("train")[0])
    assert actions(session) == ["go to shelf 1", "go to crate 1", "take vase 1 from crate 1", *then]
    assert session.success


def test_text_is_all_they_see():
    benchmark = Toy(Toy.Options(n_unseen=12))
    sessions = [played_by_rules(benchmark, task) for task in benchmark.tasks("unseen")]
    assert_text_is_all_they_see(rules.script, ToyLexicon(), sessions)


@pytest.mark.parametrize("job", list(JOBS))
def test_what_is_listed_is_accepted_and_nothing_else_is(job):
    """At every step of a random walk, of all commands that can be worded, those listed are the ones not refused."""
    rng, asked = Random(3), room(job, damp=job == "glaze", pours=2)
    names = ["shelf 1", "crate 1", *STATIONS, "vase 1", "cup 1"]
    slots = {verb: product(names, repeat=verb.count("{}")) for verb in VERBS}
    worded = [verb.format(*chosen) for verb, choices in slots.items() for chosen in choices]
    env, another = ToyEnv(asked, Chances(), 10**6, 0), ToyEnv(asked, Chances(), 10**6, 0)
    walk: list[str] = []
    env.reset()
    for _ in range(12):
        listed = env.admissible()
        assert set(listed) <= set(worded)
        assert {env.step(command)[0] for command in set(worded) - set(listed)} == {REJECTION}  # which changes nothing
        for command in listed:
            another.reset()
            assert REJECTION not in [another.step(taken)[0] for taken in (*walk, command)]
        walk.append(rng.choice([command for command in listed if command.split()[0] not in WORKS]))
        env.step(walk[-1])
    assert len(set(walk)) > 5
