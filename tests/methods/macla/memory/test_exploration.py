"""Where things turn up: the odds that rank what to probe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.methods.macla.memory.exploration import Exploration

PROBES = st.lists(
    st.tuples(
        st.sampled_from(["go to {}", "open {}"]),
        st.sampled_from(["shelf", "crate", "kiln"]),
        st.frozensets(st.sampled_from(["vase", "cup", "jar"])),
    ),
    max_size=30,
)


def counted(probes):
    made = Exploration()
    for probe in probes:
        made.observe(*probe)
    return made


@given(PROBES, st.sampled_from(["shelf", "crate", "kiln", "moon"]), st.sampled_from(["vase", "cup", "star"]))
def test_probabilities_are_probabilities_and_more_ways_of_looking_never_hurt(probes, kind, target):
    exploration = counted(probes)
    one = exploration.probability(("go to {}",), kind, target)
    two = exploration.probability(("go to {}", "open {}"), kind, target)
    assert 0 <= one <= two <= 1


@given(PROBES)
def test_counts_add_up_in_any_order(probes):
    together = counted(probes)
    halves = counted(probes[: len(probes) // 2])
    rest = counted(probes[len(probes) // 2 :])
    for (verb, kind), times in rest.probes.items():
        halves.fold(verb, kind, times, rest.revealed[verb, kind])
    for made in (halves, counted(probes[::-1])):
        assert made.probes == together.probes
        assert {k: v for k, v in made.revealed.items() if v} == {k: v for k, v in together.revealed.items() if v}


def test_the_rate_approaches_what_was_seen_and_starts_at_the_overall_rate():
    few = counted([("go to {}", "crate", frozenset({"vase"}))] + [("go to {}", "shelf", frozenset())] * 3)
    smoothing = few.smoothing
    overall = few.overall("go to {}", "vase")
    assert overall == 0.25
    assert few.probability(("go to {}",), "moon", "vase") == pytest.approx(overall)
    assert few.probability(("go to {}",), "crate", "vase") == pytest.approx((1 + smoothing * 0.25) / (1 + smoothing))
    many = counted([("go to {}", "crate", frozenset({"vase"}))] * 700 + [("go to {}", "crate", frozenset())] * 300)
    assert many.probability(("go to {}",), "crate", "vase") == pytest.approx(0.7, abs=0.01)


def test_the_memory_learns_where_the_toy_world_keeps_its_pieces(learned):
    exploration = learned(n_train=300, jobs=("fire",), crate=0.9).exploration
    for piece in ("vase", "bowl", "cup", "jar"):
        crate, shelf = (exploration.probability(("go to {}",), kind, piece) for kind in ("crate", "shelf"))
        assert crate > shelf > exploration.probability(("go to {}",), "kiln", piece)


def test_without_smoothing_the_rate_is_what_was_seen_and_what_was_counted_since_is_not_forgotten():
    exploration = Exploration(smoothing=0)
    exploration.observe("go to {}", "crate", frozenset({"vase"}))
    assert exploration.overall("go to {}", "vase") == exploration.probability(("go to {}",), "crate", "vase") == 1
    exploration.fold("go to {}", "crate", 3, {})
    assert exploration.overall("go to {}", "vase") == exploration.probability(("go to {}",), "crate", "vase") == 0.25


def test_what_no_probe_ever_revealed_is_known_as_such():
    exploration = counted([("go to {}", "crate", frozenset({"vase"})), ("open {}", "shelf", frozenset())])
    assert exploration.ever_revealed("vase")
    assert not exploration.ever_revealed("moon")
    assert not Exploration().ever_revealed("vase")
