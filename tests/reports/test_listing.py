"""The list of runs: what is told of a run without its episodes, filters, and directories that do not read."""

import shutil
from dataclasses import replace

import pytest

from macla.errors import UserError
from macla.reports.listing import chosen, find_runs, parsed, told_apart


@pytest.fixture
def listed(played):
    return {run.folder: run for run in find_runs(played["frozen"].parents[1])}


def test_all_runs_are_found_with_their_figures(played, listed, frozen):
    assert {str(played[name]) for name in ("frozen", "online", "none")} <= set(listed)
    found = listed[str(played["frozen"])]
    assert (found.env, found.split, found.memory, found.seed, found.mode) == ("toy", "unseen", "macla", 0, "frozen")
    assert (found.solved, found.scored) == (frozen.summary["n_success"], frozen.summary["n_scored"])
    assert found.result.startswith(f"{found.solved}/{found.scored} = ")
    assert found.model == "embedded"


def test_filters_choose(played, listed):
    runs = list(listed.values())
    assert [run.folder for run in chosen(runs, {"memory": "none"})] == [str(played["none"])]
    assert len(chosen(runs, parsed(["memory=mac*", "seed=0"]))) == 2
    assert chosen(runs, {"env": "alfworld"}) == []


@pytest.mark.parametrize(("words", "told"), [(["sed=1"], "did you mean seed?"), (["env=a", "env=b"], "given twice")])
def test_filters_that_are_none(words, told):
    with pytest.raises(UserError, match=told.replace("?", r"\?")):
        chosen([], parsed(words))


def test_runs_of_one_memory_say_in_which_keys_they_differ(played, listed):
    frozen, online = (listed[str(played[name])] for name in ("frozen", "online"))
    changed = replace(frozen, folder="other", keys={**frozen.keys, "memory.departures.tabu": False, "build.limit": 12})
    apart = {run.folder: run.differs for run in told_apart([frozen, changed, listed[str(played["none"])]])}
    assert apart["other"] == "memory.departures.tabu=False build.limit=12"
    assert apart[frozen.folder] == f"memory.departures.tabu=True build.limit={frozen.keys['build.limit']}"
    assert apart[str(played["none"])] == ""
    assert {run.differs for run in told_apart([frozen])} == {""}
    assert "keys" not in online.as_json()


def test_a_folder_that_is_none(tmp_path):
    with pytest.raises(UserError, match="is no folder"):
        find_runs(tmp_path / "nothing")


def test_unfinished_and_broken_runs_are_listed(played, tmp_path):
    for name in ("unfinished", "broken"):
        shutil.copytree(played["none"], tmp_path / name)
    (tmp_path / "unfinished" / "summary.json").unlink()
    (tmp_path / "broken" / "manifest.json").write_text("{}")
    broken, unfinished = find_runs(tmp_path)
    assert "evaluate again" in broken.trouble
    assert broken.result == "does not read"
    assert unfinished.result == "unfinished, 16 tasks"
    assert unfinished.solved is None
