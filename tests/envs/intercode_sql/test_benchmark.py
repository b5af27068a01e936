import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from envs.intercode_sql.bench import compare_engines, speeds
from envs.intercode_sql.benchmark import InterCodeSQL, SQLOptions
from envs.intercode_sql.engine.mysql import MySQLEngine
from macla.benchmarks.trajectory import Outcome
from macla.errors import UserError


def test_splits_are_those_of_the_specification(benchmark_sql):
    sizes = {split: len(benchmark_sql.tasks(split)) for split in benchmark_sql.splits()}
    assert sizes == {"train": 473, "test_seen": 202, "test_unseen": 246, "official": 1034}
    assert benchmark_sql.identity()["excluded"] == {"empty_db": 62, "gold_empty": 36, "gold_error": 15}
    databases = {s: {t.payload.database for t in benchmark_sql.tasks(s)} for s in benchmark_sql.splits()[:3]}
    golds = {
        s: {(t.payload.database, t.payload.gold) for t in benchmark_sql.tasks(s)} for s in benchmark_sql.splits()[:3]
    }
    assert databases["test_seen"] <= databases["train"]
    assert not databases["test_unseen"] & databases["train"]
    assert not golds["train"] & golds["test_seen"]


def test_ordered_golds(benchmark_sql):
    assert sum(task.payload.ordered for task in benchmark_sql.tasks("official")) == 231


def test_train_golds_give_the_rows_of_mysql(folder, benchmark_sql):
    equal = total = 0
    for line in (folder / "gold_results_mysql97_train.jsonl").read_text().splitlines():
        recorded = json.loads(line)
        question = benchmark_sql.find(recorded["task"]).payload
        rows = benchmark_sql.engine.session(question.database).execute(question.gold)
        total += 1
        texts = repr(sorted(map(repr, rows)))
        equal += hashlib.sha1(texts.encode()).hexdigest().startswith(recorded["sha1_sorted"])
    assert total == 473
    assert equal == 473


def test_the_same_golds_fail_as_on_mysql(benchmark_sql):
    failing = set()
    for task in benchmark_sql.tasks("official"):
        env = benchmark_sql.make(task, seed=0)
        env.reset(seed=0)
        _, _, _, _, info = env.step(task.payload.gold)
        if info["official"]["observation"].startswith("Error"):
            failing.add(task.payload.row)
    known = "54 83 164 178 225 271 301 525 531 638 704 710 798 802 803 850 892 942 967"
    assert failing == set(map(int, known.split()))


def test_an_episode_in_the_ipr_protocol(either):
    env = either.make(either.find(3), seed=0)
    first, info = env.reset(seed=0)
    assert first == info["task"] == "Count the number of different nationalities of conductors."
    assert env.step("SHOW TABLES")[:4] == (
        "[('conductor',), ('orchestra',), ('performance',), ('show',)]", 0.0, False, False,
    )  # fmt: skip
    assert env.step("hello")[0].startswith("I don't understand your input")
    observation, *_, info = env.step("Action: \n```sql\nSELECT COUNT(DISTINCT Nationality) FROM conductor\n```")
    assert observation == "[(3,)]"
    assert not info["success"]
    assert info["official"] == {"observation": "[(3,)]", "reward": 1.0}
    observation, reward, terminated, truncated, info = env.step("submit")
    assert (observation, reward, terminated, truncated) == ("[(3,)]", 1.0, True, False)
    assert info["success"]
    assert info["score"] == 1.0


def test_ten_steps_without_submit_earn_nothing_but_a_submit_at_the_tenth_counts(benchmark_sql):
    gold = benchmark_sql.find(3).payload.gold
    for last, expected in (("SHOW TABLES", (0.0, False, True)), ("submit", (1.0, True, False))):
        env = benchmark_sql.make(benchmark_sql.find(3), seed=0)
        env.reset(seed=0)
        for _ in range(9):
            env.step(gold)
        assert env.step(last)[1:4] == expected


def test_the_other_profiles(folder, benchmark_sql):
    def start(profile):
        benchmark = InterCodeSQL(SQLOptions(root=str(folder), data_dir="unused", profile=profile))
        benchmark.__dict__["engine"] = benchmark_sql.engine
        env = benchmark.make(benchmark.find(3), seed=0)
        env.reset(seed=0)
        return env

    env = start("try_again")
    observation, _, terminated, *_ = env.step("```sql\nSELECT 1;\n```")
    assert "Reward: 0.0" in observation
    assert not terminated
    assert env.step("SELECT COUNT(DISTINCT Nationality) FROM conductor")[1:3] == (1.0, True)
    env = start("react")
    for _ in range(9):
        env.step("execute[SELECT COUNT(DISTINCT Nationality) FROM conductor]")
    assert env.step("execute[SELECT COUNT(DISTINCT Nationality) FROM conductor]")[1:3] == (1.0, True)


DESTRUCTIVE = (
    "DROP TABLE conductor",
    "DELETE FROM conductor",
    "UPDATE conductor SET Name = 'x'",
    "INSERT INTO conductor VALUES (99, 'x', 1, 'x', 1)",
    "ALTER TABLE conductor ADD COLUMN z INT",
    "CREATE TABLE orchestra.extra (a INT)",
    "CREATE DATABASE extra",
    "USE world_1",
    "SET sql_mode = ''",
    "SET GLOBAL sql_mode = ''",
    "SELECT 1; DROP TABLE conductor",
)


@pytest.mark.parametrize("sql", DESTRUCTIVE)
def test_a_destructive_episode_leaves_the_next_untouched(either, sql):
    def look():
        env = either.make(either.find(3), seed=0)
        env.reset(seed=0)
        seen = [
            env.step(a)[0] for a in ("SHOW TABLES", "DESC conductor", "SELECT * FROM conductor", "SELECT @@sql_mode")
        ]
        return seen, env

    before, env = look()
    env.step(sql)
    env.step("submit")
    assert look()[0] == before


HOSTILE = (
    "SELECT SLEEP(60)",
    "SELECT BENCHMARK(1000000000, SHA1('a'))",
    "SELECT COUNT(*) FROM world_1.city a, world_1.city b, world_1.city c",
    "SELECT 1 INTO OUTFILE 'x'",
    "SELECT 'a' REGEXP '(a+)+$'",
    "SELECT 'unclosed",
    "",
    ";;;",
    "(((",
    "SELECT",
)


@pytest.mark.parametrize("sql", HOSTILE)
def test_hostile_sql_gives_an_observation_and_the_episode_goes_on(either, sql):
    env = either.make(either.find(3), seed=0)
    env.reset(seed=0)
    observation, reward, terminated, *_ = env.step(sql)
    assert observation
    assert (reward, terminated) == (0.0, False)
    assert env.step("SHOW TABLES")[0].startswith("[('conductor',)")


def test_a_million_rows_are_capped_on_both_engines(either):
    env = either.make(either.find(3), seed=0)
    env.reset(seed=0)
    _, _, _, _, info = env.step("SELECT a.ID FROM world_1.city a, world_1.city b LIMIT 1000000")
    assert info["official"]["observation"].count("),") <= 100_000
    assert env.step("SHOW TABLES")[0].startswith("[('conductor',)")


def test_experts_are_recordings_of_train_tasks_run_again(benchmark_sql):
    found = list(benchmark_sql.experts(benchmark_sql.tasks("train")[:60], seed=0))
    assert {t.outcome for t in found} == {Outcome.SUCCESS, Outcome.FAILURE, Outcome.STEP_LIMIT}
    assert all(len(t.steps) <= 10 for t in found)
    success = next(t for t in found if t.success)
    assert success.steps[-1].action == "submit"
    assert success.score == 1.0
    with pytest.raises(UserError, match="train tasks only"):
        next(benchmark_sql.experts(benchmark_sql.tasks("test_seen"), seed=0))


def test_golds_solve_the_tasks_as_an_oracle(folder, benchmark_sql):
    oracle = InterCodeSQL(SQLOptions(root=str(folder), data_dir="unused", experts="gold"))
    oracle.__dict__["engine"] = benchmark_sql.engine
    found = list(oracle.experts(oracle.tasks("test_unseen")[:40], seed=0))
    assert all(t.success and t.source == "gold" for t in found)


def test_mistakes_of_the_user_are_one_line(folder, benchmark_sql, tmp_path, monkeypatch):
    with pytest.raises(UserError, match="tasks are the rows 0 to 1033"):
        benchmark_sql.find(1034)
    with pytest.raises(UserError, match="unknown split"):
        benchmark_sql.tasks("validation")
    with pytest.raises(UserError, match=r"no splits\.json|no ic_spider_dev\.json"):
        InterCodeSQL(SQLOptions(root=str(tmp_path))).check()
    monkeypatch.delenv("MACLA_DATA", raising=False)
    with pytest.raises(UserError, match=r"set env\.root"):
        InterCodeSQL(SQLOptions()).check()


@pytest.mark.parametrize(
    ("dsn", "message"),
    [
        ("", "needs env.dsn=mysql://user:password@host:port"),
        ("postgres://a:b@c", "needs env.dsn"),
        ("mysql://agent:agent@127.0.0.1:9", "no MySQL server answers at 127.0.0.1:9"),
    ],
)
def test_an_unreachable_server_is_named(dsn, message):
    pytest.importorskip("mysql.connector", reason="needs mysql-connector-python")
    with pytest.raises(UserError, match=message):
        MySQLEngine(dsn, timeout=1).check()


def test_a_wrong_password_and_a_user_who_may_write_are_refused(server_dsn):
    with pytest.raises(UserError, match="refuses user 'agent'"):
        MySQLEngine(server_dsn.replace("agent:agent", "agent:wrong"), timeout=1).check()
    MySQLEngine(server_dsn, timeout=1).check()


def test_the_configuration_lists_every_option_with_its_default():
    config = OmegaConf.load(Path(__file__).parents[3] / "configs" / "env" / "intercode_sql.yaml")
    values = OmegaConf.to_container(config)
    assert values.pop("name") == InterCodeSQL.name
    assert values == SQLOptions().model_dump()


def test_the_worked_example_is_true_and_of_a_train_task(benchmark_sql):
    question, *exchanges = benchmark_sql.example.split("Action: ")
    task = benchmark_sql.find(3)
    assert any(t.id == task.id for t in benchmark_sql.tasks("train"))
    env = benchmark_sql.make(task, seed=0)
    assert question == f"Question: {env.reset(seed=0)[0]}\n"
    for exchange in exchanges:
        action, observation = exchange.rstrip("\n").split("\nObservation: ")
        assert env.step(action)[0] == observation


def test_speed_is_measured_on_each_engine(folder, monkeypatch, tmp_path):
    monkeypatch.setenv("MACLA_HOME", str(tmp_path))
    speed = compare_engines(folder, {"embedded": ""}, episodes=5)["embedded"]
    assert speed.episodes == 5
    assert speed.steps > 5
    assert speed.episodes_per_second > 1


def test_importing_the_adapter_is_light():
    heavy = ("torch", "pandas", "scipy", "mysql")
    code = f"import sys, envs.intercode_sql.benchmark; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_the_report_tells_what_translating_costs(benchmark_sql):
    skipped, row = speeds(benchmark_sql)
    assert "env.dsn" in skipped.why
    assert row.unit == "queries"
    assert 0 < row.ratio < 1
