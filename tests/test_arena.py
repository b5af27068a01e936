"""A memory that nobody here wrote is entered in the arena, from what docs/arena.md says alone."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from macla.errors import UserError
from macla.reports.manifests import unpacked
from macla.runs.arena import entered
from macla.runs.reproduce import reproduce

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "arena.md").read_text(encoding="utf-8")
SMALL = ("encoder=hashing", "env.n_train=12", "env.n_unseen=6", "eval.limit=4", "build.limit=6", "build.attempts=3",
         "runner.workers=1")  # fmt: skip
ROWS = ("none", "nearest", "shuffled")


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory):
    """Return a folder with the file of the page in it."""
    folder = tmp_path_factory.mktemp("newcomer")
    (file,) = re.findall(r"`(\w+\.py)`:\n\n```python", PAGE)
    (source,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (folder / file).write_text(source, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def command():
    """Return the words of the page's command, for the toy world."""
    (typed,) = re.findall(r"^macla (arena .*)$", PAGE, re.MULTILINE)
    words = typed.replace("intercode_sql", "toy").split()
    return [word for word in words if not word.startswith("model.")]


@pytest.fixture(scope="module")
def stored(newcomer):
    """Return the folder of a table of some of the arena's rows."""
    rows = ",".join(f"{{name: {row}, overrides: ['memory={row}']}}" for row in ROWS)
    primary = "{row: nearest, against: [none], split: unseen}"
    changed = (f"experiment.rows=[{rows}]", f"experiment.primary=[{primary}]", "env=toy", f"runs={newcomer / 'runs'}")
    reproduce("arena", [*changed, *SMALL], newcomer / "stored")
    return newcomer / "stored"


def type_it(command, newcomer, *more):
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    env = {**os.environ, "PYTHONPATH": path, "MACLA_HOME": str(newcomer / "home")}
    words = [sys.executable, "-m", "macla.cli", *command, *more]
    return subprocess.run(words, cwd=newcomer, env=env, capture_output=True, text=True, check=False)


def shown(result):
    """Return the names of the stored rows and the new one as they are printed, and the printed comparisons."""
    assert result.returncode == 0, result.stderr
    table, compared = result.stdout.split("comparison |")
    rows = [line.split(" | ")[0].strip("| ") for line in table.splitlines() if line.startswith("| ")]
    return rows[1 : len(ROWS) + 2], compared


def test_the_table_of_the_arena_has_its_columns_outcomes_and_figure(stored):
    frame = pd.read_csv(stored / "arena_toy.csv", dtype=str, keep_default_na=False).set_index("configuration")
    assert list(frame.index) == list(ROWS)
    assert set(frame["acts by"]) == {"prompt"}
    assert frame.loc["none", "size: tokens of notes, bytes"] == "–"
    assert re.fullmatch(r"\d+, \d+", frame.loc["nearest", "size: tokens of notes, bytes"])
    assert frame.loc["nearest", "tokens of building, new + cached → written"] == "0 + 0 → 0"
    assert len(pd.read_csv(stored / "arena_toy.outcomes.csv")) == len(ROWS) * 4
    drawn = pd.read_csv(stored / "arena_toy.figure.csv")
    assert list(drawn["row"]) == list(ROWS)


@pytest.mark.slow
def test_a_memory_is_entered_from_the_page_alone(newcomer, command, stored):
    result = type_it(command, newcomer, "--stored", str(stored), *SMALL)
    rows, compared = shown(result)
    assert rows == [*ROWS, "endings"]
    assert "| exploratory | endings | none | unseen | success | +0.0 |" in compared
    assert "| exploratory | endings | nearest | unseen | score |" in compared
    assert "Not comparable" not in result.stdout
    assert (newcomer / "runs" / "tables" / "arena_toy_endings.csv").is_file()
    (manifest,) = unpacked(json.loads((newcomer / "runs" / "tables" / "arena_toy_endings.manifest.json").read_text()))
    assert manifest["identity"]["config"]["memory"]["name"] == "endings"
    assert f"stands in {stored / 'arena_toy.md'}" in result.stdout


@pytest.mark.slow
def test_a_stored_row_that_is_entered_once_more_has_a_name_of_its_own(newcomer, command, stored):
    words = ["nearest" if ":" in word else word for word in command]
    result = type_it(words, newcomer, "--stored", str(stored), *SMALL)
    rows, compared = shown(result)
    assert rows == [*ROWS, "nearest, entered"]
    assert "| exploratory | nearest, entered | nearest | unseen | success | +0.0 |" in compared
    assert (newcomer / "runs" / "tables" / "arena_toy_nearest_entered.csv").is_file()


@pytest.mark.slow
def test_other_tasks_than_the_stored_rows_are_told(newcomer, command, stored):
    result = type_it(command, newcomer, "--stored", str(stored), *SMALL, "eval.limit=3", "memory.k=1")
    assert result.returncode == 0, result.stderr
    assert "Not comparable: stored rows are of other tasks than this one." in result.stdout


@pytest.mark.slow
def test_without_stored_rows_the_new_one_stands_alone(newcomer, command):
    result = type_it(command, newcomer, "--stored", "nowhere", *SMALL)
    assert result.returncode == 0, result.stderr
    assert "No stored rows: nowhere/arena_toy.csv is not there" in result.stdout
    assert "| endings | unseen |" in result.stdout


def refusal(path, *typed):
    """Return what is said, in one line, of a memory that cannot be entered so."""
    with pytest.raises(UserError) as error:
        entered(path, "toy", typed)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nowhere:Memory", "memory method 'nowhere:Memory' does not load: ModuleNotFoundError"),
        ("json:dumps", "memory method 'json:dumps' has no name or no Settings; docs/arena.md says"),
        ("macla.methods.prompted:Nothing", "does not load: AttributeError"),
        ("endings:", "memory method 'endings:' is no import path; type MODULE:NAME"),
        ("unheard_of", "unknown memory method 'unheard_of'; installed: "),
    ],
)
def test_what_is_no_memory_is_told_in_one_line(path, said):
    assert said in refusal(path)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("memory=nearest", "memory=… contradicts macla.methods.workflows:Workflows"),
        ("++memory.method=nearest", "memory.method=… contradicts macla.methods.workflows:Workflows"),
        ("env=webshop", "env=… contradicts --env toy"),
        ("experiment=table1", "experiment=… contradicts the arena's own experiment"),
        ("experiment.splits=[]", "experiment.splits=… contradicts the arena's split"),
        ("memory.k=[1", "memory.k=[1 does not read"),
    ],
)
def test_what_the_command_decides_is_not_typed(typed, said):
    assert said in refusal("macla.methods.workflows:Workflows", typed)


@pytest.mark.slow
def test_once_its_file_has_changed_a_memory_is_built_and_played_anew(newcomer, command, stored):
    file = newcomer / "endings.py"
    text = file.read_text(encoding="utf-8")
    first = type_it(command, newcomer, "--stored", str(stored), *SMALL)
    try:
        file.write_text(text.replace("It ended with", "Its last step was"), encoding="utf-8")
        second = type_it(command, newcomer, "--stored", str(stored), *SMALL)
    finally:
        file.write_text(text, encoding="utf-8")
    again = type_it(command, newcomer, "--stored", str(stored), *SMALL)
    assert (first.returncode, second.returncode, again.returncode) == (0, 0, 0), second.stderr
    assert "episodes: 4/4" in second.stderr
    assert "all 4 episodes were played before" in again.stderr
    built = [path.read_text(encoding="utf-8") for path in newcomer.glob("runs/memory/*/notes.json")]
    assert sum("Its last step was" in notes for notes in built) == 1


@pytest.mark.slow
@pytest.mark.parametrize("typed", ["eval.mode=online", "seed=3", "build.limit=5"])
def test_a_row_that_does_not_keep_to_the_protocol_is_told(newcomer, command, stored, typed):
    result = type_it(command, newcomer, "--stored", str(stored), *SMALL, typed)
    assert result.returncode == 0, result.stderr
    assert "Not comparable: stored rows are of other" in result.stdout


def test_a_memory_is_entered_by_the_name_of_its_configuration():
    config, _ = entered("paper", "toy", ["memory.k=7", "eval.limit=3"])
    assert (config.memory.method, config.memory.name) == ("macla", "paper")
    assert config.memory.model_dump()["departures"]["psi_first"] is False
    assert (config.memory.model_dump()["k"], config.eval.limit) == (7, 3)


def test_the_settings_of_a_memory_are_typed_as_ever():
    config, name = entered("macla.methods.workflows:Workflows", "toy", ["memory.k=7", "memory.name=seven"])
    assert (config.memory.method, config.memory.name) == ("macla.methods.workflows:Workflows", "seven")
    assert config.memory.model_dump()["k"] == 7
    assert (name, config.env_name, config.build.attempts) == ("arena_toy", "toy", 20)
    with pytest.raises(UserError, match=r"memory\.colour"):
        entered("macla.methods.workflows:Workflows", "toy", ["memory.colour=7"])
