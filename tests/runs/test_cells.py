"""A table whose cells are played side by side on this machine is the same table (``runner.cells``)."""

import json

import pytest

from macla.config import compose
from macla.errors import UserError
from macla.runs.reproduce import reproduce

SMALL = ["env=toy", "env.n_train=8", "env.n_unseen=3", "experiment.splits=[unseen]", "experiment.seeds=[0,1]"]


def episodes(folder):
    """Return what was played in the runs below a folder, by run."""
    played = {path.parent.name: path.read_text(encoding="utf-8") for path in folder.glob("eval/*/episodes.jsonl")}
    return {name: [without_seconds(line) for line in text.splitlines()] for name, text in played.items()}


def without_seconds(line):
    return {key: value for key, value in json.loads(line).items() if key not in ("seconds", "check")}


def test_a_table_is_the_same_with_its_cells_side_by_side(tmp_path, capsys):
    tables = {}
    for name, more in (("one", []), ("two", ["runner.cells=2"])):
        tables[name] = reproduce("quickstart", [*SMALL, f"runs={tmp_path}/{name}", *more], tmp_path / "tables" / name)
    said = capsys.readouterr().err
    assert "building memories: 2/2" in said
    assert "playing cells: 6/6" in said
    assert tables["one"].replace(str(tmp_path / "tables" / "one"), "") == tables["two"].replace(
        str(tmp_path / "tables" / "two"), ""
    )
    one, two = episodes(tmp_path / "one"), episodes(tmp_path / "two")
    assert len(one) == 6
    assert one == two


def test_a_memory_that_cannot_be_built_ends_the_table_in_one_line(tmp_path):
    broken = tmp_path / "broken.jsonl"
    broken.write_text("{}\n")
    typed = [*SMALL, f"runs={tmp_path}", "runner.cells=2"]
    with pytest.raises(UserError, match=r"broken\.jsonl") as error:
        reproduce("quickstart", [*typed, f"build.trajectories={broken}"], tmp_path / "tables")
    assert "\n" not in str(error.value)


def test_cells_are_of_this_machine():
    with pytest.raises(UserError, match=r"runner\.cells"):
        compose(["runner=ray", "runner.cells=2"])
    with pytest.raises(UserError, match=r"runner\.cells"):
        compose(["runner.cells=0"])
