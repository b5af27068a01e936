"""The world keeps its promises: stated probabilities are the real ones, and rooms can be solved."""

from collections import Counter

import pytest
from scipy.stats import binomtest

from envs.toy.experts import commands, play
from envs.toy.world import JOBS
from macla.seeding import python_rng


def _outcomes(benchmark, verb_of=None):
    for task in benchmark.tasks("train"):
        actions = commands(task.payload, python_rng(1, task.id), careful=True)
        if verb_of is None or actions[-1].startswith(verb_of):
            yield play(benchmark.make(task, seed=0), task.id, python_rng(2, task.id).getrandbits(60), actions)


@pytest.mark.parametrize(
    ("job", "way", "option"), [("fire", "fire", "fire"), ("mend", "glue", "glue"), ("mend", "rivet", "rivet")]
)
@pytest.mark.parametrize("rate", [0.2, 0.6, 0.9])
def test_a_way_succeeds_at_its_stated_rate(toy, job, way, option, rate):
    results = [t.success for t in _outcomes(toy(jobs=[job], n_train=600, **{option: rate}), way)]
    assert binomtest(sum(results), len(results), rate).pvalue > 1e-3


@pytest.mark.parametrize("job", ["glaze", "fill"])
def test_minding_what_is_said_always_succeeds(toy, job):
    assert all(trajectory.success for trajectory in _outcomes(toy(jobs=[job], n_train=100)))


def test_damp_pieces_and_crates_come_at_their_stated_rates(toy):
    rooms = [task.payload for task in toy(jobs=["glaze"], n_train=800, damp=0.3, crate=0.8).tasks("train")]
    assert binomtest(sum(room.damp for room in rooms), 800, 0.3).pvalue > 1e-3
    assert binomtest(sum(room.home.startswith("crate") for room in rooms), 800, 0.8).pvalue > 1e-3


def test_the_colour_decides_nothing(toy):
    counts = Counter()
    for trajectory in _outcomes(toy(jobs=["fire"], n_train=800)):
        counts["red" if "is red." in str(trajectory.steps) else "blue", trajectory.success] += 1
    rates = [counts[colour, True] / (counts[colour, True] + counts[colour, False]) for colour in ("red", "blue")]
    assert abs(rates[0] - rates[1]) < 0.12


def test_pours_are_zero_to_three(toy):
    pours = Counter(task.payload.pours for task in toy(jobs=["fill"], n_train=200).tasks("train"))
    assert sorted(pours) == [0, 1, 2, 3]
    assert min(pours.values()) > 25


def test_every_room_has_exactly_one_piece_of_the_kind_asked_for(toy):
    benchmark = toy()
    for split in benchmark.splits():
        for task in benchmark.tasks(split):
            everything = [piece for pieces in task.payload.holders.values() for piece in pieces]
            assert [piece for piece in everything if piece.startswith(task.payload.kind)] == [task.payload.piece]
            assert set(task.payload.instruction.split()) >= {task.payload.kind}
            assert task.payload.job in JOBS
