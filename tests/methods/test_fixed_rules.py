"""Fixed rules: what the benchmark's script says is done, and nothing but text reaches it."""

from dataclasses import replace
from functools import partial

import pytest
from helpers.acting import actions, played_by

from envs.toy.benchmark import Toy
from macla import plugins
from macla.benchmarks.supplied import Listing, Ruled, supplied
from macla.config import compose
from macla.encoder import Hashing
from macla.errors import UserError
from macla.methods.fixed_rules import FixedRules, FixedRulesSettings, Follower
from macla.methods.reading import Reader
from macla.models.embedded import Embedded
from macla.runs.assemble import make_benchmark, make_tools

METHOD = FixedRules(FixedRulesSettings())


@pytest.fixture
def room(toy):
    """Return one task's environment, its reader and the horizon."""
    benchmark = toy(n_train=1, jobs=["fire"], fire=1.0, horizon=6)
    (task,) = benchmark.tasks("train")
    return benchmark.make(task, seed=0), Reader(benchmark.lexicon), benchmark.horizon


def test_the_script_sees_instruction_and_observations_and_its_words_are_done(room):
    seen = []

    def script(task, observation):
        seen.extend((task, observation))
        seen.append((yield "go to kiln 1"))
        seen.append((yield "eat kiln 1"))
        yield "look"

    session = played_by(Follower(script), *room)
    assert actions(session) == ["go to kiln 1", "eat kiln 1", "look", "", "", ""]  # it has ended: steps are lost
    assert seen == [session.task, session.first_observation, *(step.observation for step in session.steps[:2])]
    assert [(one.kind, one.chosen, one.success) for one in session.decisions] == [
        ("rule", "rules", True),
        ("rule", "rules", False),
        ("rule", "rules", True),
        *[("rule", "no rule", False)] * 3,
    ]
    assert session.rejected == 1


def test_two_episodes_share_nothing(toy, tools):
    benchmark = toy(n_train=4, jobs=["glaze"])
    lent = tools(benchmark)
    learned = METHOD.build((), replace(lent, rules=benchmark.rules))
    first, second = learned.actor(), learned.actor()
    tasks = benchmark.tasks("train")
    for task, actor in zip(tasks, (first, second, first, second), strict=True):
        assert played_by(actor, benchmark.make(task, seed=0), lent.reader, benchmark.horizon).success
    assert learned.describe() == ["no memory"]


def test_no_model_is_asked(room):
    class Mute(Embedded):
        def ask(self, requests):
            raise AssertionError("asked")

    env, reader, horizon = room
    benchmark = Toy(Toy.Options())
    lent = make_tools(compose(["env=toy", "memory=fixed_rules"]), benchmark, Hashing(), Mute())
    assert played_by(METHOD.build((), lent).actor(), env, reader, horizon).success


@pytest.mark.parametrize("method", plugins.names(plugins.METHODS))
def test_what_a_benchmark_supplies_is_lent_to_the_method_that_asks_for_it_alone(method):
    config = compose(["env=toy", f"memory={method}"])
    lent = make_tools(config, make_benchmark(config), Hashing(), Embedded())
    assert (lent.rules is not None) == (method == "fixed_rules")
    assert (lent.admissible is not None) == (method == "random_admissible")


@pytest.mark.parametrize(
    ("what", "memory"), [("rules", "fixed_rules"), ("admissible", "random_admissible")], ids=["rules", "admissible"]
)
def test_a_benchmark_that_supplies_none_is_refused_in_a_line_that_names_those_that_do(what, memory):
    class Bare:
        name = "bare"

    with pytest.raises(
        UserError, match=rf"memory={memory}: bare supplies no {what}.*; these do: alfworld, .*toy"
    ) as told:
        supplied(Bare(), what, memory)
    assert "\n" not in str(told.value)


def test_ours_supply_what_they_can():
    load = partial(plugins.load, plugins.BENCHMARKS, what="benchmark")
    ruled = {name for name in plugins.names(plugins.BENCHMARKS) if issubclass(load(name), Ruled)}
    listing = {name for name in plugins.names(plugins.BENCHMARKS) if issubclass(load(name), Listing)}
    assert ruled >= {"alfworld", "intercode_sql", "toy", "travelplanner", "webshop"}
    assert listing & ruled == {"alfworld", "toy", "webshop"}
