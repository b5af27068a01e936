"""Reproducing a table: where it is written, what is checked first, what is said meanwhile, and how it is called."""

import subprocess
from pathlib import Path

import pytest

from macla.errors import UserError
from macla.runs import reproduce as module
from macla.runs.directory import revision
from macla.runs.reproduce import reproduce

SMALL = ("env=toy", "encoder=hashing", "env.n_train=24", "env.n_seen=3", "env.n_unseen=2")


def test_a_table_goes_beside_the_runs_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    table = reproduce("quickstart", [*SMALL, "experiment.seeds=[0,1]"], None)
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]
    assert (tmp_path / "runs" / "tables" / "alfworld_toy.md").read_text() == table
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("alfworld_toy ")]
    assert told == [
        "alfworld_toy 1/12: memory, seen, seed 0",
        "alfworld_toy 2/12: memory, seen, seed 1",
        "alfworld_toy 3/12: memory, unseen, seed 0",
        "alfworld_toy 4/12: memory, unseen, seed 1",
        "alfworld_toy 5/12: no memory, seen, seed 0",
        "alfworld_toy 6/12: no memory, seen, seed 1",
        "alfworld_toy 7/12: no memory, unseen, seed 0",
        "alfworld_toy 8/12: no memory, unseen, seed 1",
        "alfworld_toy 9/12: fixed rules, seen, seed 0",
        "alfworld_toy 10/12: fixed rules, seen, seed 1",
        "alfworld_toy 11/12: fixed rules, unseen, seed 0",
        "alfworld_toy 12/12: fixed rules, unseen, seed 1",
    ]
    assert table.startswith("# toy: the configurations of alfworld\n")
    assert "87.2" not in table  # the paper's figure, which is of ALFWorld
    assert "paper %" in table
    assert "run on toy instead" in table


def test_other_data_stand_in_the_caption(tmp_path: Path) -> None:
    overrides = ["encoder=hashing", "experiment.seeds=[0]", "experiment.splits=[unseen]", f"runs={tmp_path}"]
    sizes = ["env.n_train=8", "env.n_unseen=2", "env.n_seen=2"]
    table = reproduce("quickstart", [*overrides, *sizes], None)
    assert table.splitlines()[0].endswith(
        "procedural memory, env.n_train=8, env.n_seen=2, env.n_unseen=2, encoder=hashing"
    )
    assert "87.2" not in table  # of the seen split, which is not played
    assert "90.3" in table


def test_what_rows_choose_themselves_is_not_chosen_for_them(tmp_path: Path) -> None:
    """A row called by its memory would else stand for another one."""
    with pytest.raises(UserError, match=r"^memory=paper: rows of table1 choose memory themselves \("):
        reproduce("table1", ["memory=paper", f"runs={tmp_path}"], None)
    assert not [*tmp_path.iterdir()]


def test_a_row_keeps_the_keys_it_sets_and_the_caption_tells_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "configs" / "experiment").mkdir(parents=True)
    (tmp_path / "configs" / "experiment" / "mine.yaml").write_text(
        "# @package _global_\ndefaults: [override /env: toy]\nexperiment:\n"
        "  {name: mine, title: Mine, splits: [unseen], seeds: [0], baseline: null, rows: ["
        "{name: all, overrides: []}, {name: one, overrides: [eval.limit=1]}]}\n"
    )
    monkeypatch.setenv("MACLA_CONFIGS", str(tmp_path / "configs"))
    table = reproduce("mine", [*SMALL, "eval.limit=2", "memory.k=3", f"runs={tmp_path}/runs"], tmp_path / "out")
    assert table.startswith(
        "# Mine, env.n_train=24, env.n_seen=3, env.n_unseen=2, encoder=hashing, eval.limit=2, memory.k=3\n"
    )
    played = [
        line.split(",")[2].partition("/")[2] for line in (tmp_path / "out" / "mine.csv").read_text().splitlines()[1:]
    ]
    assert played == ["2", "1"]


def test_the_folder_of_the_table_is_checked_before_any_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "evaluate", lambda *_: pytest.fail("work was done"))
    monkeypatch.setattr(module, "built_once", lambda *_: pytest.fail("work was done"))
    (tmp_path / "file").touch()
    for out in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/nowhere")):
        with pytest.raises(UserError, match=f"--out {out}: nothing can be written there"):
            reproduce("quickstart", [*SMALL, f"runs={tmp_path}"], out)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("macla/__init__.py", "envs/toy.py", "configs/config.yaml", "results/table.md", "README.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("as it was\n")
    for arguments in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", "-C", str(tmp_path), *arguments], check=True)
    return tmp_path


@pytest.mark.parametrize("name", ["results/table.md", "README.md", "results/new.md", "notes.txt"])
def test_what_is_no_code_leaves_the_revision_alone(checkout: Path, name: str) -> None:
    before = revision(checkout)
    (checkout / name).write_text("changed\n")
    assert revision(checkout) == before
    assert len(before) == 12


@pytest.mark.parametrize("name", ["macla/__init__.py", "envs/toy.py", "configs/config.yaml", "macla/new.py"])
def test_a_change_of_code_shows_in_the_revision(checkout: Path, name: str) -> None:
    before = revision(checkout)
    (checkout / name).write_text("changed\n")
    assert revision(checkout) == f"{before}+changes"


def test_somebody_elses_repository_is_no_revision_of_ours(checkout: Path, tmp_path: Path) -> None:
    installed = checkout / ".venv" / "site-packages"
    (installed / "macla").mkdir(parents=True)
    (installed / "macla" / "__init__.py").touch()
    assert revision(installed) == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "rows: [{name: one, overrides: []}, {name: two, overrides: [memory=nearest, memory.prior.alpha0=3]}]",
            "alpha0",
        ),
        ("columns: [score, lenght]", "no column lenght; there are score"),
        ("splits: [seen, dev]", "toy has no split dev"),
        ("rows: [{name: one, overrides: []}, {name: two, overrides: [memory.typo=1]}]", "memory.typo: unknown key"),
    ],
)
def test_every_row_is_checked_before_the_first_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str, said: str
) -> None:
    (tmp_path / "configs" / "experiment").mkdir(parents=True)
    keys = {
        "name": "mine",
        "title": "Mine",
        "splits": "[seen]",
        "seeds": "[0]",
        "baseline": "null",
        "rows": "[{name: one, overrides: []}]",
    }
    key, _, value = change.partition(": ")
    lines = "".join(f"  {name}: {text}\n" for name, text in {**keys, key: value}.items())
    (tmp_path / "configs" / "experiment" / "mine.yaml").write_text(f"# @package _global_\nexperiment:\n{lines}")
    monkeypatch.setenv("MACLA_CONFIGS", str(tmp_path / "configs"))
    with pytest.raises(UserError, match=said):
        reproduce("mine", [*SMALL, f"runs={tmp_path}/runs"], tmp_path / "out")
    assert not (tmp_path / "runs").exists()
