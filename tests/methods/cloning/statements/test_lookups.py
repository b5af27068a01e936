"""What a demonstrator knew without looking is looked up in the demonstrations of others."""

from dataclasses import replace

import pytest
from helpers.rooms import READER, believed, demonstration, traced

from macla.benchmarks.lexicon import Command
from macla.methods.cloning.statements.lookups import Lookups

TASK = "Fetch every cup of the kitchen."


def lookups(*episodes):
    return Lookups(READER, [traced(demonstration(TASK, *steps)) for steps in episodes])


def test_what_a_command_shows_is_taken_from_a_demonstration_that_gave_it():
    belief = believed(TASK, ("list", "There is room kitchen."))
    lookups([("list", "There is room kitchen."), ("look kitchen", "It has cup. It has plate.")]).show(
        belief, ["kitchen"]
    )
    assert belief.of_type("thing") == ["kitchen.cup", "kitchen.plate"]
    assert belief.things.revealers["kitchen.cup"] == {"kitchen"}


def test_what_is_wanted_but_unknown_is_shown_by_the_command_that_showed_it():
    belief = believed(TASK)
    lookups([("look kitchen", "It has cup."), ("look cellar", "It has wine.")]).show(belief, ["kitchen.cup"])
    assert belief.of_type("thing") == ["kitchen.cup"]
    assert belief.things.used == [Command("look {}", ("kitchen",))]


def test_what_is_seen_on_the_way_is_looked_at_too():
    belief = believed(TASK)
    others = lookups([("list", "There is room kitchen. There is room cellar."), ("look cellar", "It has wine.")])
    others.show(belief, ["kitchen"])
    assert belief.of_type("room") == ["kitchen", "cellar"]
    assert belief.of_type("thing") == ["cellar.wine"]


def test_the_demonstration_that_has_most_in_common_is_believed():
    ours = [("list", "There is room kitchen. There is room attic."), ("look kitchen", "It has cup.")]
    theirs = [("list", "There is room kitchen. There is room cellar."), ("look kitchen", "It has wine.")]
    for common, thing in (("attic", "kitchen.cup"), ("cellar", "kitchen.wine")):
        belief = believed(TASK, ("list", f"There is room kitchen. There is room {common}."))
        lookups(ours, theirs).show(belief, ["kitchen"])
        assert belief.of_type("thing") == [thing]


def test_what_was_given_already_is_not_given_again():
    belief = believed(TASK, ("list", "There is room kitchen."), ("look kitchen", "It has plate."))
    before = list(belief.things.used)
    lookups([("look kitchen", "It has cup.")]).show(belief, ["kitchen", "kitchen.cup"])
    assert belief.things.used == before
    assert "kitchen.cup" not in belief.types


@pytest.mark.parametrize(("accepted", "parts", "shows"), [(True, 0, True), (False, 0, False), (True, 2, False)])
def test_what_was_refused_or_put_together_is_no_look_whatever_it_shows(accepted, parts, shows):
    trace = traced(demonstration(TASK, ("look kitchen", "It has cup.")))
    (step,) = trace.steps
    notes = replace(step.notes, parts=(step.command,) * parts)
    changed = replace(trace, steps=(replace(step, accepted=accepted, notes=notes),))
    belief = believed(TASK, ("list", "There is room kitchen."))
    Lookups(READER, [changed]).show(belief, ["kitchen"])
    assert ("kitchen.cup" in belief.types) is shows


def test_only_commands_on_at_most_one_thing_that_show_something_are_looks():
    steps = [
        ("look cellar", "It is empty."),
        ("take kitchen.cup of kitchen", "It has spoon."),
        ("done", "Good."),
    ]
    belief = believed(TASK, ("list", "There is room kitchen. There is room attic. There is room cellar."))
    before = dict(belief.types)
    lookups(steps).show(belief, [*belief.types, "spoon"])
    assert belief.types == before
    assert [command.verb for command in belief.things.used] == ["list"]


def test_nothing_is_shown_of_what_nobody_looked_at():
    belief = believed(TASK, ("list", "There is room kitchen."))
    before = dict(belief.types)
    lookups([("done", "Good.")]).show(belief, ["kitchen", "garden.rose"])
    assert belief.types == before
