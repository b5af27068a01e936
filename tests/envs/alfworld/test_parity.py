"""The differential test: both engines in lock-step, and proof that it would notice a difference."""

import pytest

from envs.alfworld import bench, engine
from envs.alfworld.engine import commands, compiled, parity
from macla.errors import InfrastructureError, UserError

pytestmark = pytest.mark.slow

SEED, STEPS = 44, 18  # a seed with which every one of these walks comes through a win


@pytest.mark.parametrize(
    ("task_type", "grammar"),
    [
        ("pick_and_place_simple", "0.4.2"),
        ("pick_clean_then_place_in_recep", "2.1.1"),
        ("pick_heat_then_place_in_recep", "0.4.2"),
        ("pick_cool_then_place_in_recep", "2.1.1"),
        ("pick_two_obj_and_place", "0.4.2"),
        ("look_at_obj_in_light", "2.1.1"),
    ],
)
def test_the_engines_agree_on_the_tiny_game_through_a_win_and_beyond(tiny_game, task_type, grammar):
    report = parity.walk(tiny_game(task_type, grammar), seed=SEED, steps=STEPS)
    assert report.differences == ()
    assert report.steps == STEPS
    assert report.won


@pytest.mark.parametrize("grammar", ["0.4.2", "2.1.1"])
def test_the_engines_agree_on_official_games(official_games, grammar):
    seen = []
    totals = parity.check(official_games(grammar)[-1:], seed=2, steps=6, progress=seen.append)
    assert (totals.games, totals.steps, totals.mismatches) == (1, 6, 0)
    assert [report.steps for report in seen] == [6]


def test_a_wrong_text_is_found_and_named(tiny_game, monkeypatch):
    monkeypatch.setattr(compiled, "listing", lambda names: " and ".join(names))
    totals = parity.check([tiny_game()], seed=0, steps=1)
    assert totals.mismatches >= 1
    assert "pick_and_place_simple/trial: reset: feedback is" in totals.first_differences[0]


def test_a_missing_command_is_found_and_fails_the_quick_check(tiny_game, monkeypatch):
    monkeypatch.setattr(commands.CommandTable, "_either_way", lambda self, situation: iter(()))
    with pytest.raises(InfrastructureError, match="admissible is"):
        parity.quick([tiny_game()])


def test_the_benchmark_measures_both_engines_in_one_run(tiny_game):
    result = bench.engines([tiny_game()], steps=4, seed=0)
    assert (result["games"], result["steps"], result["mismatches"]) == (1, 4, 0)
    assert result["steps_ratio"] == pytest.approx(
        result["steps_per_s"]["compiled"] / result["steps_per_s"]["textworld"]
    )
    assert result["steps_ratio"] > 100
    assert result["load_ratio"] > 30
    with pytest.raises(UserError):
        bench.engines([], steps=4, seed=0)


def test_a_game_the_real_engine_cannot_load_is_an_infrastructure_error(tiny_game, tmp_path):
    broken = tmp_path / "game.tw-pddl"
    broken.write_text(tiny_game().read_text().replace("(:init", "(:nonsense"))
    with pytest.raises(InfrastructureError, match="textworld cannot load"):
        engine.load(broken, "textworld")
