"""A sweep finds out what its jobs lack before the first of them runs."""

from pathlib import Path

import pytest

from macla.config import compose
from macla.errors import UserError
from macla.runs.build import build_memory
from macla.runs.sweep import sweep

TOY = ("env=toy", "encoder=hashing", "env.n_train=24", "env.n_unseen=2")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of runs that holds one memory."""
    folder = tmp_path_factory.mktemp("runs")
    build_memory(compose([*TOY, f"runs={folder}"]), None)
    return folder


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("memory.theta_dup=0.85,0.9", r"1 of 2 jobs cannot run, .*the first, memory\.theta_dup=0\.9: no memory built"),
        ("memory.k=5,0,-1", r"2 of 3 jobs cannot run, .*the first, memory\.k=0: memory\.k: input should be greater"),
        ("memory.k=5,none", r"1 of 2 jobs cannot run, .*the first, memory\.k=none: memory\.k: "),
    ],
)
def test_what_a_later_job_lacks_is_told_before_the_first_runs(built: Path, override: str, told: str) -> None:
    before = sorted(built.iterdir())
    with pytest.raises(UserError, match=told) as error:
        sweep([*TOY, f"runs={built}", override], "unseen", None)
    assert "\n" not in str(error.value)
    assert sorted(built.iterdir()) == before


def test_a_server_and_a_split_are_looked_for_too(tmp_path: Path) -> None:
    nobody = ["model=embedded,endpoint", "model.base_url=http://127.0.0.1:9/v1", "model.id=m", "model.retries=0"]
    with pytest.raises(UserError, match=r"1 of 2 jobs cannot run, .*no model server"):
        sweep([*TOY, f"runs={tmp_path}", *nobody], "unseen", "none")
    with pytest.raises(UserError, match=r"2 of 2 jobs cannot run, .*toy has no split tomorrow"):
        sweep([*TOY, f"runs={tmp_path}", "seed=0,1"], "tomorrow", "none")


def test_a_sweep_that_lacks_nothing_runs(tmp_path: Path) -> None:
    jobs, folder = sweep([*TOY, f"runs={tmp_path}", "seed=0,1"], "unseen", "none")
    assert [(job.overrides[-1], job.error) for job in jobs] == [("seed=0", None), ("seed=1", None)]
    assert [file.name for file in folder.iterdir()] == ["jobs.json"]
