"""What people type: near keys and choices are suggested, no name of a class is shown, -h and completion work."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from macla.benchmarks import registry
from macla.cli import app
from macla.config import compose
from macla.errors import UserError
from macla.runs.sweep import sweep

UNCLOSED = "a bracket or a quote is not closed; a value with blanks is quoted: "


def mistake(*overrides: str) -> str:
    try:
        config = compose(overrides)
        registry.create(config.env_name, config.env_options)
    except UserError as error:
        return str(error)
    raise AssertionError(f"{overrides} is no mistake")


@pytest.mark.parametrize("typed", ["runner", "memory.k", "recordings.jsonl"])
def test_a_key_without_a_value_is_told(typed: str) -> None:
    assert mistake(typed).startswith(f"{typed}: a value is missing; type {typed}=VALUE")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("memroy.k=3", "memory.k"),
        ("memory.kk=3", "memory.k"),
        ("+memory.kk=3", "memory.k"),
        ("memory.theta_con=0.3", "memory.theta_conf"),
        ("theta_conf=0.3", "memory.theta_conf"),
        ("model.temprature=1", "model.temperature"),
        ("runner.worker=4", "runner.workers"),
        ("env.n_trian=4", "env.n_train"),
        ("+env.n_trian=4", "env.n_train"),
        ("eval.limt=4", "eval.limit"),
        ("memory.prior.alpha=4", "memory.prior.alpha0"),
        ("memory=mcla", "macla"),
        ("env=alfwrld", "alfworld"),
        ("model=lama2_7b", "llama2_7b"),
        ("experiment=tabel2", "table2"),
        ("encoder=minlm", "minilm"),
    ],
)
def test_what_is_near_is_suggested(typed: str, meant: str) -> None:
    assert f"did you mean {meant}?" in mistake(typed)


@pytest.mark.parametrize("typed", ["nothing.like.it=3", "memory.zzzzzz=3", "env.zzzzzz=1"])
def test_what_is_far_is_not(typed: str) -> None:
    told = mistake(typed)
    assert "unknown key" in told
    assert "did you mean" not in told


@pytest.mark.parametrize(
    "typed",
    ["memory.k=[1", "memory.prior=3", "memory.prior=[1]", "model.server=x", "runs=null", "runs=[1]", "env=null", "=3",
     "build=3", "eval=null", "~memory", "memory=null", "model.base_url=a#b", "env.engine=foo", "memory.k=many",
     "eval.success_at=3", "model.extra_body=3", "experiment.name=3"],
)  # fmt: skip
def test_no_name_of_a_class_is_shown(typed: str) -> None:
    told = mistake(typed)
    assert "\n" not in told
    assert not re.search(r"<class|Exception|Error:|\b[A-Z][a-z]+[A-Z]\w*|NoneType", told), told


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            ["memory.k=5,10"],
            "memory.k=5,10: several values; for one evaluation each type macla eval -m memory.k=5,10 "
            "(a list is written memory.k=[5,10])",
        ),
        (
            ["env=toy", "memory=paper,macla"],
            "memory=paper,macla: several values; for one evaluation each type macla eval -m memory=paper,macla",
        ),
        (["model.omit=[seed"], f"model.omit: {UNCLOSED}'model.omit=[…]'"),
        (["seed=1", "model.extra_body={a: 1"], f"model.extra_body: {UNCLOSED}'model.extra_body={{…}}'"),
        (["model.extra_body=[1]"], "model.extra_body=[1]: model.extra_body takes keys with values: {KEY: VALUE}; "),
        (["model.server.env=[A]"], "model.server.env=[A]: model.server.env takes keys with values: {KEY: VALUE}; "),
        (["memory.prior=[1]"], "memory.prior=[1]: memory.prior takes keys with values: {KEY: VALUE}; "),
        (["model.omit={a: 1}"], "model.omit={a: 1}: model.omit takes a list: [VALUE, …]; "),
        (["model.omit=seed"], "model.omit: a list is wanted: [VALUE, …]; "),
        (["model.extra_body={messages: null}"], "model.extra_body: messages is set by macla for every request; leave"),
        (["model.extra_body={model: x}"], "model.extra_body: model is set by macla for every request; type model.id="),
        (["model.extra_body={seed: 1}"], "model.extra_body: seed is set by macla for every request; type model.seed="),
        (["runs=''"], "runs: the folder is missing; type runs=DIR, or leave it out; "),
        (["runs='my runs"], f"runs: {UNCLOSED}'runs=\"…\"'"),
        (
            ["hydra/sweeper=nowhere"],
            "hydra/sweeper=nowhere: this plug-in of Hydra is not installed; type hydra/sweeper=basic, or leave",
        ),
        (
            ["hydra/launcher=nowhere"],
            "hydra/launcher=nowhere: this plug-in of Hydra is not installed; type pip install hydra-nowhere-launcher",
        ),
    ],
)
def test_what_hydra_cannot_read_is_told_with_what_to_type(typed: list[str], told: str) -> None:
    assert mistake(*typed).startswith(told)


def test_a_quoted_bracket_is_closed() -> None:
    assert mistake("runs='a[b'", "memory.k=x").startswith("memory.k: ")


@pytest.mark.parametrize("escaped", [r"runs=a\(b", r"runs='it\'s'", r"runs='a}'"])
def test_an_escaped_or_quoted_bracket_opens_nothing(escaped: str) -> None:
    assert mistake(escaped, "memory.k=x").startswith("memory.k: ")


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("model.extra_body={api_key: sk-4f9a, user: x}", "model.extra_body={…}"),
        ("model.extra_body={user: a=b, key: sk-4f9a}", "model.extra_body={…}"),
        ("model.server.args=[--api-key, sk-4f9a]", "model.server.args=[…]"),
        ("model.extra_body= {api_key: sk-4f9a}", "KEY={…}"),
    ],
)
def test_a_value_that_the_shell_split_is_to_be_quoted_and_is_not_repeated(words: str, key: str) -> None:
    told = mistake("env=toy", *words.split())
    assert told == f"{key.partition('=')[0]}: {UNCLOSED}'{key}'"


@pytest.mark.parametrize(
    ("removed", "section"),
    [
        ("~env", "env"),
        ("~env.name", "env"),
        ("env.name=''", "env"),
        ("~memory", "memory"),
        ("~memory.method", "memory"),
    ],
)
def test_a_choice_that_was_taken_away_is_missing(removed: str, section: str) -> None:
    told = f"{section} is missing; type {section}=NAME (macla list prints the names)"
    assert mistake("env=toy", removed) == told


def test_a_sweeper_that_is_not_installed_is_told_in_a_sweep_too() -> None:
    with pytest.raises(UserError, match="hydra/sweeper=nowhere: this plug-in of Hydra is not installed"):
        sweep(["env=toy", "hydra/sweeper=nowhere", "seed=1,2"], "unseen", "none")


def test_a_choice_is_explained_by_its_section() -> None:
    error = CliRunner().invoke(app, ["config", "--explain", "memory=paper"]).exception
    assert str(error) == "--explain memory=paper: this chooses; type macla config memory=paper --explain memory"


def test_what_presets_are_made_of_is_no_choice() -> None:
    told = mistake("model=_base")
    assert told.startswith("model=_base: there is no such choice; there are embedded, endpoint")
    assert told.count("_base") == 1
    assert "_base" not in mistake("model=nothing")


def test_a_sweep_suggests_too() -> None:
    with pytest.raises(UserError, match=r"memory=clonin: there is no such choice; did you mean cloning\?"):
        sweep(["env=toy", "memory=macla,clonin"], "unseen", None)


def run(*arguments: str, **environment: str) -> str:
    code = "import sys; sys.argv[0] = 'macla'; from macla.cli import main; main()"
    env = {**os.environ, **environment}
    return subprocess.run([sys.executable, "-c", code, *arguments], env=env, capture_output=True, text=True).stdout


def test_the_help_tells_the_exit_codes() -> None:
    told = " ".join(run("-h", COLUMNS="200").split())
    assert "0 done; 1 a check of doctor failed; 2 a mistake, told in one line; 3 a lost server" in told
    assert "Exit code 1 when a check fails." in " ".join(run("doctor", "-h", COLUMNS="200").split())


@pytest.mark.parametrize("command", [(), ("eval",), ("memory",), ("memory", "show"), ("bench", "engines")])
def test_a_short_option_shows_the_help(command: tuple[str, ...]) -> None:
    assert "Usage: macla " + " ".join(command) in run(*command, "-h")


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("macla ev", ["eval"]),
        ("macla eval --env to", ["toy"]),
        ("macla eval --split un", ["unseen"]),
        ("macla reproduce table8", ["table8"]),
    ],
)
def test_the_shell_completes(words: str, completed: list[str]) -> None:
    place = str(words.count(" "))
    assert run(COMP_WORDS=words, COMP_CWORD=place, _MACLA_COMPLETE="complete_bash").split() == completed


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["env=toy", "--env", "alfworld"], "--env alfworld and env=toy contradict each other; leave one out"),
        (["--env", "toy", "--memory", ""], "--memory is empty"),
        (["--env", "toy", "memory=nearest", "--memory", "none"], "--memory none and memory=nearest contradict"),
        (["--env", "toy", "--memory", "nearest"], "type memory=nearest for the newest build of that method"),
    ],
)
def test_what_contradicts_itself_is_refused(typed: list[str], said: str) -> None:
    result = CliRunner().invoke(app, ["eval", *typed])
    assert isinstance(result.exception, UserError)
    assert said in str(result.exception)


def ended(*arguments: str) -> tuple[int, str, str]:
    code = "import sys; sys.argv[0] = 'macla'; from macla.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["evl"], "no such command 'evl'. Did you mean 'eval'? type macla -h to see what it takes"),
        (["eval", "--nosuch"], "no such option: --nosuch"),
        (["eval", "--split"], "option '--split' requires an argument; type macla"),
        (["bench", "engines", "--games", "x"], "invalid value for '--games': "),
        (["memory", "show"], "missing argument 'folder'; type macla memory show -h to see what it takes"),
    ],
)
def test_a_command_typed_wrongly_is_one_line(typed: list[str], said: str) -> None:
    code, out, told = ended(*typed)
    assert (code, out) == (2, "")
    assert told.startswith(f"macla: {said}")
    assert told.count("\n") == 1


def test_what_ends_well_ends_so() -> None:
    assert ended("--version")[::2] == (0, "")
    assert ended("memory")[::2] == (2, "")  # its help


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["toy", "--check"], "toy has no data to manage"),
        (["--env", "toy", "--check"], "toy has no data to manage"),
        (["toy", "env.n_train=4", "--env", "toy", "--check"], "toy has no data to manage"),
        (["env=toy", "--check"], "toy has no data to manage"),
        (["toy", "--env", "alfworld", "--check"], "toy and --env alfworld contradict each other; leave one out"),
    ],
)
def test_data_takes_its_benchmark_both_ways(typed: list[str], said: str) -> None:
    assert said in str(CliRunner().invoke(app, ["data", *typed]).exception)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            ("memory=nearest", "memory.prior.alpha0=2"),
            "one of memory=macla and memory=paper: type memory=macla, or leave",
        ),
        (("env=toy", "env.dsn=x"), "one of env=intercode_sql: type env=intercode_sql, or leave it out"),
    ],
)
def test_a_key_of_another_choice_is_told(typed: tuple[str, ...], said: str) -> None:
    assert said in mistake(*typed)


RUNNER = ("kind", "workers", "retries", "batch", "address", "cpus", "shared", "cells")


@pytest.mark.parametrize(
    ("section", "keys"),
    [
        ("memory.prior", ["memory.prior.alpha0", "memory.prior.beta0"]),
        ("memory.prior.beta0", ["memory.prior.beta0"]),
        ("runner", [f"runner.{key}" for key in RUNNER]),
        ("seed", ["seed"]),
    ],
)
def test_any_section_is_explained(section: str, keys: list[str]) -> None:
    lines = CliRunner().invoke(app, ["config", "--explain", section]).stdout.splitlines()
    assert [line.split()[0] for line in lines[1:]] == keys


def test_the_options_of_a_benchmark_are_explained() -> None:
    lines = CliRunner().invoke(app, ["config", "--env", "toy", "--explain", "env"]).stdout.splitlines()
    keys = [line.split()[0] for line in lines if line.startswith(" env.")]
    assert {"env.name", "env.horizon", "env.n_train"} <= set(keys)
    told = str(CliRunner().invoke(app, ["config", "--explain", "memry"]).exception)
    assert told.startswith("--explain memry: there is no such section or key; did you mean memory?; there are env")


def test_a_folder_of_configurations_that_hides_a_key_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "runs").mkdir()
    monkeypatch.setenv("MACLA_CONFIGS", str(tmp_path))
    assert compose(["seed=3"]).seed == 3
    assert f"MACLA_CONFIGS={tmp_path} holds runs/" in mistake("runs=elsewhere")
