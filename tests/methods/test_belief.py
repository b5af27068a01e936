"""What is believed follows from what was said and done, and from nothing else."""

import pytest
from helpers.market import CLOSED, MarketLexicon

from envs.toy.lexicon import REJECTION, ToyLexicon
from macla.methods.belief import UNTOUCHED, Belief, done
from macla.methods.reading import Reader

LEXICON = ToyLexicon()


@pytest.fixture
def belief():
    made = Belief(Reader(LEXICON))
    made.start("You see a shelf 1, a crate 1, and a kiln 1. The kiln 1 is hot. It is late.")
    return made


@pytest.mark.parametrize(
    ("verb", "position", "fact"),
    [
        ("take {} from {}", 0, "did: take it from …"),
        ("take {} from {}", 1, "did: take … from it"),
        ("wipe {}", 0, "did: wipe it"),
    ],
)
def test_done_marks_the_entitys_own_place(verb, position, fact):
    assert done(verb, position) == fact


def test_before_anything_is_done_everything_is_untouched(belief):
    assert belief.about("shelf 1") >= {UNTOUCHED}
    assert belief.last_done("shelf 1") == belief.last_done(None) == belief.last_done("moon 9") == UNTOUCHED
    assert belief.types == {"shelf 1": "shelf", "crate 1": "crate", "kiln 1": "kiln"}


def test_the_opening_is_a_cue_about_entities_but_no_feedback(belief):
    assert "said: The it is hot." in belief.about("kiln 1")
    assert belief.about(None) == frozenset()


def test_an_accepted_command_is_remembered_of_each_argument(belief):
    assert belief.update("go to shelf 1", "You arrive at the shelf 1. In it you see a vase 1.")
    assert belief.update("take vase 1 from shelf 1", "You take the vase 1 from the shelf 1. The vase 1 is damp.")
    assert belief.last_done("vase 1") == "did: take it from …"
    assert belief.last_done("shelf 1") == "did: take … from it"
    assert belief.about("vase 1") == {
        "did: take it from …",
        "said: You take the it from the ….",
        "said: The it is damp.",
    }
    assert belief.explored["shelf 1"] == {"go to {}", "take {} from {}"}


def test_newer_words_about_an_entity_replace_older_ones(belief):
    belief.update("go to kiln 1", "You arrive at the kiln 1. The kiln 1 is cold.")
    assert "said: The it is hot." not in belief.about("kiln 1")
    assert "said: The it is cold." in belief.about("kiln 1")


def test_words_about_nothing_in_particular_describe_the_situation_until_the_next_ones(belief):
    belief.update("go to shelf 1", "You arrive at the shelf 1. It rains.")
    assert belief.about(None) == {"said: It rains."}
    belief.update("go to crate 1", "You arrive at the crate 1.")
    assert belief.about(None) == frozenset()


def test_what_a_command_reveals_is_held_by_its_last_argument(belief):
    belief.update("go to crate 1", "You arrive at the crate 1. In it you see a vase 1 and a cup 1.")
    assert belief.holder == {"vase 1": "crate 1", "cup 1": "crate 1"}
    belief.update("put cup 1 on kiln 1", "You put the cup 1 on the kiln 1. Behind it you see a jar 1.")
    assert belief.holder["jar 1"] == "kiln 1"


def test_a_rejected_command_changes_no_fact_but_is_remembered_as_refused(belief):
    belief.update("go to shelf 1", "You arrive at the shelf 1. It rains.")
    before = {name: belief.about(name) for name in (*belief.types, None)}
    assert not belief.update("wipe kiln 1", REJECTION)
    assert {name: belief.about(name) for name in (*belief.types, None)} == before
    assert [LEXICON.render(command) for command in belief.refused] == ["wipe kiln 1"]
    assert belief.last_command == LEXICON.parse("go to shelf 1")
    assert not belief.update("dance", REJECTION)
    belief.update("go to crate 1", "You arrive at the crate 1.")
    assert belief.refused == set()


def test_entities_of_a_type_come_in_order_of_appearance(belief):
    belief.update("look", "You see a crate 2, a crate 1, and a crate 0.")
    assert belief.of_type("crate") == ["crate 1", "crate 2", "crate 0"]


# tasks that name the things themselves ----------------------------------------------------------------------


@pytest.fixture
def market():
    made = Belief(Reader(MarketLexicon()), "Buy a red cup for at most 9 coins.")
    made.start("You see stall 1, stall 2, and stall 3.")
    return made


def test_only_a_task_that_names_things_does(belief, market):
    assert market.names_things
    assert market.named == {"red": "colour", "cup": "goods", "9": "limit"}
    assert not belief.names_things


def test_rows_carry_their_cells(market):
    market.update("ask stall 2", "T10, red cup, 12 coins\nT12, red cup, 7 coins")
    assert set(market.things.attributes["T12"]) == {("colour", "red"), ("goods", "cup"), ("price", "7")}
    assert market.things.revealers["T12"] == {"stall 2"}


def test_a_command_that_changes_nothing_is_idle_until_something_changes(market):
    market.update("ask stall 1", CLOSED)
    market.update("ask stall 1", CLOSED)
    assert [command.arguments for command in market.idle] == [("stall 1",)]
    market.update("knock stall 1", "It opens.")
    assert not market.idle
