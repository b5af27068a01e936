"""Workers change no result: threads for a model that is waited for, processes for the stand-in."""

import multiprocessing
import threading
import time
from pathlib import Path

import pytest
from helpers.served_runs import TASKS, episodes, wild

from macla.config import compose
from macla.runs import processes, workers
from macla.runs.build import build_memory
from macla.runs.evaluate import evaluate

SMALL = ("env=toy", "encoder=hashing", "env.n_train=24", "env.n_unseen=6")


def slowly(handler, body):
    """Answer by the request's seed alone, after so long that requests of other threads come in."""
    time.sleep(0.02)
    wild(handler, body)


@pytest.mark.parametrize("memory", ["none", "nearest", "macla"])
def test_threads_give_the_same_episodes_as_one_worker(server, config, tmp_path, memory):
    server.always = wild
    folder = None
    if memory != "none":
        folder = Path(build_memory(config(f"memory={memory}"), tmp_path / "memory")["memory"])
    server.always = slowly
    in_flight = []
    for count in (1, 4):
        server.most_in_flight, server.bodies = 0, []
        chosen = config(f"memory={memory}", f"runner.workers={count}")
        summary = evaluate(chosen, "unseen", folder, tmp_path / f"run-{count}")
        assert summary["n_scored"] == TASKS
        in_flight.append(server.most_in_flight)
    assert in_flight[0] == 1
    assert in_flight[1] > 1
    assert multiprocessing.active_children() == []
    assert episodes(tmp_path / "run-1") == episodes(tmp_path / "run-4")
    shown = ["From memory:" in body["messages"][0]["content"] for body in server.bodies]
    assert set(shown) == {memory == "nearest"}


def test_what_a_thread_asks_is_booked_to_its_own_episode(server, config, tmp_path):
    server.always = slowly
    summary = evaluate(config("memory=none", "runner.workers=4"), "unseen", None, tmp_path / "run")
    played = episodes(tmp_path / "run")
    assert [one["usage"]["act"]["requests"] for one in played] == [one["n_steps"] for one in played]
    assert summary["usage"]["act"]["calls"] == len(server.bodies)


@pytest.mark.parametrize(("memory", "mode"), [("none", "frozen"), ("nearest", "frozen"), ("nearest", "online")])
def test_processes_give_the_same_episodes_as_one_worker(tmp_path, memory, mode, monkeypatch):
    played_here = []
    play = workers.play
    monkeypatch.setattr(workers, "play", lambda *given: played_here.append(threading.get_ident()) or play(*given))
    chosen = [*SMALL, f"memory={memory}", f"eval.mode={mode}", "runner.batch=3", f"runs={tmp_path}"]
    folder = None if memory == "none" else Path(build_memory(compose(chosen), tmp_path / "memory")["memory"])
    counts = []
    for count in (1, 2):
        played_here.clear()
        evaluate(compose([*chosen, f"runner.workers={count}"]), "unseen", folder, tmp_path / f"run-{count}")
        counts.append(len(played_here))
    assert counts == [6, 0]  # other processes played them
    assert episodes(tmp_path / "run-1") == episodes(tmp_path / "run-2")
    assert len(episodes(tmp_path / "run-2")) == 6


def test_more_workers_than_tasks_are_not_started(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "ProcessPoolExecutor", None)
    chosen = compose([*SMALL, "memory=none", "runner.workers=8", "eval.limit=1", f"runs={tmp_path}"])
    assert evaluate(chosen, "unseen", None, tmp_path / "run")["n_scored"] == 1


def test_the_number_of_workers_is_no_part_of_a_run(tmp_path):
    one, four = (compose([*SMALL, f"runner.workers={count}"]) for count in (1, 4))
    assert one.evaluation() == four.evaluation()
    assert one.construction() == four.construction()


def test_worker_processes_live_from_batch_to_batch_and_read_the_memory_anew(tmp_path):
    chosen = compose([*SMALL, "memory=nearest", "eval.mode=online", "runner.batch=2", f"runs={tmp_path}"])
    folder = Path(build_memory(chosen, tmp_path / "memory")["memory"])
    started = []

    class Counted(processes.ProcessPoolExecutor):
        def __init__(self, *given):
            started.append(given[0])
            super().__init__(*given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processes, "ProcessPoolExecutor", Counted)
        two = chosen.model_copy(update={"runner": chosen.runner.model_copy(update={"workers": 2})})
        evaluate(two, "unseen", folder, tmp_path / "two")
    assert started == [2]  # one pool for three batches
    evaluate(chosen, "unseen", folder, tmp_path / "one")
    assert episodes(tmp_path / "one") == episodes(tmp_path / "two")
    assert multiprocessing.active_children() == []
