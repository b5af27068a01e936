"""A real Ray of two workers gives what one process gives, also when one of them is killed while it works."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest
from helpers.served_runs import episodes

from macla.config import compose
from macla.errors import InfrastructureError, UserError
from macla.runs import cluster
from macla.runs.build import build_memory
from macla.runs.evaluate import evaluate
from macla.runs.pool import Opening
from macla.runs.reproduce import reproduce
from macla.sections import RunnerConfig

SMALL = ("env=toy", "encoder=hashing", "env.n_train=24", "env.n_unseen=6")
RAY = ("runner=ray", "runner.workers=2")


@pytest.fixture(scope="module")
def two_workers():
    """Start a Ray of two workers, and end it."""
    ray = pytest.importorskip("ray", reason="needs Ray: pip install 'macla[ray]'")
    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])  # its processes do not find this file
    runner = compose([*RAY]).runner
    for left in range(3, 0, -1):  # on a busy machine the first start may take longer than Ray waits
        try:
            cluster.check_runner(runner)
            break
        except InfrastructureError:
            if left == 1:
                raise
    yield runner
    cluster.disconnect()


class Bench:
    """A desk that does nothing."""

    def close(self):
        pass


def once(desk, marker, number):
    """Return a number; the first process that meets the marker's number is gone before it can."""
    path = Path(marker)
    if number == 3 and not path.exists():
        path.write_text(str(os.getpid()))
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def for_ever(desk):
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.slow
def test_a_task_whose_process_is_killed_is_done_again(two_workers, tmp_path):
    pool = cluster.RayPool(two_workers, Opening(Bench, ()))
    jobs = [(str(tmp_path / "killed"), number) for number in range(8)]
    assert sorted(pool.each(once, jobs)) == list(range(8))
    assert int((tmp_path / "killed").read_text()) != os.getpid()


@pytest.mark.slow
def test_a_task_that_is_lost_each_time_ends_the_work_in_one_line(two_workers):
    quick = two_workers.model_copy(update={"retries": 0})
    with pytest.raises(InfrastructureError, match=r"^a task of the Ray was lost 1 times .*; the same command resumes$"):
        list(cluster.RayPool(quick, Opening(Bench, ())).each(for_ever, [()]))


def workers_of_ray():
    """Return the processes in which tasks of a Ray on this machine are."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            title = (folder / "cmdline").read_bytes().split(b"\0")[0].decode()
        except OSError:
            continue
        if title.startswith("ray::_"):
            found.append(int(folder.name))
    return found


@pytest.fixture
def killed():
    """Kill one process of the Ray as soon as a task is in it; return the list of those killed."""
    gone, done = [], threading.Event()

    def watch():
        while not done.is_set() and not gone:
            for process in workers_of_ray():
                os.kill(process, signal.SIGKILL)
                gone.append(process)
                break
            time.sleep(0.005)

    thread = threading.Thread(target=watch)
    thread.start()
    yield gone
    done.set()
    thread.join()


@pytest.mark.slow
@pytest.mark.parametrize("memory", ["none", "macla"])
def test_an_evaluation_is_the_same_though_a_worker_is_killed(two_workers, killed, tmp_path, memory):
    chosen = [*SMALL, f"memory={memory}", f"runs={tmp_path}"]
    folder = None if memory == "none" else Path(build_memory(compose(chosen), tmp_path / "memory")["memory"])
    evaluate(compose(chosen), "unseen", folder, tmp_path / "here")
    evaluate(compose([*chosen, *RAY]), "unseen", folder, tmp_path / "ray")
    assert episodes(tmp_path / "here") == episodes(tmp_path / "ray")
    assert len(killed) == 1


@pytest.mark.slow
def test_learning_online_is_the_same(two_workers, tmp_path):
    chosen = [*SMALL, "eval.mode=online", "runner.batch=3", f"runs={tmp_path}"]
    folder = Path(build_memory(compose(chosen), tmp_path / "memory")["memory"])
    evaluate(compose(chosen), "unseen", folder, tmp_path / "here")
    evaluate(compose([*chosen, *RAY]), "unseen", folder, tmp_path / "ray")
    assert episodes(tmp_path / "here") == episodes(tmp_path / "ray")
    assert same_memory(tmp_path / "here" / "memory", tmp_path / "ray" / "memory")


def same_memory(one, other):
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in ("events.jsonl", "memory.json"))


@pytest.mark.slow
@pytest.mark.parametrize("env", ["toy", "webshop"])
def test_a_construction_is_the_same_though_a_worker_is_killed(two_workers, killed, monkeypatch, tmp_path, env):
    monkeypatch.setattr("macla.methods.macla.learning.shards.BATCH", 4)
    small = {"toy": SMALL, "webshop": ("env=webshop", "encoder=hashing", "env.products=120", "build.limit=12")}[env]
    here = build_memory(compose([*small, f"runs={tmp_path}"]), tmp_path / "here")
    ray = build_memory(compose([*small, *RAY, f"runs={tmp_path}"]), tmp_path / "ray")
    assert same_memory(tmp_path / "here", tmp_path / "ray")
    assert len(killed) == 1
    told = ("fingerprint", "n_trajectories", "n_procedures", "n_metas", "malformed")
    assert [here[key] for key in told] == [ray[key] for key in told]
    assert asked(here) == asked(ray)


def asked(summary):
    return {purpose: cost["requests"] for purpose, cost in summary["usage"].items()}


def test_without_ray_one_line_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UserError) as error:
        evaluate(compose([*SMALL, "memory=none", *RAY, f"runs={tmp_path}"]), "unseen", None, tmp_path / "run")
    assert str(error.value) == "runner=ray needs Ray; type pip install 'macla[ray]'"
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("127.0.0.1:9", "runner.address=127.0.0.1:9: nobody answers (Connection refused); start one with ray start"),
        ("nowhere", "runner.address=nowhere is no address; type HOST:PORT, ray://HOST:PORT or auto"),
        ("ray://127.0.0.1:99999999", "runner.address=ray://127.0.0.1:99999999: nobody answers"),
    ],
)
def test_an_address_without_a_ray_is_told_before_any_work(address, said):
    with pytest.raises(UserError) as error:
        cluster._check_address(address)
    assert str(error.value).startswith(said)


def test_the_keys_of_a_ray_belong_to_it_alone():
    with pytest.raises(UserError, match=r"runner.address.*runner=ray"):
        compose(["runner.address=auto"])
    with pytest.raises(UserError, match=r"runner.workers"):
        compose(["runner.workers=null"])
    local, ray = compose([]), compose(["runner=ray"])
    assert set(local.runner.model_dump()) == {"workers", "retries", "batch"}
    assert RunnerConfig.model_validate(ray.runner.model_dump()) == ray.runner
    assert local.evaluation() == ray.evaluation()
    assert local.construction() == ray.construction()


@pytest.mark.slow
def test_a_table_is_the_same_with_its_cells_as_tasks(two_workers, tmp_path, capsys):
    small = [*SMALL, "env.n_train=8", "env.n_unseen=3", "experiment.splits=[unseen]", "experiment.seeds=[0,1]"]
    here = reproduce("quickstart", [*small, f"runs={tmp_path}/here"], tmp_path / "tables-here")
    capsys.readouterr()
    ray = reproduce("quickstart", [*small, *RAY, f"runs={tmp_path}/ray"], tmp_path / "tables-ray")
    said = capsys.readouterr().err
    assert "building memories: 2/2" in said
    assert "playing cells: 6/6" in said
    assert without_places(ray, tmp_path / "ray") == without_places(here, tmp_path / "here")
    runs = [sorted(path.name for path in (tmp_path / where / "eval").iterdir()) for where in ("here", "ray")]
    assert runs[0] == runs[1]
    assert len(runs[0]) == 6
    for name in runs[0]:
        assert episodes(tmp_path / "here" / "eval" / name) == episodes(tmp_path / "ray" / "eval" / name)


def without_places(table, folder):
    return table.replace(str(folder), "RUNS")
