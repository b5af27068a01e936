"""Random admissible commands: drawn from what the engine lists, which nobody else is told."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.acting import actions, played_by

import macla
from envs.toy.env import ToyEnv
from macla import plugins
from macla.config import compose
from macla.methods.random_admissible import AtRandom, RandomAdmissible, RandomAdmissibleSettings

METHOD = RandomAdmissible(RandomAdmissibleSettings())
ROOT = Path(macla.__file__).parent


def test_every_command_is_drawn_from_those_listed_then_and_all_alike(toy, tools):
    benchmark = toy(n_train=1, horizon=20)
    (task,) = benchmark.tasks("train")
    lent = tools(benchmark)
    offered = []

    def listed(env):
        offered.append(list(benchmark.admissible(env)))
        return offered[-1]

    def played(actor, horizon=benchmark.horizon, seed=5, listing=benchmark.admissible):
        return played_by(actor, benchmark.make(task, seed=0), lent.reader, horizon, seed, listing)

    session = played(AtRandom(), listing=listed)
    assert len(offered) == len(session.steps)
    assert all(action in then for action, then in zip(actions(session), offered, strict=True))
    assert session.rejected == 0
    assert {one.kind for one in session.decisions} == {"rule"}
    learned = METHOD.build((), lent)
    assert actions(played(learned.actor())) == actions(session)  # of the seed, and nothing else
    first = Counter(actions(played(learned.actor(), horizon=1, seed=seed))[0] for seed in range(400))
    assert set(first) == set(offered[0])
    assert min(first.values()) > 400 / len(offered[0]) / 2


def test_no_source_but_the_contract_and_this_method_speaks_of_them():
    speaking = {path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py")
                if re.search(r"\badmissible\b", path.read_text(encoding="utf-8"))}  # fmt: skip
    passing_on = "benchmarks/wording.py"  # a wrapped environment answers what the one inside does
    lending = {"methods/base.py", "methods/session.py", "runs/play.py"}
    assert speaking == {"benchmarks/supplied.py", passing_on, *lending, "methods/random_admissible.py"}


def test_who_was_lent_no_list_is_told_nothing(toy, tools):
    benchmark = toy(n_train=1)
    (task,) = benchmark.tasks("train")
    with pytest.raises(LookupError, match="asks_for"):
        played_by(AtRandom(), benchmark.make(task, seed=0), tools(benchmark).reader, 3)


@pytest.mark.parametrize("method", ["none", "nearest", "cloning", "macla", "fixed_rules"])
def test_no_other_method_asks_the_environment(method, toy, tools, monkeypatch):
    """Every other method plays its episodes in a world in which asking ends the test."""

    def asked(self):
        raise AssertionError("asked for what is admissible")

    monkeypatch.setattr(ToyEnv, "admissible", asked)
    benchmark = toy(n_train=12, jobs=["fire"])
    lent = replace(tools(benchmark), rules=benchmark.rules)
    settings = compose(["env=toy", f"memory={method}"]).memory
    built = plugins.load(plugins.METHODS, method, "memory method")(settings)
    learned = built.build(list(benchmark.experts(benchmark.tasks("train"), seed=0)), lent)
    for task in benchmark.tasks("unseen")[:4]:
        session = played_by(learned.actor(), benchmark.make(task, seed=0), lent.reader, benchmark.horizon)
        assert session.steps


def test_the_trap_would_spring(toy, tools, monkeypatch):
    benchmark = toy(n_train=1)
    lent = tools(benchmark)
    monkeypatch.setattr(ToyEnv, "admissible", lambda self: 1 / 0)
    (task,) = benchmark.tasks("train")
    env = benchmark.make(task, seed=0)
    with pytest.raises(ZeroDivisionError):
        played_by(METHOD.build((), lent).actor(), env, lent.reader, benchmark.horizon, listing=benchmark.admissible)
