"""Configuration files of the user's own: a folder that is typed or in a variable, and Hydra's searchpath."""

import os
from pathlib import Path

import pytest

from macla.choices import choices
from macla.cli.common import config_dir_first, use_config_dir
from macla.config import compose
from macla.errors import UserError


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("MACLA_CONFIGS", raising=False)
    monkeypatch.setenv("MACLA_CONFIG_DIR", "")  # set back at the end, whatever a test does
    (tmp_path / "mine" / "memory").mkdir(parents=True)
    file = tmp_path / "mine" / "memory" / "mine.yaml"
    file.write_text("# mine\ndefaults:\n  - macla\n  - _self_\nname: mine\nk: 7\n")
    return tmp_path / "mine"


def test_the_option_may_stand_anywhere():
    front = ["--config-dir", "d", "eval", "seed=1"]
    assert config_dir_first(["eval", "seed=1", "--config-dir", "d"]) == front
    assert config_dir_first(["eval", "--config-dir", "d", "seed=1"]) == config_dir_first(front) == front
    assert config_dir_first(["eval", "--config-dir=d"]) == ["--config-dir=d", "eval"]
    assert config_dir_first(["eval", "--config-dir"]) == ["--config-dir", "eval"]
    with pytest.raises(UserError, match="--config-dir is given twice"):
        config_dir_first(["--config-dir", "d", "eval", "--config-dir=e"])


def test_a_file_that_is_no_yaml_is_one_line(mine):
    use_config_dir(mine)
    for text in ("k: [1", "k: 1\n k: 2\n"):
        (mine / "memory" / "mine.yaml").write_text(text)
        with pytest.raises(UserError, match=r"^a configuration file is no YAML: [^\n]*mine\.yaml") as told:
            compose(["memory=mine"])
        assert "\n" not in str(told.value)


def test_a_folder_adds_choices(mine, monkeypatch):
    with pytest.raises(UserError, match="there is no such choice"):
        compose(["memory=mine"])
    use_config_dir(mine)
    assert compose(["memory=mine"]).memory.k == 7
    assert ("mine", str(mine)) in choices("memory")
    monkeypatch.setenv("MACLA_CONFIG_DIR", "")
    monkeypatch.setenv("MACLA_CONFIGS", str(mine))  # its name of before
    assert compose(["memory=mine"]).memory.k == 7


def test_hydras_searchpath_adds_folders_to_the_others(mine, tmp_path):
    other = tmp_path / "other" / "runner"
    other.mkdir(parents=True)
    (other / "many.yaml").write_text("# many\nworkers: 9\nretries: 0\nbatch: 3\n")
    use_config_dir(mine)
    typed = f"hydra.searchpath=[file://{other.parent}]"
    config = compose([typed, "memory=mine", "runner=many"])
    assert (config.memory.k, config.runner.workers) == (7, 9)
    with pytest.raises(UserError, match=r"memory\.kk: unknown key; did you mean memory\.k"):
        compose([typed, "runner=many", "memory.kk=1"])


def test_no_folder_is_one_line(mine, tmp_path, monkeypatch):
    with pytest.raises(UserError, match=r"--config-dir .*nowhere is no folder"):
        use_config_dir(tmp_path / "nowhere")
    monkeypatch.setenv("MACLA_CONFIG_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(UserError, match=r"MACLA_CONFIG_DIR=.*nowhere is no folder"):
        compose([])
    assert os.environ["MACLA_CONFIG_DIR"]


def test_runs_lie_where_the_variable_or_the_key_says(monkeypatch):
    monkeypatch.delenv("MACLA_RUNS", raising=False)
    assert compose([]).runs == Path("runs")
    monkeypatch.setenv("MACLA_RUNS", "/some/where")
    assert compose([]).runs == Path("/some/where")
    assert compose(["debug=default"]).runs == Path("/some/where/debug")
    assert compose(["runs=here"]).runs == Path("here")
    assert compose(["debug=default", "runs=here", "eval.limit=9"]).eval.limit == 9


def test_a_search_is_a_sweep():
    with pytest.raises(UserError, match=r"search=prior is a sweep over many values; type macla eval -m search=prior"):
        compose(["search=prior"])
