"""Which method, if any, takes tasks over from MACLA."""

import pytest

from macla.errors import UserError
from macla.methods.belief import Belief
from macla.methods.macla.handover import find
from macla.methods.macla.settings import Settings
from macla.methods.reading import Reader


def naming(method):
    """Return settings that name a method which the configuration would not let through."""
    return Settings().model_copy(update={"grounded": method})


def test_a_method_that_takes_tasks_over_is_found_under_its_own_settings():
    settings = Settings.model_validate({"cloning": {"many_goals": 7}})
    assert find(settings).settings == settings.cloning
    assert find(settings).settings.many_goals == 7


def test_none_takes_no_task_over():
    assert find(Settings(grounded="none")) is None


@pytest.mark.parametrize("method", ["nearest", "macla"])
def test_a_method_that_takes_nothing_over_is_the_users_mistake(method):
    with pytest.raises(UserError, match=rf"memory\.grounded={method}: that method takes no tasks over; type none"):
        find(naming(method))


def test_a_method_that_does_not_exist_is_the_users_mistake():
    with pytest.raises(UserError, match="moonshine"):
        find(naming("moonshine"))


def test_what_names_things_is_taken_over_and_what_names_kinds_is_not(toy):
    taker, reader = find(Settings()), Reader(toy().lexicon)
    kinds, things = Belief(reader, "fire a vase in kiln."), Belief(reader, "fire vase 1 in kiln 1.")
    for belief in (kinds, things):
        belief.start("You see a kiln 1.")
    assert (taker.takes(kinds), taker.takes(things)) == (False, True)
