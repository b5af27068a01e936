"""A package from outside brings a benchmark, a memory method and a model: it is installed, listed, and runs through.

The package is ``tests/helpers/outside_package``. It is installed into a folder of its own that only the commands typed
here see, so that nothing of it stays.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from macla import __version__

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "tests" / "helpers" / "outside_package"
pytestmark = pytest.mark.slow
WITHOUT_MEMORY = ("env=door", "model=parrot", "encoder=hashing")
ALL_THREE = (*WITHOUT_MEMORY, "memory=recall")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Return the folder that the package is installed in."""
    folder = tmp_path_factory.mktemp("outside")
    shutil.copytree(SOURCE, folder / "source", ignore=shutil.ignore_patterns("__pycache__"))
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--target", folder / "site", folder / "source"], check=True, capture_output=True)
    return folder / "site"


@pytest.fixture
def site(installed, tmp_path):
    """Return a copy of the installed package, to be spoilt."""
    return Path(shutil.copytree(installed, tmp_path / "site"))


def typing(site, project, failing="stderr"):
    """Return a function that runs ``macla`` in a project folder, with the package at hand; it returns what it says.

    ``failing``: where it says it when it fails.
    """

    def run(*arguments, code=0, **more):
        path = os.pathsep.join(map(str, (site, ROOT, *filter(None, [os.environ.get("PYTHONPATH")]))))
        env = {**os.environ, "PYTHONPATH": path, "MACLA_HOME": str(project / "home"), **more}
        command = [sys.executable, "-m", "macla.cli", *map(str, arguments)]
        result = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=False)
        assert result.returncode == code, result.stderr
        assert "Traceback" not in result.stderr
        return result.stdout if code == 0 else getattr(result, failing)

    return run


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return tmp_path_factory.mktemp("project")


@pytest.fixture(scope="module")
def macla(installed, project):
    return typing(installed, project)


@pytest.fixture(scope="module")
def memory(macla, project):
    """Build a memory with all three parts of the package; return its folder."""
    assert "12 trajectories → a memory of recall" in macla("build-memory", *ALL_THREE, "--out", "memory")
    return project / "memory"


@pytest.fixture(scope="module")
def runs(macla, memory, project):
    """Evaluate it, and the model alone; return both folders."""
    said = macla("eval", *ALL_THREE, "--memory", memory, "--out", "recalled", "runner.workers=2")
    assert "door unseen: 6/6" in said
    assert "model parrot that says please" in macla(
        "eval", *WITHOUT_MEMORY, "+model.options.word=please", "--memory", "none", "--out", "alone"
    )
    return project / "recalled", project / "alone"


def test_every_part_is_listed_with_package_version_and_what_to_type(macla):
    listed = {tuple(re.split(r" {2,}", line)) for line in macla("list").splitlines()}
    assert {
        ("benchmark", "door", "outside 0.3.1", "--env door"),
        ("memory", "recall", "outside 0.3.1", "memory=recall"),
        ("model", "parrot", "outside 0.3.1", "model=parrot"),
        ("benchmark", "toy", f"macla {__version__}", "--env toy"),
        ("memory", "macla", f"macla {__version__}", "memory=macla"),
        ("model", "embedded", f"macla {__version__}", "model=embedded"),
    } <= listed


def test_its_settings_are_explained_like_our_own(macla):
    (line,) = [
        line for line in macla("config", *ALL_THREE, "--explain", "memory").splitlines() if "memory.times" in line
    ]
    assert line.split()[:3] == ["memory.times", "1", "ours"]


def test_its_configuration_file_is_found_and_may_be_overridden(macla):
    printed = macla("config", *ALL_THREE, "env.tries=5", "memory.times=2")
    assert "  name: door\n  n_train: 12\n  n_unseen: 6\n  tries: 5\n" in printed
    assert "  method: recall\n  name: recall\n  times: 2\n" in printed
    assert "unknown key" in macla("config", *ALL_THREE, "+memory.nonsense=1", code=2)


def test_what_it_learned_is_sealed_and_can_be_looked_into(macla, memory):
    seal = json.loads((memory / "method.json").read_text())
    assert (seal["method"], seal["benchmark"], list(seal["checksums"])) == ("recall", "door", ["recall.json"])
    assert seal["about"]["packages"]["outside"] == "0.3.1"
    assert macla("memory", "show", memory).splitlines()[-1] == "Open the red door.: say sesame"
    assert "whole (n_recalled 3)" in macla("memory", "verify", memory)


def test_its_memory_and_its_model_play_its_benchmark(runs):
    recalled, alone = (json.loads((run / "summary.json").read_text()) for run in runs)
    assert (recalled["n_success"], recalled["method"], recalled["memory_mode"]) == (6, "recall", "frozen")
    assert (alone["n_success"], alone["method"], alone["memory_mode"]) == (2, "none", "none")  # green doors say please
    assert json.loads((runs[0] / "manifest.json").read_text())["packages"]["outside"] == "0.3.1"


def test_a_table_names_them(macla, runs, project):
    table = macla("report", *runs, "--name", "doors")
    for words in (
        "Memory: recall. Model: parrot that says hello",
        "parrot that says please",
        "engine door 1",
        "McNemar",
    ):
        assert words in table
    assert "outside 0.3.1" in (project / "runs" / "tables" / "doors.md").read_text()


def test_it_learns_on_in_practice_and_online(macla, project):
    macla("build-memory", *ALL_THREE, "build.practice=3", "env.n_train=2", "--out", "practised")
    online = ("eval.mode=online", "runner.batch=2", "env.n_train=2")
    assert "4/6" in macla(
        "eval", *ALL_THREE, *online, "--memory", "practised", "--out", "online"
    )  # nobody knows blue's
    points = [json.loads(line) for line in (project / "online" / "online.jsonl").read_text().splitlines()]
    assert [point["n_recalled"] for point in points] == [2, 2, 2]


def test_the_doctor_looks_into_all_three(macla):
    said = macla("doctor", *ALL_THREE)
    assert "outside 0.3.1" in said
    assert "ok   door data: train 12, unseen 6" in said
    assert "ok   model: model parrot that says hello" in said


def test_its_parts_go_with_ours(macla):
    ours = ("env=door", "memory=nearest", "encoder=hashing")
    macla("build-memory", *ours, "--out", "remembered")
    assert "door unseen" in macla("eval", *ours, "--memory", "remembered", "--out", "mixed")
    told = macla("build-memory", "env=door", "encoder=hashing", "--out", "procedures", code=2)
    assert "no procedure was learned from 12 trajectories: none was cut into segments" in told
    assert "a memory of recall" in macla("build-memory", "env=toy", "memory=recall", "encoder=hashing", "env.n_train=8")


def spoil(site, before, after):
    (entries,) = site.glob("*.dist-info/entry_points.txt")
    text = entries.read_text()
    assert before in text
    entries.write_text(text.replace(before, after))


@pytest.mark.parametrize(
    ("before", "after", "chosen"),
    [
        (
            "outside.recall:Recall",
            "outside.nowhere:Recall",
            "memory method 'recall' does not load: ModuleNotFoundError",
        ),
        ("outside.parrot:parrot", "outside.parrot:nobody", "model.backend 'parrot' does not load: AttributeError"),
        ("outside.door:Door", "outside.door:Window", "benchmark 'door' does not load: AttributeError"),
    ],
)
def test_a_part_that_does_not_load_is_one_line_for_who_chooses_it_and_harms_nobody_else(
    site, tmp_path, before, after, chosen
):
    spoil(site, before, after)
    macla = typing(site, tmp_path)
    typed = (*WITHOUT_MEMORY, "--memory", "none") if "recall" not in before else (*ALL_THREE, "--memory", "memory")
    said = macla("eval", *typed, code=2)
    assert chosen in said
    assert len(said.strip().splitlines()) == 1
    name = re.findall("'(.*)'", chosen)[0]
    marked = [line.split()[1] for line in macla("list").splitlines() if "outside 0.3.1 (does not load:" in line]
    assert marked == [name]
    assert f"FAIL plug-in {name}: " in typing(site, tmp_path, "stdout")("doctor", "env=toy", "encoder=hashing", code=1)
    assert "toy unseen" in macla("eval", "env=toy", "encoder=hashing", "env.n_unseen=1", "--memory", "none")


def test_a_part_that_breaks_while_it_is_imported_is_one_line(site, tmp_path):
    (site / "outside" / "recall.py").write_text("raise RuntimeError('not today\\nnor tomorrow')")
    macla = typing(site, tmp_path)
    said = macla("config", "memory=recall", code=2)
    assert said == "macla: memory method 'recall' does not load: RuntimeError: not today\n"
    macla("config")


@pytest.mark.parametrize("value", ["outside.nowhere", "nowhere.at.all", "outside.broken.configs", "a b", "outside."])
def test_configs_that_are_no_package_are_one_line_and_everything_else_goes_on(site, tmp_path, value):
    spoil(site, "outside.configs", value)
    (site / "outside" / "broken.py").write_text("1 / 0")
    macla = typing(site, tmp_path)
    told = f"the configurations of outside 0.3.1 are left out: the entry point outside of macla.configs names {value}, "
    assert "  name: recall\n" in macla("config", "memory=recall")
    assert "memory=recall" in macla("list")
    first, last = macla("config", "--env", "door", code=2).splitlines()
    assert first.startswith(told)
    assert last.startswith("macla: benchmark 'door' is installed without its file env/door.yaml")
    assert "FAIL plug-in outside: the entry point outside of macla.configs" in (
        typing(site, tmp_path, "stdout")("doctor", "env=toy", "encoder=hashing", code=1)
    )


def test_a_benchmark_without_configuration_that_does_not_load_is_said_not_to_load(site, tmp_path):
    spoil(site, "outside.door:Door", "outside.door:Window")
    shutil.rmtree(site / "outside" / "configs" / "env")
    said = typing(site, tmp_path)("eval", "--env", "door", code=2)
    assert said.startswith("macla: benchmark 'door' does not load: AttributeError")
    assert len(said.splitlines()) == 1


def test_its_folder_may_hold_choices_of_every_group(site, tmp_path):
    configs = site / "outside" / "configs"
    (configs / "memory").mkdir()
    (configs / "memory" / "twice.yaml").write_text(
        "# Twice.\ndefaults:\n  - settings/recall@_here_\n  - _self_\nname: twice\ntimes: 2\n"
    )
    macla = typing(site, tmp_path)
    assert "memory=twice" in macla("list")
    macla("build-memory", "env=door", "encoder=hashing", "memory=twice", "--out", "memory")
    macla("eval", "env=door", "encoder=hashing", "--memory", "memory", "--out", "run")  # it says itself what it is
    assert json.loads((tmp_path / "run" / "summary.json").read_text())["method"] == "twice"


def test_a_folder_of_the_users_own_is_searched_whatever_it_is_called(site, tmp_path):
    own = tmp_path / "it's mine, a=b"
    (own / "memory").mkdir(parents=True)
    (own / "memory" / "mine.yaml").write_text(
        "# Mine.\ndefaults: [settings/nearest@_here_, _self_]\nname: mine\nk: 7\n"
    )
    macla = typing(site, tmp_path)
    assert f"mine  {own}  memory=mine" in re.sub(" {2,}", "  ", macla("list", MACLA_CONFIGS=str(own)))
    assert "  name: mine\n  k: 7\n" in macla("config", "memory=mine", MACLA_CONFIGS=str(own))
    assert "is no folder" in macla("config", code=2, MACLA_CONFIGS=str(tmp_path / "nowhere"))
