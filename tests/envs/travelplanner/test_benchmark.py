"""The adapter as the harness uses it: splits, tasks, experts, folds, scoring."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from envs.travelplanner.benchmark import TravelPlanner
from envs.travelplanner.evaluate.verdict import evaluate
from envs.travelplanner.experts import as_observed
from envs.travelplanner.options import TravelOptions
from envs.travelplanner.queries import load_problems
from envs.travelplanner.score import score_file
from macla.benchmarks.base import Benchmark
from macla.benchmarks.trajectory import Trajectory
from macla.errors import UserError

SIX = {"delivery_rate", "commonsense_micro", "commonsense_macro", "hard_micro", "hard_macro", "final_pass_rate"}


@pytest.fixture(scope="module")
def benchmark_(world: Path) -> TravelPlanner:
    return TravelPlanner(TravelOptions(data_dir=world.parent))


@pytest.fixture(scope="module")
def official_benchmark(official: Path) -> TravelPlanner:
    return TravelPlanner(TravelOptions(database=official / "database"))


def unseen_arguments(benchmark: TravelPlanner, episode: Trajectory) -> set[str]:
    """Return the arguments of actions that no text before them shows."""
    lexicon = benchmark.reading_lexicon()
    known = {mention.name for mention in lexicon.mentions(episode.task)}
    missing: set[str] = set()
    for text, action in zip(
        [episode.first_observation, *(step.observation for step in episode.steps)],
        [*(step.action for step in episode.steps), ""],
        strict=True,
    ):
        known |= {mention.name for mention in lexicon.mentions(text)}
        command = lexicon.parse(action)
        assert command is not None or not action
        missing |= set(command.arguments if command else ()) - known
    return missing


def test_it_is_a_benchmark(benchmark_: TravelPlanner):
    contract: Benchmark = benchmark_
    contract.check()
    assert contract.splits() == ("train", "seen", "unseen")
    assert [len(contract.tasks(split)) for split in contract.splits()] == [90, 45, 45]
    identity = contract.identity()
    assert identity["data"] == "generated"
    json.dumps(identity)
    assert contract.find("train-1") == contract.tasks("train")[0]
    assert contract.find(1) == contract.tasks("train")[0]
    for reference in ("train-999", 0):
        with pytest.raises(UserError, match="no task"):
            contract.find(reference)
    with pytest.raises(UserError, match="no split 'test'"):
        contract.tasks("test")


@pytest.mark.parametrize("mode", ["two-stage", "sole-planning"])
def test_generated_experts_succeed_and_cite_only_what_they_saw(mode: Any, world: Path):
    benchmark = TravelPlanner(TravelOptions(data_dir=world.parent, mode=mode))
    episodes = list(benchmark.experts(benchmark.tasks("train"), seed=0))
    assert len(episodes) == 90
    for episode in episodes:
        assert episode.success
        assert unseen_arguments(benchmark, episode) == set()
        assert len(episode.steps) <= benchmark.horizon


def test_the_whole_tables_come_first_with_the_flights_at_hand(official: Path, monkeypatch: pytest.MonkeyPatch):
    if not (official / "database_full").is_dir():
        pytest.skip("no database_full")
    monkeypatch.setenv("MACLA_DATA", str(official.parent))
    whole = TravelPlanner(TravelOptions(data="official"))
    needed = TravelPlanner(TravelOptions(database=official / "database"))
    assert len(whole.database.roads) > 100 * len(needed.database.roads)
    first = needed.tasks("train")[0].payload.record["date"][0]
    assert _flights(needed, first) == _flights(whole, first) != []
    assert "drawn" in str(whole.identity()["flights"])
    assert whole.identity()["data_sha256"] != needed.identity()["data_sha256"]
    for task in whole.tasks("train"):
        assert evaluate(task.payload.record, task.payload.gold, whole.database).final_pass


def _flights(benchmark: TravelPlanner, day: str) -> list[Any]:
    record = benchmark.tasks("train")[0].payload.record
    return list(benchmark.database.flights.search(record["org"], record["dest"], day))


def test_a_flight_table_elsewhere_is_named_when_it_is_missing(official: Path, tmp_path: Path):
    options = TravelOptions(database=official / "database", flights=tmp_path / "flights.csv")
    with pytest.raises(UserError, match=r"lacks .*flights\.csv"):
        TravelPlanner(options).check()


def test_official_experts_succeed_and_cite_only_what_they_saw(official_benchmark: TravelPlanner):
    episodes = list(official_benchmark.experts(official_benchmark.tasks("train"), seed=0))
    assert len(episodes) == 45
    assert all(episode.success for episode in episodes)
    assert [unseen_arguments(official_benchmark, episode) for episode in episodes] == [set()] * 45


def test_experts_are_bounded_and_repeatable(benchmark_: TravelPlanner):
    first = list(benchmark_.experts(benchmark_.tasks("seen")[:3], seed=0))
    assert len(first) == 3
    assert first == list(benchmark_.experts(benchmark_.tasks("seen")[:3], seed=1))


def test_only_training_tasks_tell_what_is_broken(benchmark_: TravelPlanner):
    told = {
        split: next(benchmark_.experts(benchmark_.tasks(split)[:1], seed=0)).steps[-1].observation
        for split in benchmark_.splits()
    }
    assert told["train"].endswith("The plan keeps every constraint.")
    assert told["seen"] == told["unseen"] == "The plan is delivered."


def test_plans_respelt_as_observed_stay_final_passes(official: Path, official_benchmark: TravelPlanner):
    for problem in load_problems(official, "train"):
        assert problem.gold is not None
        respelt = [as_observed(day, official_benchmark.database) for day in problem.gold]
        assert not any("(" in day["current_city"] for day in respelt)
        assert evaluate(problem.record, respelt, official_benchmark.database).final_pass


def test_folds_never_share_a_state(official: Path):
    def benchmark(fold: int) -> TravelPlanner:
        return TravelPlanner(TravelOptions(database=official / "database", folds=5, fold=fold))

    held: list[str] = []
    for fold in range(5):
        one = benchmark(fold)
        train, heldout = one.tasks("train"), one.tasks("heldout")
        states = [
            {one.database.state_of.get(t.payload.record["dest"], t.payload.record["dest"]) for t in tasks if
             t.payload.record["days"] == 3} | {t.payload.record["dest"] for t in tasks if t.payload.record["days"] > 3}
            for tasks in (train, heldout)
        ]  # fmt: skip
        assert not states[0] & states[1]
        assert len(train) + len(heldout) == 45
        assert one.find(heldout[0].id).split == "heldout"
        held += [task.id for task in heldout]
    assert len(set(held)) == 45
    with pytest.raises(UserError, match=r"env\.fold=5"):
        benchmark(5)


def test_official_validation_is_there_but_has_no_route_for_sole_planning(official: Path):
    benchmark = TravelPlanner(TravelOptions(database=official / "database", mode="sole-planning"))
    tasks = benchmark.tasks("validation")
    assert len(tasks) == 180
    with pytest.raises(UserError, match="mode=two-stage"):
        benchmark.make(tasks[0], seed=0)
    assert list(benchmark.experts(benchmark.tasks("validation"), seed=0)) == []


def test_validation_and_training_queries_share_no_content(official_benchmark: TravelPlanner):
    def contents(split: str) -> set[tuple[str, str, str]]:
        records = [task.payload.record for task in official_benchmark.tasks(split)]
        return {(record["org"], record["dest"], record["date"][0]) for record in records}

    assert len(contents("validation")) == 180
    assert not contents("train") & contents("validation")
    assert official_benchmark.aliases()["unseen"] == "validation"


def test_missing_tables_are_one_line(tmp_path: Path):
    with pytest.raises(UserError, match=r"lacks flights/.*, accommodations/.*drop env\.database"):
        TravelPlanner(TravelOptions(database=tmp_path)).check()


def test_unknown_options_are_refused():
    with pytest.raises(ValidationError):
        TravelOptions(nonsense=1)  # type: ignore[call-arg]


def test_config_lists_every_option_with_its_default(monkeypatch: pytest.MonkeyPatch):
    from omegaconf import OmegaConf

    monkeypatch.setenv("MACLA_HOME", "/somewhere")
    root = Path(__file__).parents[3]
    config = OmegaConf.to_container(OmegaConf.load(root / "configs/env/travelplanner.yaml"), resolve=True)
    assert isinstance(config, dict)
    assert config.pop("name") == "travelplanner"
    assert TravelOptions(**config) == TravelOptions()
    assert set(config) == set(TravelOptions.model_fields)


def test_importing_the_adapter_is_light():
    code = "import envs.travelplanner.benchmark, sys; print({'pandas', 'torch'} & set(sys.modules))"
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def plan_file(path: Path, lines: list[Any]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def test_scoring_a_plan_file(world: Path, tmp_path: Path):
    problems = load_problems(world, "seen")
    lines = [{"query": problem.record, "plan": problem.gold} for problem in problems]
    lines[0]["plan"] = None
    lines[1]["plan"] = [{"days": 1}]
    literal = {**problems[2].record, "local_constraint": repr(problems[2].record["local_constraint"])}
    lines[2]["query"] = {**literal, "date": repr(problems[2].record["date"])}
    out = tmp_path / "deep" / "out.json"
    result = score_file(
        plan_file(tmp_path / "plans.jsonl", lines), out, TravelOptions(database=world / "database", strict=True)
    )
    assert json.loads(out.read_text(encoding="utf-8")) == result
    assert set(result["aggregates"]) == set(result["strict_aggregates"]) == SIX
    assert result["denominators"]["source"] == "query set"
    assert len(result["plans"]) == 45
    assert result["aggregates"]["delivery_rate"] == 44 / 45
    assert result["aggregates"]["final_pass_rate"] == 43 / 45
    first, second, third = result["plans"][:3]
    assert set(first) == {"commonsense", "hard", "total_cost", "final_pass", "reasons", "strict"}
    assert first["reasons"] == {"delivery": "there is no plan"}
    assert (set(first["commonsense"].values()), first["hard"], first["total_cost"]) == ({None}, None, None)
    assert (second["hard"], second["final_pass"]) == (None, False)
    assert len(third["commonsense"]) == 8
    assert len(third["hard"]) == 5
    assert third["final_pass"]
    assert third["total_cost"] <= problems[2].record["budget"]


def test_scoring_by_official_denominators(world: Path, tmp_path: Path):
    problem = load_problems(world, "seen")[0]
    plans = plan_file(tmp_path / "plans.jsonl", [{"query": problem.record, "plan": problem.gold}])
    options = TravelOptions(database=world / "database", denominators="validation")
    result = score_file(plans, tmp_path / "out.json", options)
    assert result["aggregates"]["final_pass_rate"] == 1 / 180
    assert result["denominators"] == {"plans": 180, "commonsense": 1440, "hard": 420, "source": "validation"}
    assert "strict_aggregates" not in result


@pytest.mark.parametrize("line", ['{"query": {}}', "[1]", '{"query": 3, "plan": []}', "not json"])
def test_a_line_that_is_no_plan_is_a_user_error(line: str, world: Path, tmp_path: Path):
    (tmp_path / "plans.jsonl").write_text(line, encoding="utf-8")
    with pytest.raises(UserError, match=r"plans\.jsonl:"):
        score_file(tmp_path / "plans.jsonl", tmp_path / "out.json", TravelOptions(database=world / "database"))


def test_what_leads_nowhere_is_tried_before_what_the_plan_needs(benchmark_: TravelPlanner):
    """No road or no flight comes right before a call that found one, and such tries never make the calls too many."""
    tried = 0
    for episode in benchmark_.experts(benchmark_.tasks("train"), seed=0):
        feedback = [step.observation for step in episode.steps]
        for index, text in enumerate(feedback):
            if benchmark_.lexicon.rejected(text):
                tried += 1
                assert text.startswith(("There is no flight", "No valid information", "self-driving, ", "taxi, "))
                found = next(its for its in feedback[index + 1 :] if not benchmark_.lexicon.rejected(its))
                assert {mention.type for mention in benchmark_.lexicon.mentions(found)} >= {"journey"}
        assert sum(not step.action.startswith("Day[") for step in episode.steps) <= benchmark_.options.max_steps
    assert tried > 10


def test_help_is_one_command_a_line(benchmark_: TravelPlanner):
    for line in benchmark_.help.splitlines():
        filled = re.sub(r"\{[^{}]*\}", "x", line)
        command = benchmark_.lexicon.parse(filled)
        assert command is not None
        assert benchmark_.lexicon.render(command) == filled
