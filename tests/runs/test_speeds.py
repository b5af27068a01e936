"""``macla bench report``: every line has a reference of its own run; what cannot run says why."""

import json
from dataclasses import asdict
from importlib.util import find_spec

import pytest
from typer.testing import CliRunner

from envs.alfworld import bench as alfworld
from envs.travelplanner.benchmark import TravelPlanner
from envs.webshop.bench import plain_search, speeds
from envs.webshop.search.engine import SearchEngine
from envs.webshop.search.index import Document, build
from macla import plugins
from macla.benchmarks import registry
from macla.benchmarks.base import SpeedBench
from macla.benchmarks.speeds import Skipped, Speed, per_second
from macla.cli import app
from macla.config import compose
from macla.errors import UserError
from macla.reports.speeds import page
from macla.runs import speeds as harness

MANIFEST = {
    "macla": "1", "revision": "abc", "python": "3", "packages": {"numpy": "2"}, "cores": 2, "cpu": "C",
    "load_before": 0,
}  # fmt: skip
TOY = ["env=toy", "encoder=hashing", "env.n_train=30", "env.n_unseen=24"]


def test_a_rate_counts_what_calls_do() -> None:
    calls = []
    rate = per_second(lambda: calls.append(1), count=10, seconds=0.01)
    assert rate > 10 * (len(calls) - 1) / 1.0
    assert len(calls) > 2


def test_a_single_long_call_is_enough() -> None:
    calls = []
    per_second(lambda: calls.append(1), seconds=0)
    assert len(calls) == 1


def test_the_page_has_ratios_and_reasons() -> None:
    rows = [Speed("a", "things", 1234.0, "b", 5.0, "n"), Skipped("c", "no server"), Speed("d", "things", 1.0, "e", 3.0)]
    text = page(rows, MANIFEST)
    assert "| a (n) | 1,234 things | b | 5.00 things | 247 |" in text
    assert "| d | 1.00 things | e | 3.00 things | 0.33 |" in text
    assert "- c: no server" in text
    assert "macla 1 (abc), Python 3, numpy 2; 2 cores, C, load 0 before." in text
    assert "Not measured" not in page(rows[:1], MANIFEST)


def test_what_cannot_run_is_a_line_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(config):
        raise UserError("no server; type something")
        yield

    row = Speed("a", "b", 2, "c", 1)
    monkeypatch.setattr(harness, "benches", lambda: {"first": fails, "second": lambda config: iter([row])})
    found = list(harness.measured(compose(TOY)))
    assert found == [Skipped("first", "no server; type something"), row]


def test_the_command_writes_a_page_with_its_manifest(monkeypatch, tmp_path) -> None:
    row = Speed("a", "things", 2.0, "b", 1.0)
    monkeypatch.setattr(harness, "benches", lambda: {"first": lambda config: iter([row])})
    result = CliRunner().invoke(app, ["bench", "report", *TOY, "--out", str(tmp_path / "bench.md")])
    assert result.exit_code == 0, result.exception
    assert (tmp_path / "bench.md").read_text() in result.stdout
    manifest = json.loads((tmp_path / "bench.manifest.json").read_text())
    assert manifest["rows"] == [asdict(row)]
    assert manifest["cpu"]
    assert "revision" in manifest


def test_a_model_that_is_not_served_is_told() -> None:
    with pytest.raises(UserError, match="needs a served model"):
        list(harness.requests(compose(TOY)))


def test_the_encoder_has_a_reference() -> None:
    (row,) = harness.encoder(compose(TOY))
    assert row.unit == "sentences"
    assert row.figure > 0 < row.of_reference


@pytest.mark.slow
def test_selection_beats_the_loop_at_every_size(monkeypatch) -> None:
    monkeypatch.setattr(harness, "SIZES", (199, 1_000))
    monkeypatch.setattr(harness, "WITH_FAISS", 2_000)
    rows = list(harness.selections(compose(TOY)))
    assert [row.what.split()[2] for row in rows[:2]] == ["199", "1,000"]
    assert min(row.ratio for row in rows) > 5


@pytest.mark.slow
def test_episodes_are_played_by_one_worker_by_two_and_by_a_ray() -> None:
    row, *of_ray = harness.episodes(compose(TOY))
    assert (row.what, row.reference, row.note) == ("toy, 2 workers", "one worker", "24 tasks")
    assert [one.what for one in of_ray] == (["toy, 2 workers of a Ray"] if find_spec("ray") else [])
    assert all(one.figure > 0 and one.of_reference == row.of_reference for one in of_ray)
    assert row.figure > 0 < row.of_reference


def test_construction_of_many_stands_beside_that_of_few(monkeypatch) -> None:
    monkeypatch.setattr(harness, "TRAJECTORIES", (12, 48))
    (row,) = harness.construction(compose([*TOY, "encoder=hashing", "env.n_train=12"]))
    assert (row.what, row.reference, row.unit) == ("toy, a memory of 48", "of 12", "trajectories")
    assert row.figure > 0 < row.of_reference


def test_too_few_episodes_are_told() -> None:
    with pytest.raises(UserError, match=r"3 tasks are too few to measure 1 workers by; raise eval\.limit"):
        list(harness.episodes(compose([*TOY, "eval.limit=3"])))


def test_a_benchmark_that_promises_nothing_has_no_line() -> None:
    assert list(harness.benches()["toy"](compose(TOY))) == []


def test_every_benchmark_that_promises_speed_measures_it() -> None:
    found = {name for name in plugins.names(plugins.BENCHMARKS) if isinstance(registry.create(name, {}), SpeedBench)}
    assert found == {"alfworld", "intercode_sql", "travelplanner", "webshop"}


def test_the_plain_loop_finds_what_the_engine_finds() -> None:
    words = ("red scarf", "red red scarf wool", "blue scarf", "wool hat", "", "red hat of wool")
    index = build([Document(f"B{number}", text) for number, text in enumerate(words)])
    for query in ("red scarf", "red red wool", "hat", "nothing", ""):
        assert plain_search(index, query) == SearchEngine(index).search(query)


@pytest.mark.slow
def test_search_is_measured_by_size(tmp_path) -> None:
    (row,) = speeds(tmp_path, sizes=(200,))
    assert row.what == "WebShop search among 200 products"
    assert row.note.endswith(" 0 answered otherwise")
    assert row.ratio > 0


@pytest.mark.slow
def test_the_evaluator_is_measured_on_generated_plans(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("MACLA_HOME", str(tmp_path))
    (row,) = TravelPlanner(TravelPlanner.Options()).bench_speeds()
    assert row.note == "same verdicts"
    assert row.ratio > 5


def test_games_are_measured_on_both_engines(monkeypatch) -> None:
    told = {"steps": 12, "games": 1, "mismatches": 0, "steps_per_s": {"compiled": 8.0, "textworld": 2.0}}
    told["load_reset_s"] = {"compiled": 0.5, "textworld": 2.0}
    monkeypatch.setattr(alfworld, "engines", lambda games, steps, seed: told)
    steps, loads = alfworld.speeds([])
    assert (steps.ratio, loads.ratio) == (4.0, 4.0)
    assert steps.note == "12 steps of 1 games, 0 states differ"
