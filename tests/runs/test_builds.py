"""The register of builds: which memory a configuration means, and what may differ when a memory is read."""

import json
import shutil
from pathlib import Path

import pytest
from helpers.seals import write_seal

from macla.config import compose
from macla.errors import UserError
from macla.methods.macla.equations.meta_value import MetaEstimate, meta_value, worth_creating
from macla.methods.macla.learning import metas
from macla.methods.stored import SEAL
from macla.runs.build import build_memory
from macla.runs.builds import find_build, memory_for
from macla.runs.evaluate import evaluate

SMALL = ("env=toy", "encoder=hashing", "env.n_train=24", "env.n_unseen=2")


@pytest.fixture
def configured(tmp_path):
    return lambda *overrides: compose([*SMALL, f"runs={tmp_path}", *overrides])


@pytest.fixture
def build(configured):
    """Return a function: overrides → the memory that is built with them."""
    return lambda *overrides: Path(build_memory(configured(*overrides), None)["memory"])


OTHER_PRIOR = "memory.prior.alpha0=3.2"


def test_the_exact_build_is_found_before_a_newer_one_of_another_prior(build, configured):
    exact, other = build(), build(OTHER_PRIOR)
    assert exact != other
    assert find_build(configured()) == exact
    assert find_build(configured(OTHER_PRIOR)) == other


@pytest.mark.parametrize("swept", [OTHER_PRIOR, "memory.prior.beta0=1.8", "memory.r_max=2", "memory.prior_fit.few=9"])
def test_where_there_is_none_one_serves_that_differs_in_what_is_swept(build, configured, swept):
    built = build()
    assert find_build(configured(swept)) == built
    summary = evaluate(configured(swept), "unseen", built, None)
    assert summary["n_scored"] == 2


def test_of_those_that_serve_the_newest_is_taken(build, configured):
    _, newest = build(), build(OTHER_PRIOR)
    assert find_build(configured("memory.r_max=2")) == newest


@pytest.mark.parametrize(
    "other", ["memory.theta_dup=0.9", "memory.n_procedures=7", "seed=1", "env.n_train=23", "build.limit=5"]
)
def test_one_that_learned_otherwise_never_serves(build, configured, other):
    built = build()
    config = configured(other)
    assert find_build(config) is None
    with pytest.raises(UserError, match="no memory built with this configuration") as error:
        memory_for(config, None, [])
    same_data = not other.startswith("env.")
    assert (f"another build that fits: --memory {built}" in str(error.value)) == same_data
    assert "\n" not in str(error.value)


def test_after_practice_the_prior_is_no_longer_free(build, configured):
    practice = ("build.practice=4", "env.n_train=8")
    built = build(*practice)
    assert find_build(configured(*practice)) == built
    assert find_build(configured(*practice, OTHER_PRIOR)) is None


def test_another_method_is_another_build(build, configured):
    nearest = build("memory=nearest")
    assert find_build(configured("memory=nearest")) == nearest
    assert find_build(configured("memory=nearest", "memory.k=5")) == nearest  # how many are looked at is not learned
    assert find_build(configured("memory=cloning")) is None
    assert find_build(configured()) is None


def test_builds_that_are_gone_or_of_another_schema_are_not_found(build, configured, tmp_path):
    built = build()
    register = tmp_path / "builds.jsonl"
    (line,) = map(json.loads, register.read_text().splitlines())
    shutil.move(built, tmp_path / "away")
    assert find_build(configured()) is None
    shutil.move(tmp_path / "away", built)
    register.write_text("{torn\n" + json.dumps({**line, "schema": line["schema"] - 1}) + "\n")
    assert find_build(configured()) is None
    write_seal(built)
    register.write_text("{torn\n" + json.dumps(line) + "\n")
    assert find_build(configured()) == built


def test_a_torn_last_line_does_not_swallow_the_next_build(build, configured, tmp_path):
    register = tmp_path / "builds.jsonl"
    register.write_bytes(b'{"fingerprint": "12", "folder": "/caf\xc3')
    built = build()
    assert register.read_bytes().count(b"\n") == 2
    assert find_build(configured()) == built


@pytest.mark.parametrize("line", [b"\xff\xfe", b"[]", b"3", b"null", b'{"folder": 3}', b"[" * 100_000, b"{}", b"\0"])
def test_whatever_else_stands_in_the_register_names_nothing(build, configured, tmp_path, line):
    built = build()
    register = tmp_path / "builds.jsonl"
    whole = register.read_bytes()
    register.write_bytes(line + b"\n" + whole + line)
    assert find_build(configured()) == built
    register.write_bytes(line)
    assert find_build(configured()) is None


def test_a_folder_that_another_build_was_written_to_is_not_found_for_the_first(configured, tmp_path):
    for overrides in ((), ("env.n_train=23",)):
        shutil.rmtree(tmp_path / "mine", ignore_errors=True)
        build_memory(configured(*overrides), tmp_path / "mine")
    assert find_build(configured()) is None
    assert find_build(configured("env.n_train=23")) == tmp_path / "mine"


def test_a_build_whose_seal_was_changed_is_not_found(build, configured):
    built = build()
    (built / SEAL).write_text((built / SEAL).read_text().replace("hashing-384", "hashing-385"))
    assert find_build(configured()) is None


def test_a_memory_that_is_named_is_taken_and_none_is_needed_without_a_memory(configured, tmp_path):
    assert memory_for(configured(), str(tmp_path / "mine"), []) == tmp_path / "mine"
    assert memory_for(configured("memory=none"), None, []) is None


def kept(memory):
    procedures = json.loads((memory / "memory.json").read_text())["procedures"]
    return sorted((one["steps"][-1], sorted(one["goals"])) for one in procedures)


def test_pruning_ranks_by_the_prior_of_the_configuration(build):
    """Under a prior of failures few successes weigh nothing, so that how often a procedure was used decides."""
    small = ("memory.n_procedures=4", "memory.pruning.lambda_f=0.05", "memory.pruning.lambda_t=0")
    uniform, harsh = build(*small), build(*small, "memory.prior.alpha0=0.1", "memory.prior.beta0=30")
    assert kept(uniform) != kept(harsh)


def test_equation_16_counts_the_reward_that_the_configuration_names():
    """A meta-procedure that does better than its parts pays for its storage where success is worth enough."""
    rare = MetaEstimate(frequency=0.05, parts=(0.5, 0.5), success=0.4)
    worth = {r_max: worth_creating(meta_value(rare, 0.15, r_max), (), 1) for r_max in (1.0, 2.0)}
    assert worth == {1.0: False, 2.0: True}


def test_composition_hands_the_configured_reward_to_equation_16(build, monkeypatch):
    asked = []

    def noted(estimate, storage_cost, r_max):
        asked.append(r_max)
        return meta_value(estimate, storage_cost, r_max)

    monkeypatch.setattr(metas, "meta_value", noted)
    build("memory.r_max=2.5", "env.n_train=60")
    assert set(asked) == {2.5}


@pytest.mark.parametrize("typed", ["memory.theta_dup=0.7", "build.limit=5"])
def test_a_key_that_a_named_memory_was_built_with_otherwise_is_refused(build, configured, typed):
    built = build()
    with pytest.raises(UserError, match=f"{typed}: .* was built with .*, which reading it does not change"):
        memory_for(configured(typed), str(built), [typed])
    assert memory_for(configured("memory.k=3"), str(built), ["memory.k=3"]) == built
