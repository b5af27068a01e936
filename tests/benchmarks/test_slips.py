"""Wrong steps: how many, always the same ones, and what is done in them."""

import re

import pytest

from envs.toy.lexicon import HELP, ToyLexicon
from macla.benchmarks.slips import Slips

SEEN = ["You see a crate 1 and a kiln 1.", "In it you see a vase 1."]


def drawn(share: float, seed: int, steps: int = 1000) -> list[str | None]:
    slips = Slips(share, seed, HELP, ToyLexicon())
    commands = [slips.command("train-0000-fire", step, SEEN) for step in range(steps)]
    assert slips.made == sum(command is not None for command in commands)
    return commands


def test_the_share_of_the_steps_is_wrong_and_none_without_a_share():
    assert sum(command is not None for command in drawn(0.3, 0)) == pytest.approx(300, abs=45)
    assert not any(drawn(0.0, 0, 50))


def test_the_same_seed_task_and_step_slip_alike():
    assert drawn(0.3, 5, 60) == drawn(0.3, 5, 60) != drawn(0.3, 6, 60)
    slips = Slips(0.5, 0, HELP, ToyLexicon())
    assert [slips.command("a", n, SEEN) for n in range(60)] != [slips.command("b", n, SEEN) for n in range(60)]


def test_wrong_commands_are_of_the_grammar_and_touch_what_was_seen():
    wrong = [command for command in drawn(0.9, 1, 300) if command is not None]
    assert all(ToyLexicon().parse(command) is not None for command in wrong)
    assert {name for command in wrong for name in re.findall(r"[a-z]+ \d", command)} == {"crate 1", "kiln 1", "vase 1"}
    assert {command.split()[0] for command in wrong} == {line.split()[0] for line in HELP.splitlines()}


def test_where_possible_commands_are_known_one_of_them_is_drawn():
    slips = Slips(0.99, 0, HELP, ToyLexicon())
    assert {slips.command("a", step, SEEN, ["look", "dance"]) for step in range(40)} - {None} == {"look", "dance"}
