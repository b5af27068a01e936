"""Every configuration file composes and validates; the documented defaults are the defaults."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from macla.benchmarks import registry
from macla.choices import config_folder
from macla.config import compose
from macla.errors import UserError
from macla.files import fingerprint
from macla.methods.macla.settings import Departures
from macla.methods.settings import dotted, explain
from macla.runs.sweep import sweep

FOLDER = config_folder()


def names(group: str) -> list[str]:
    return sorted(path.stem for path in (FOLDER / group).glob("[!_]*.yaml"))


@pytest.mark.parametrize("group", ["encoder", "memory", "runner", "model", "tracker", "paths", "debug"])
def test_every_choice_of_every_group_composes(group: str) -> None:
    for name in names(group):
        try:
            compose([f"{group}={name}"])
        except UserError as error:  # a preset that cannot know a value says which one to give
            assert group == "model"
            assert "type model." in str(error)  # noqa: PT017


@pytest.mark.parametrize("name", names("env"))
def test_every_benchmark_accepts_its_own_configuration(name: str) -> None:
    config = compose([f"env={name}"])
    assert registry.create(config.env_name, config.env_options).name == name


@pytest.mark.parametrize("name", names("experiment"))
def test_every_experiment_composes_with_all_its_rows(name: str) -> None:
    experiment = compose([f"experiment={name}"]).experiment
    assert experiment is not None
    for overrides in together(row.overrides for row in experiment.rows):
        compose([f"experiment={name}", *overrides])


def together(rows: Iterable[tuple[str, ...]]) -> Iterator[list[str]]:
    """Yield the overrides of rows that follow one another and do not contradict: composing takes half a second."""
    merged: dict[str, str] = {}
    for row in rows:
        own = dict(override.split("=", 1) for override in row)
        other_memory = own.get("memory") != merged.get("memory")  # whose keys are not this one's
        if merged and (other_memory or any(merged.get(key, value) != value for key, value in own.items())):
            yield [f"{key}={value}" for key, value in merged.items()]
            merged = {}
        merged.update(own)
    yield [f"{key}={value}" for key, value in merged.items()]


def test_every_file_says_how_it_is_used() -> None:
    for path in FOLDER.rglob("*.yaml"):
        assert path.read_text().lstrip().startswith("#"), f"{path} has no usage comment"


def test_only_what_a_memory_depends_on_changes_its_fingerprint() -> None:
    def key(*overrides: str) -> str:
        return fingerprint(compose(list(overrides)).construction())

    assert key() == key("memory.theta_conf=0.1", "runner.workers=2", "eval.limit=3")
    practised = ["build.practice=5", "memory.theta_conf=calibrated", "memory.fallback_success=0.2", "memory.c_llm=0"]
    assert key("build.practice=5") == key(*practised)
    assert key("build.practice=5") != key("build.practice=5", "memory.lambda_info=0")
    assert len({key(), key("memory.prior.alpha0=3.2"), key("memory.r_max=2")}) == 3  # pruning and Eq 16 use them
    assert len({key(), key("memory.theta_dup=0.9"), key("env.n_train=7"), key("seed=1"), key("build.limit=3")}) == 5
    assert len({key(), key("build.resample=true"), key("build.noise=0.3"), key("build.noise=0.2")}) == 4


def test_options_that_change_evaluated_tasks_alone_concern_no_memory_of_training_tasks() -> None:
    plain, other = compose([]), compose(["env.phrasing=reworded"])
    assert plain.construction() == other.construction()
    assert plain.evaluation() != other.evaluation()
    assert "phrasing" not in plain.evaluation()["env"]  # at its default it changes no run of before
    seen = ["build.split=seen", "build.practice=5"]
    assert compose(seen).construction() != compose([*seen, "env.phrasing=reworded"]).construction()


def test_not_every_step_of_an_expert_can_be_wrong() -> None:
    with pytest.raises(UserError, match=r"build.noise"):
        compose(["build.noise=1"])


def test_how_many_of_the_nearest_are_looked_at_is_chosen_when_a_memory_is_read() -> None:
    def key(*overrides: str) -> str:
        return fingerprint(compose(["memory=nearest", *overrides]).construction())

    assert key() == key("memory.k=5")
    assert key("build.practice=5") != key("build.practice=5", "memory.k=5")


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("memory.name=none", "memory.name=none is another method's name; tables would show macla as it"),
        ("memory.name=../esc", "cannot name a folder"),
        ("memory.name=a/b", "cannot name a folder"),
        ("memory.name=''", "cannot name a folder"),
        ("~memory", "memory is missing; type memory=NAME"),
    ],
)
def test_a_memory_is_called_by_a_name_of_its_own(override: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        compose([override])
    assert compose(["memory.name=macla-2"]).memory.name == "macla-2"


def test_every_setting_says_where_it_comes_from_and_why() -> None:
    for method in ("macla", "cloning", "nearest", "none", "fixed_rules", "random_admissible"):
        told = list(explain(compose([f"memory={method}"]).memory))
        assert {one.key for one in told} >= {"method", "name"}
        assert all(one.source and one.reason for one in told)


def test_what_is_swept_over_a_finished_memory_is_no_lasting_part_of_it() -> None:
    def key(*overrides: str) -> str:
        return fingerprint(compose(list(overrides)).lasting())

    assert key() == key("memory.prior.alpha0=3.2", "memory.r_max=2", "memory.prior_fit.few=2")
    assert key("build.practice=5") != key("build.practice=5", "memory.prior.alpha0=3.2")  # there it decided what to do
    assert len({key(), key("memory.theta_dup=0.9"), key("env.n_train=7"), key("seed=1")}) == 4


def test_the_papers_hyperparameters() -> None:
    memory = compose(["memory=paper"]).memory
    assert (memory.theta_dup, memory.theta_conf, memory.lambda_info) == (0.85, 0.4, 0.1)
    assert (memory.n_procedures, memory.n_metas, memory.k_fail, memory.n_min) == (200, 50, 15, 3)
    assert (memory.r_max, memory.c_fail, memory.theta_meta) == (1.0, 0.5, 0.15)


def test_configs_are_found_from_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert compose([]).env_name == "alfworld"


@pytest.mark.parametrize(
    "override", ["env=null", "model=null", "memory=null", "experiment=null", "hydra/launcher=null"]
)
def test_a_null_choice_is_one_line_that_says_what_to_type(override):
    group = override.partition("=")[0]
    with pytest.raises(UserError) as error:
        compose([override])
    assert str(error.value) == (
        f"{override}: null is no choice of {group}; name one (macla list), or leave {group}= out"
    )


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("experiment=quickstart,null", "null is no choice of experiment"),
        ("env=toy,null", "null is no choice of env"),
        ("hydra/sweeper=nowhere", "hydra/sweeper=nowhere: this plug-in of Hydra is not installed"),
    ],
)
def test_a_sweep_that_cannot_be_composed_is_one_line(tmp_path, override, told):
    with pytest.raises(UserError, match=told) as error:
        sweep(["env=toy", f"runs={tmp_path}", override], "unseen", "none")
    assert "\n" not in str(error.value)


# the paper and our departures from it --------------------------------------------------------------------------

APART = {
    "evidence_limit": None,
    "theta_conf": 0.4,
    "grounded": "none",
    "choice_contrast": False,
    "abstraction.holds_in": 0,
    "composition.shortest": 3,
    "reading.again": 0,
    "name": "paper",
}
"""Keys outside ``departures`` by which memory=paper differs from memory=macla → the paper's value."""


def test_the_paper_differs_from_macla_in_every_departure_and_in_nothing_else() -> None:
    ours, paper = (dotted(compose([f"memory={name}"]).memory.model_dump(mode="json")) for name in ("macla", "paper"))
    differ = {key: paper[key] for key in paper if paper[key] != ours[key]}
    departures = {f"departures.{key}" for key in Departures.model_fields}
    assert {key for key in differ if key in departures} == departures
    assert {key: value for key, value in differ.items() if key not in departures} == APART


def test_the_documents_table_of_departures_names_every_key() -> None:
    text = (FOLDER.parent / "docs" / "method.md").read_text(encoding="utf-8")
    table = text.partition("## Departures\n")[2].partition("\n## ")[0]
    named = set(re.findall(r"^\| `([\w.]+)` \|", table, flags=re.MULTILINE))
    assert named == {*Departures.model_fields, *APART} - {"name"}


def test_the_experiment_climbs_from_the_paper_over_every_departure_and_takes_each_from_macla() -> None:
    experiment = compose(["experiment=departures"]).experiment
    assert experiment is not None
    rows = {row.name: row.overrides for row in experiment.rows}
    keys = {*Departures.model_fields, *(key.rpartition(".")[2] for key in APART)} - {"name"}
    of_named_things = {"grounded", "choice_contrast", "contrast_exact"}
    elsewhere = {*of_named_things, "again"}  # what takes a language model: lm_alfworld
    for env in ("toy", "alfworld"):
        rungs = [name.partition(": + ")[2] for name in rows if name.startswith(f"{env}: + ")]
        assert sorted(rungs) == sorted(keys - elsewhere)
        top = compose(["experiment=departures", *rows[f"{env}: + {rungs[-1]}"]]).memory
        ours = compose(["memory=macla", "memory.name=paper", "memory.reading.again=0"]).memory
        left = {"grounded", "choice_contrast", "departures"}
        assert top.model_dump(exclude=left) == ours.model_dump(exclude=left)
        assert {
            name.partition(": macla − ")[2] for name in rows if name.startswith(f"{env}: macla − ")
        } >= keys - elsewhere
    named = compose(["experiment=departures_named"]).experiment
    assert named is not None
    rows = {row.name: row.overrides for row in named.rows}
    for env in ("webshop", "travelplanner", "intercode_sql"):
        assert {f"{env}: macla − {key}" for key in of_named_things} | {f"{env}: paper", f"{env}: macla"} <= {*rows}


def test_a_build_without_practice_does_not_depend_on_departures_of_acting() -> None:
    def key(*overrides: str) -> str:
        return fingerprint(compose(list(overrides)).construction())

    assert key() == key("memory.departures.psi_first=false", "memory.departures.tabu=false")
    assert len({key(), *(key(f"memory.departures.{name}=false") for name in ("guards", "same_milestone"))}) == 3
    practice = "build.practice=5"
    assert key(practice) != key(practice, "memory.departures.psi_first=false")
    gated = (practice, "memory.departures.gated_practice=true")
    assert key(*gated) != key(*gated, "memory.theta_conf=0.1")
