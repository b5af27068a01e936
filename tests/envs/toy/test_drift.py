"""``env.drift``: for a share of the evaluated tasks the two ways of mending have each other's rates."""

import pytest


def rate(benchmark, tasks, name):
    """Return the share of the tasks at which a way of mending succeeds."""
    done = 0
    for number, task in enumerate(tasks):
        env, room = benchmark.make(task, seed=number), task.payload
        env.reset(seed=number)
        for action in (f"go to {room.home}", f"take {room.piece} from {room.home}", "go to bench 1"):
            env.step(action)
        info = env.step(f"{name} {room.piece} at bench 1")[4]
        done += info["success"]
        measure = f"success_{'after' if task.changed else 'before'}_change"
        assert info["measures"] == {measure: (float(info["success"]), 1.0)}
    return done / len(tasks)


def test_the_better_way_of_mending_is_the_worse_one_after_the_change(toy):
    benchmark = toy(jobs=["mend"], n_seen=1200, drift=0.5)
    tasks = benchmark.tasks("seen")
    before, after = ([task for task in tasks if task.changed is changed] for changed in (False, True))
    assert len(after) == pytest.approx(600, abs=60)
    assert rate(benchmark, before, "rivet") == pytest.approx(0.85, abs=0.06)
    assert rate(benchmark, before, "glue") == pytest.approx(0.35, abs=0.06)
    assert rate(benchmark, after, "rivet") == pytest.approx(0.35, abs=0.06)
    assert rate(benchmark, after, "glue") == pytest.approx(0.85, abs=0.06)


def test_training_and_rooms_are_what_they_were(toy):
    usual, drifting = toy(), toy(drift=0.5)
    train = usual.tasks("train")
    assert list(drifting.experts(drifting.tasks("train"), seed=3)) == list(usual.experts(train, seed=3))
    for split in usual.splits():
        assert [(t.id, t.payload) for t in drifting.tasks(split)] == [(t.id, t.payload) for t in usual.tasks(split)]
        assert not any(task.changed for task in usual.tasks(split))


def test_without_drift_nothing_more_is_measured(toy):
    benchmark = toy()
    assert "measures" not in benchmark.make(benchmark.tasks("seen")[0], seed=0).reset()[1]
