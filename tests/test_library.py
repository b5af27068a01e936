"""``import macla``: the five functions do what the commands do, wherever they are called."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import macla
from macla.cli import app
from macla.config import compose

SMALL = ("env=toy", "encoder=hashing", "env.n_train=30", "env.n_unseen=8")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library")


@pytest.fixture(scope="module")
def memory(runs: Path) -> macla.Memory:
    return macla.build(*SMALL, f"runs={runs}")


@pytest.fixture(scope="module")
def run(runs: Path, memory: macla.Memory) -> macla.Evaluation:
    return macla.evaluate(*SMALL, f"runs={runs}", split="unseen")


# ------------------------------------------------------------------------------------------------- the five functions


def test_a_build_is_a_memory_that_is_read_again(memory: macla.Memory) -> None:
    assert memory.summary["n_trajectories"] == 30
    again = macla.load_memory(str(memory.path))
    pd.testing.assert_frame_equal(again.procedures(), memory.procedures())
    assert again.summary == memory.summary
    found = again.procedures()
    assert list(found.columns[:4]) == ["id", "kind", "goal", "steps"]
    assert len(found) == memory.summary["n_procedures"] + memory.summary["n_metas"]
    assert ((found["low"] < found["mean"]) & (found["mean"] < found["high"])).all()
    assert set(found["sources"].explode().dropna()) <= set(again.learned.tasks())
    assert again.markdown().startswith("# Memory `")
    assert again.markdown("p0001").startswith("### p0001")
    assert any("p0001" in line for line in again.describe())


def test_a_memory_without_procedures_has_no_rows(runs: Path) -> None:
    nearest = macla.build(*SMALL, f"runs={runs}", "memory=nearest", "build.limit=4")
    assert nearest.procedures().empty
    assert "mean" in nearest.procedures().columns
    assert nearest.describe()


def test_an_evaluation_says_how_many_of_how_many(run: macla.Evaluation, memory: macla.Memory) -> None:
    low, high = run.interval
    assert run.scored == 8
    assert run.success == run.solved / 8
    assert 0 <= low <= run.success <= high <= 1
    assert Path(run.summary["memory"]) == memory.path, "the newest build is the default"
    assert f"{run.solved}/8 = " in repr(run)
    assert (run.path / "summary.json").is_file()


def test_a_memory_or_none_is_handed_over(runs: Path, memory: macla.Memory, run: macla.Evaluation) -> None:
    assert macla.evaluate(*SMALL, f"runs={runs}", memory=memory).path == run.path
    alone = macla.evaluate(*SMALL, f"runs={runs}", memory="none", out=runs / "eval" / "alone")
    assert alone.path == runs / "eval" / "alone"
    assert alone.summary["memory_mode"] == "none"


def test_episodes_are_a_row_each(run: macla.Evaluation) -> None:
    found = run.episodes()
    pd.testing.assert_frame_equal(found, macla.load_episodes(run.path))
    assert len(found) == run.scored
    assert found["success"].sum() == run.solved
    assert found["task"].is_unique
    assert (found["won_at"].isna() == ~found["success"]).all()
    assert (found["executed"] <= found["decisions"]).all()
    assert found["executed"].sum() > 0
    assert found["n_steps"].mean() == pytest.approx(run.summary["steps_mean"])
    assert found["model_calls"].mean() == pytest.approx(run.summary["model_calls_per_episode"])


def test_runs_are_a_row_each(runs: Path, run: macla.Evaluation) -> None:
    (runs / "eval" / "torn").mkdir(exist_ok=True)
    (runs / "eval" / "torn" / "manifest.json").write_text("{")
    found = macla.load_runs(runs).set_index("name")
    row = found.loc[run.path.name]
    assert (row["env"], row["split"], row["solved"], row["scored"]) == ("toy", "unseen", run.solved, 8)
    assert (row["low"], row["success"], row["high"]) == (run.interval[0], run.success, run.interval[1])
    assert found.loc["torn"]["trouble"]
    assert pd.isna(found.loc["torn"]["success"])
    assert list(macla.load_runs(run.path)["solved"]) == [run.solved]


def test_a_folder_without_runs_is_an_empty_frame(tmp_path: Path) -> None:
    assert list(macla.load_runs(tmp_path).columns[:2]) == ["folder", "name"]
    assert macla.load_runs(tmp_path).empty


def test_the_folder_of_runs_is_the_default(runs: Path, run: macla.Evaluation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MACLA_RUNS", str(runs))
    assert run.path.name in set(macla.load_runs()["name"])


def test_the_command_finds_what_the_library_did(runs: Path, run: macla.Evaluation) -> None:
    told = CliRunner().invoke(app, ["eval", *SMALL, f"runs={runs}"]).stdout
    assert f"run: {run.path}" in told
    assert f"{run.solved}/8 = " in told


# ------------------------------------------------------------------------------------------------------------ mistakes


@pytest.mark.parametrize(
    ("call", "command"),
    [
        (lambda: macla.build("env=toy", "memroy.k=3"), ["build-memory", "env=toy", "memroy.k=3"]),
        (lambda: macla.build("env=toy", "memory=none"), ["build-memory", "env=toy", "memory=none"]),
        (lambda: macla.evaluate("env=toy", memory="nowhere"), ["eval", "env=toy", "--memory", "nowhere"]),
        (lambda: macla.evaluate("env=toy", split="sen", memory="none"),
         ["eval", "env=toy", "--split", "sen", "--memory", "none"]),
        (lambda: macla.load_memory("nowhere"), ["memory", "show", "nowhere"]),
        (lambda: macla.load_runs("nowhere"), ["runs", "nowhere"]),
        (lambda: macla.load_episodes("nowhere"), ["episode", "nowhere", "task"]),
    ],
)  # fmt: skip
def test_a_mistake_is_the_line_that_the_command_prints(call, command, monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(macla.UserError) as told:
        call()
    assert "\n" not in str(told.value)
    assert str(CliRunner().invoke(app, command).exception) == str(told.value)


def test_overrides_in_a_list_are_told() -> None:
    with pytest.raises(macla.UserError, match=r"\['env=toy'\] is no text; give overrides one by one"):
        macla.build(["env=toy"])  # type: ignore[arg-type]


def test_what_the_system_refuses_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(macla.UserError, match="choose another folder"):
        macla.build(*SMALL, f"runs={tmp_path}", out=tmp_path / "file" / "memory")


# --------------------------------------------------------------------------------------------- where it may be called


def test_the_caller_keeps_the_hydra_that_is_initialised(tmp_path: Path) -> None:
    from hydra import compose as composed
    from hydra import initialize_config_dir
    from hydra.core.config_store import ConfigStore
    from hydra.core.global_hydra import GlobalHydra
    from hydra.version import VersionBase

    (tmp_path / "config.yaml").write_text("mine: 1\n")
    with initialize_config_dir(str(tmp_path), version_base="1.1"):
        mine, store = GlobalHydra.instance(), ConfigStore.instance()
        before = (mine.hydra, set(store.repo), VersionBase.instance().version_base)
        assert compose(["env=toy", "memory.k=7"]).memory.k == 7
        with pytest.raises(macla.UserError, match=r"did you mean memory\.k"):
            macla.build("env=toy", "memory.kk=3")
        assert GlobalHydra.instance() is mine
        assert (mine.hydra, set(store.repo), VersionBase.instance().version_base) == before
        assert composed("config").mine == 1


def test_a_caller_may_store_a_configuration_of_the_same_name() -> None:
    code = (
        "import macla\nfrom hydra.core.config_store import ConfigStore\n"
        "ConfigStore.instance().store(name='config', node={'theirs': 1})\n"
        "from macla.config import compose\n"
        "assert compose(['env=toy']).env_name == 'toy'\nassert compose(['env=toy']).seed == 0\n"
        "assert sorted(ConfigStore.instance().repo['config.yaml'].node) == ['theirs']\n"
        "assert 'memory' not in ConfigStore.instance().repo\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_event_loop_may_be_running(runs: Path, memory: macla.Memory) -> None:
    async def cell() -> macla.Evaluation:
        return macla.evaluate(*SMALL, f"runs={runs}", "seed=1", memory=memory)

    assert asyncio.run(cell()).scored == 8


def test_importing_imports_nothing_until_a_name_is_asked_for() -> None:
    code = (
        "import sys, macla\n"
        "assert set(macla.__all__) <= set(dir(macla))\n"
        "assert not {'numpy', 'pandas', 'hydra', 'pydantic', 'macla.library'} & set(sys.modules)\n"
        "from macla import *\nassert build is macla.build\n"
        "assert 'macla.library' in sys.modules and 'torch' not in sys.modules\n"
        "try: macla.nothing\nexcept AttributeError as error: print(error)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert told == "module 'macla' has no attribute 'nothing'\n"


def test_every_public_name_is_on_the_page() -> None:
    page = (Path(__file__).parent.parent / "docs" / "library.md").read_text(encoding="utf-8")
    shown = re.findall(r"members: \[(.*)\]", page)
    assert {name for names in shown for name in names.split(", ")} == set(macla.__all__) - {"__version__"}
