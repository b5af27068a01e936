"""``seen`` and ``unseen`` can be typed on every benchmark, and the benchmark's own names too."""

import os
from pathlib import Path

import pytest

from macla.benchmarks import registry
from macla.benchmarks.splits import split_named
from macla.config import compose
from macla.errors import UserError
from macla.runs.evaluate import evaluate

DATA = os.environ.get("MACLA_DATA")


def named(env: str, split: str, *overrides: str) -> str:
    config = compose([f"env={env}", *overrides])
    return split_named(registry.create(config.env_name, config.env_options), split)


@pytest.mark.parametrize("env", ["alfworld", "webshop", "toy", "intercode_sql"])
def test_seen_and_unseen_are_splits_of_every_benchmark(env: str) -> None:
    own = {"intercode_sql": ("test_seen", "test_unseen")}.get(env, ("seen", "unseen"))
    assert (named(env, "seen"), named(env, "unseen"), named(env, "train")) == (*own, "train")
    assert named(env, own[1]) == own[1]


def test_the_generated_trips(tmp_path: Path) -> None:
    folder = f"env.data_dir={tmp_path}"
    assert [named("travelplanner", split, folder) for split in ("seen", "unseen")] == ["seen", "unseen"]


def test_official_folders_are_names_too() -> None:
    assert [named("alfworld", split) for split in ("valid_seen", "valid_unseen")] == ["seen", "unseen"]


@pytest.mark.parametrize("scheme", ["official", "eto", "ipr"])
def test_a_published_scheme_of_webshop_calls_its_test_goals_unseen(scheme: str) -> None:
    assert named("webshop", "unseen", f"env.scheme={scheme}") == "test"
    with pytest.raises(UserError, match=r"no split seen.*train, test"):
        named("webshop", "seen", f"env.scheme={scheme}")


@pytest.mark.skipif(DATA is None, reason="MACLA_DATA is not set")
def test_official_trips_are_unseen_ones() -> None:
    assert named("travelplanner", "unseen", "env.data=official") == "validation"
    assert named("travelplanner", "unseen", "env.data=official", "env.folds=5") == "heldout"


def test_a_near_name_is_suggested_and_all_are_listed() -> None:
    with pytest.raises(UserError, match=r"toy has no split unsen; did you mean unseen\?.*train, seen, unseen"):
        named("toy", "unsen")


def test_an_alias_is_the_same_run(tmp_path: Path) -> None:
    config = compose(["env=alfworld", "env.n_train=2", "env.n_unseen=2", "env.n_seen=2", f"runs={tmp_path}"])
    runs = [evaluate(config.without_memory(), split, None, None)["run"] for split in ("unseen", "valid_unseen")]
    assert runs[0] == runs[1]
