"""macla runs, episode, view, export and memory show --markdown, as they are typed."""

import json

import pytest
from typer.testing import CliRunner

from macla.cli import app
from macla.errors import UserError


@pytest.fixture
def type_(monkeypatch, tmp_path):
    """Return a function from words to what macla prints, typed in an empty folder; a user's mistake is raised."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        result = CliRunner().invoke(app, list(map(str, words)))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.stdout

    return run


def test_runs_are_listed_plainly_where_no_terminal_reads(type_, played):
    head, *lines = type_("runs", played["frozen"].parent, "memory=none").splitlines()
    assert head.split("\t")[0] == "run"
    assert [line.split("\t")[0] for line in lines] == [str(played["none"])]


def test_runs_as_json_and_from_the_variable(type_, played, monkeypatch):
    monkeypatch.setenv("MACLA_RUNS", str(played["frozen"].parents[1]))
    found = json.loads(type_("runs", "--json"))
    assert {one["folder"] for one in found} == {str(played[name]) for name in ("frozen", "online", "none")}


def test_two_runs_are_compared(type_, played, frozen):
    words = ("runs", "--compare", played["frozen"], played["none"])
    found = json.loads(type_(*words, "--json"))
    assert found["n"] == frozen.summary["n_scored"]
    assert len(found["both"]) + len(found["only_the_first"]) == frozen.summary["n_success"]
    assert f"solved by only the first: {len(found['only_the_first'])}" in type_(*words)


def test_an_episode_is_printed(type_, played, frozen):
    task = next(iter(frozen.episodes))
    assert frozen.episodes[task].instruction in type_("episode", played["frozen"], task)


def test_a_page_and_a_log_are_written(type_, played, tmp_path):
    assert "open it in a browser" in type_("view", played["frozen"], "--out", "here/page.html")
    assert (tmp_path / "here" / "page.html").read_text().startswith("<!DOCTYPE html>")
    assert "inspect view --log-dir" in type_("export", played["frozen"], "--to", "inspect")
    (log,) = (tmp_path / "runs" / "inspect").glob("*.json")
    assert json.loads(log.read_text())["version"] == 2


def test_a_memory_is_a_page(type_, played):
    page = type_("memory", "show", played["memory"], "--markdown")
    assert page.startswith("# Memory `")
    assert "### p0001" in page
    assert type_("memory", "show", played["memory"], "p0001", "--markdown").startswith("### p0001")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("runs", "nowhere"), "nowhere is no folder"),
        (("runs", ".", "sed=0"), "did you mean seed"),
        (("runs", "--compare", "a", "b"), "a holds no finished evaluation"),
        (("episode", "{frozen}", "no-such-task"), "did you mean"),
        (("episode", "{frozen}", "unseen", "--recording", "."), "contain unseen|holds no answers"),
        (("view", "nowhere"), "nowhere holds no finished evaluation"),
        (("view", "{frozen}", "--memory", "nowhere"), "no memory at nowhere"),
        (("view", "{frozen}", "--recording", "."), "holds no answers of a model"),
        (("export", "{frozen}", "--to", "inspect", "--out", "log.txt"), "ends in .json"),
        (("memory", "show", "{memory}", "p9999", "--markdown"), "nothing named p9999"),
    ],
)
def test_mistakes_are_one_line(type_, played, words, told):
    with pytest.raises(UserError, match=told) as raised:
        type_(*(word.format(**played) for word in words))
    assert "\n" not in str(raised.value)


def test_the_folder_of_runs_may_be_typed_as_elsewhere(played, monkeypatch, tmp_path):
    folder = played["frozen"].parents[1]
    shown = CliRunner().invoke(app, ["runs", f"runs={folder}", "memory=macla"])
    assert shown.exit_code == 0
    assert str(played["frozen"]) in shown.output
    shown = CliRunner().invoke(app, ["runs", str(folder), "seed=77"])
    assert f"no run in {folder} is seed=77" in shown.output
    monkeypatch.setenv("MACLA_RUNS", str(tmp_path / "mine"))
    assert CliRunner().invoke(app, ["view", str(played["frozen"])]).exit_code == 0
    assert (tmp_path / "mine" / "view.html").is_file()


def test_a_memory_is_no_run(type_, played, tmp_path):
    memory = tmp_path / "memory"
    memory.mkdir()
    (memory / "method.json").write_text("{}")
    with pytest.raises(UserError, match=f"{memory} is a memory, not a run; type macla memory show {memory}"):
        type_("view", memory)
