"""The memory behind a run: its settings, what it was, how its beliefs moved, what pruning saw."""

import json
from collections import Counter
from dataclasses import replace

import pytest

from macla.errors import UserError
from macla.methods.macla.equations.beta import Prior
from macla.methods.macla.memory.directory import state
from macla.methods.macla.memory.events import Credited
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.report.history import memory_of, posteriors, prior_of_run, pruning, replay, settings_of
from macla.methods.macla.settings import Settings
from macla.methods.run import read_run


@pytest.fixture(scope="module")
def online(played):
    return read_run(played["online"])


def evidence_of(folder):
    """Return what ``memory.json`` says: id → (successes, failures)."""
    stored = json.loads((folder / "memory.json").read_text(encoding="utf-8"))
    return {
        e["id"]: (e["evidence"]["successes"], e["evidence"]["failures"])
        for e in (*stored["procedures"], *stored["metas"])
    }


def test_a_run_is_read_under_the_settings_it_ran_with(frozen, run):
    assert settings_of(frozen) == Settings()
    assert settings_of(run(settings={"k": 3})).k == 3


def test_a_run_with_another_method_is_refused(run):
    with pytest.raises(UserError, match="ran with memory nearest; only decisions of macla"):
        settings_of(run(settings={"method": "nearest"}))


def test_the_memory_of_a_frozen_run_is_what_it_read_and_of_an_online_one_what_it_wrote(frozen, online, played):
    before, after = memory_of(frozen), memory_of(online)
    assert before.procedures
    assert state(before) == state(replay(played["memory"], Settings()))
    assert state(after) == state(replay(played["online"] / "memory", Settings()))
    assert len(after.events) > len(before.events)


def test_a_run_without_memory_has_none(played):
    with pytest.raises(UserError, match="ran without memory"):
        memory_of(read_run(played["none"]))


def test_the_prior_is_the_runs_own_or_fitted_to_its_memory(frozen):
    assert prior_of_run(frozen) == Prior(1.0, 1.0)
    memory = {"method": "macla", "prior": {"alpha0": 3.0, "beta0": 2.0}}
    swept = replace(frozen, manifest=with_memory(frozen, memory))
    assert prior_of_run(swept) == Prior(3.0, 2.0)
    fitted = replace(frozen, manifest=with_memory(frozen, {"method": "macla", "prior": "empirical_bayes"}))
    assert prior_of_run(fitted) not in (Prior(1.0, 1.0), Prior(3.0, 2.0))


def with_memory(run, memory):
    """Return the manifest of a run under other settings of the memory."""
    identity = run.manifest["identity"]
    return {**run.manifest, "identity": {**identity, "config": {**identity["config"], "memory": memory}}}


def before_its_first_execution(name, events):
    memory = Memory()
    for event in events:
        if isinstance(event, Credited) and event.execution.procedure == name:
            break
        memory.apply(event)
    return memory.find(name).evidence.counts()


@pytest.mark.parametrize("kind", ["frozen", "online"])
def test_beliefs_begin_before_the_first_execution_and_end_where_the_memory_stands(kind, played):
    run = read_run(played[kind])
    frame = posteriors(run, 99)
    now = evidence_of(run.memory)
    shared = [(name, rows) for name, rows in frame.groupby("procedure") if name in now]
    assert len(shared) >= 2
    for name, rows in shared:
        successes, failures = now[name]
        assert rows["alpha"].iloc[-1] == pytest.approx(1 + successes)
        assert rows["mean"].iloc[-1] == pytest.approx((1 + successes) / (2 + successes + failures))
        assert rows["episode"].is_monotonic_increasing
        successes, failures = before_its_first_execution(name, replay(run.memory, Settings()).events)
        assert rows["alpha"].iloc[0] == pytest.approx(1 + successes)
        assert rows["mean"].iloc[0] == pytest.approx((1 + successes) / (2 + successes + failures))
        assert len(rows) >= 2
    assert (frame["goal"] != "").all()


def test_only_the_most_executed_are_followed(online):
    everything, few = posteriors(online, 99), posteriors(online, 2)
    assert everything["procedure"].nunique() > 2
    events = replay(online.memory, Settings()).events
    executions = Counter(event.execution.procedure for event in events if isinstance(event, Credited))
    assert {*few["procedure"]} == {name for name, _ in executions.most_common(2)}


def test_a_memory_that_executed_nothing_has_no_beliefs_to_follow(tmp_path, frozen, learned, hashing):
    from macla.methods.macla.memory import directory

    directory.save(tmp_path, learned(n_train=20), hashing, {})
    idle = replace(frozen, summary={**frozen.summary, "memory": str(tmp_path)})
    with pytest.raises(UserError, match="executed nothing"):
        posteriors(idle, 5)


def test_pruning_shows_what_is_kept_as_it_is_and_what_was_dropped_as_it_was_then(tmp_path, frozen, learned, hashing):
    from macla.methods.macla.memory import directory
    from macla.methods.macla.memory.events import Pruned

    memory = replay(frozen.memory, Settings())
    dropped = list(memory.procedures)[-1]
    counts = memory.procedures[dropped].evidence.counts()
    memory.apply(Pruned(procedure=dropped, utility=0.1))
    directory.save(tmp_path, memory, hashing, {})
    frame = pruning(replace(frozen, summary={**frozen.summary, "memory": str(tmp_path)})).set_index("procedure")
    assert dict(frame["status"].value_counts()) == {"retained": len(memory.skills()), "pruned": 1}
    gone = frame.loc[dropped]
    assert (gone["status"], gone["support"], gone["meta"]) == ("pruned", sum(counts), False)
    assert gone["mean"] == pytest.approx((1 + counts[0]) / (2 + sum(counts)))
    now = evidence_of(tmp_path)
    assert {*now} == {*frame.index[frame["status"] == "retained"]}
    assert all(frame.loc[name, "support"] == pytest.approx(sum(found)) for name, found in now.items())
    assert set(frame.index[frame["meta"]]) == {*memory.metas} != set()
