"""The choices behind commands: the chosen one against its rivals, in the order in which arguments are filled."""

import pytest
from helpers import rooms
from helpers.pairs import READER, SETTINGS, believed

from macla.benchmarks.lexicon import Command
from macla.benchmarks.trajectory import Outcome, Step
from macla.methods.cloning.choices import Choice, choices, choices_of, filling_order
from macla.methods.episode import Episode

ARGUMENTS = SETTINGS.arguments
FIRST = "You see red:box and blue:box."
OPENED = [("open red", "In it is r1:ball."), ("open blue", "In it is b1:ball and b2:ball.")]


def made(belief, verb, *arguments, task="t"):
    return list(choices(belief, task, Command(verb, arguments), ARGUMENTS))


def test_the_chosen_one_comes_first_then_all_others_of_its_kind():
    (choice,) = made(believed("Fetch it.", FIRST), "open {}", "blue")
    assert (choice.verb, choice.position, choice.kind) == ("open {}", 0, "box")
    chosen, other = choice.rows
    assert "first in sight" not in chosen
    assert other["first in sight"] == 1.0


def test_what_revealed_an_argument_is_filled_before_it_then_from_left_to_right():
    belief = believed("Fetch it.", FIRST, *OPENED)
    assert filling_order(Command("take {} {}", ("b1", "blue")), belief) == [1, 0]
    assert filling_order(Command("take {} {}", ("blue", "b1")), belief) == [0, 1]
    assert filling_order(Command("take {} {}", ("b1", "red")), belief) == [0, 1]
    assert filling_order(Command("lay {} {} {}", ("r1", "b1", "blue")), belief) == [2, 0, 1]


def test_what_is_filled_later_is_seen_beside_what_was_filled_before():
    of_box, of_ball = made(believed("Fetch it.", FIRST, *OPENED), "take {} {}", "b1", "blue")
    assert (of_box.position, of_ball.position) == (1, 0)
    assert all("belongs to an argument" not in row for row in of_box.rows)
    assert ["belongs to argument 1" in row for row in of_ball.rows] == [True, False, True]  # b1, r1, b2


def test_an_argument_never_seen_was_not_chosen_but_is_one_the_others_are_seen_beside():
    (choice,) = made(believed("Fetch it.", FIRST), "put {} {}", "stone", "red")
    assert (choice.position, choice.kind) == (1, "box")
    assert made(believed("Fetch it.", FIRST), "shout") == []
    same = made(believed("Fetch it.", FIRST), "knock {} {}", "red", "red")
    assert [choice.rows[0].get("is argument 0") for choice in same] == [None, 1.0]


def test_a_choice_without_alternative_has_one_row():
    (choice,) = made(believed("Fetch it.", "You see red:box."), "open {}", "red")
    assert len(choice.rows) == 1


def many(n):
    return believed("Fetch it.", " ".join(f"c{number}:box" for number in range(n)))


def test_all_rivals_are_kept_while_they_are_few():
    (choice,) = made(many(ARGUMENTS.rivals + 1), "open {}", "c3")
    assert len(choice.rows) == ARGUMENTS.rivals + 1


def test_of_many_rivals_some_are_drawn_the_same_ones_for_the_same_task():
    first, again = (made(many(60), "open {}", "c3")[0] for _ in range(2))
    other = made(many(60), "open {}", "c3", task="another")[0]
    assert len(first.rows) == len(other.rows) == ARGUMENTS.rivals + 1
    assert first == again
    assert first.rows[0] == other.rows[0]
    assert first.rows != other.rows
    places = [row["later in sight"] for row in first.rows]
    assert len(set(places)) == len(places)  # nobody is drawn twice, nor the chosen one again
    assert max(places) > 15 / 60  # nor are they just the first


def test_later_steps_and_other_positions_draw_rivals_of_their_own():
    first, second = (made(many(60), "put {} {}", "c3", "c4")[position] for position in (0, 1))
    later = many(60)
    later.update("shout", " ".join(f"c{number}:box" for number in range(60)))
    (then, _) = made(later, "put {} {}", "c3", "c4")

    def drawn(choice):
        return [row.get("later in sight", 0.0) for row in choice.rows[1:]]

    assert drawn(first) != drawn(second)
    assert drawn(first) != drawn(then)


def test_statements_put_together_from_parts_have_no_choices():
    belief = rooms.believed("Fetch every cup.", ("list", "There is room kitchen. There is room cellar."))
    assert list(choices(belief, "t", Command("take {} of {}", ("kitchen.cup", "kitchen")), ARGUMENTS)) == []
    assert len(list(choices(belief, "t", Command("look {}", ("kitchen",)), ARGUMENTS))) == 1


@pytest.fixture
def episode():
    steps = [("open red", "No."), ("open blue", "In it is b1:ball and b2:ball."), ("NONSENSE", "What?")]
    steps += [("take b1 blue", "Taken.")]
    return Episode(
        task="t",
        type="",
        split="train",
        instruction="Fetch it.",
        outcome=Outcome.SUCCESS,
        first_observation=FIRST,
        steps=tuple(Step(action=action, observation=feedback) for action, feedback in steps),
    )


def test_an_episodes_choices_are_those_behind_its_accepted_commands(episode):
    found = choices_of(READER, episode, ARGUMENTS)
    assert [(choice.verb, choice.position) for choice in found] == [
        ("open {}", 0),
        ("take {} {}", 1),
        ("take {} {}", 0),
    ]
    assert all(isinstance(choice, Choice) and len(choice.rows) == 2 for choice in found)
