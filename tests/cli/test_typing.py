"""What people type: near keys and choices are suggested, no name of a class is shown, -h and completion work."""

import os
import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from macla.benchmarks import registry
from macla.cli import app
from macla.config import compose
from macla.errors import UserError
from macla.runs.sweep import sweep


def mistake(*overrides: str) -> str:
    try:
        config = compose(overrides)
        registry.create(config.env_name, config.env_options)
    except UserError as error:
        return str(error)
    raise AssertionError(f"{overrides} is no mistake")


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
