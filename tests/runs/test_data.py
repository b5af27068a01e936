"""``macla data --check`` reads the data of every benchmark and names what is broken."""

import json
import os
import shutil
from pathlib import Path

import pytest

from envs.intercode_sql.benchmark import InterCodeSQL, SQLOptions
from envs.travelplanner.benchmark import TravelPlanner
from envs.travelplanner.generate.world import ensure_world
from envs.travelplanner.options import TravelOptions
from envs.webshop.benchmark import WebShop
from envs.webshop.options import WebShopOptions
from macla.config import compose
from macla.errors import UserError
from macla.runs.data import manage


def checked(*overrides: str) -> list[str]:
    return manage(compose(list(overrides)), generate=None, download=False, check=True, out=None)


def test_webshops_files_are_counted(tmp_path: Path):
    lines = checked("env=webshop", f"env.data_dir={tmp_path}", "env.products=60")
    assert any(line.endswith("60 entries, 60 products") for line in lines)
    assert any(line.startswith("train: ") for line in lines)
    assert lines[-1] == "every file reads"


@pytest.mark.parametrize("content", ["[" * 100_000, "[7]", '{"a": 1}', '[{"asin": "B1", "name": 3}]'])
def test_a_broken_catalogue_is_named(content: str, tmp_path: Path):
    (tmp_path / "items_shuffle.json").write_text(content, encoding="utf-8")
    (tmp_path / "items_ins_v2.json").write_text("{}", encoding="utf-8")
    shop = WebShop(WebShopOptions(data="official", root=tmp_path, data_dir=tmp_path))
    with pytest.raises(UserError) as error:
        shop.check_data()
    assert str(tmp_path) in str(error.value)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ensure_world(tmp_path_factory.mktemp("travelplanner"), 7)


def test_travelplanners_tables_and_gold_plans_are_checked(world: Path):
    lines = checked("env=travelplanner", f"env.data_dir={world.parent}")
    assert "train: 90 queries, 90 gold plans, every one a final pass" in lines
    assert lines[-1] == "every file reads"


def test_a_gold_plan_that_does_not_pass_is_named(world: Path, tmp_path: Path):
    copy = shutil.copytree(world, tmp_path / "world")
    plans = copy / "gold_plans_seen.jsonl"
    first, *rest = plans.read_text(encoding="utf-8").splitlines()
    record = json.loads(first)
    plans.write_text("\n".join([json.dumps({**record, "plan": record["plan"][:1]}), *rest]), encoding="utf-8")
    benchmark = TravelPlanner(TravelOptions(database=copy / "database", queries=copy))
    shutil.copy(copy / "queries_seen.jsonl", copy / "queries_validation.jsonl")
    shutil.copy(plans, copy / "gold_plans_validation.jsonl")
    with pytest.raises(UserError, match=f"1 gold plans of validation do not pass, e.g. of idx {record['idx']}"):
        benchmark.check_data()


@pytest.mark.skipif("MACLA_DATA" not in os.environ, reason="needs the InterCode-SQL data: set MACLA_DATA")
def test_intercode_sqls_files_are_counted(tmp_path: Path):
    lines = InterCodeSQL(SQLOptions(data_dir=str(tmp_path))).check_data()
    assert lines[0].endswith("1034 tasks, 20 databases, 6952 rows")
    assert lines[-1] == "every file reads"


def test_a_benchmark_without_data_says_so():
    with pytest.raises(UserError, match="toy has no data to manage"):
        checked("env=toy")
