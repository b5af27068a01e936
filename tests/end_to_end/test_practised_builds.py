"""On every benchmark a build composes meta-procedures, and practice moves beliefs: one build shows both."""

import json
import os
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from macla.cli import app

BENCHMARKS: dict[str, tuple[str, ...]] = {
    "toy": ("build.limit=30", "build.practice=20"),
    "alfworld": ("env.n_train=60", "env.n_seen=10", "env.n_unseen=12", "build.limit=16", "build.practice=12"),
    "webshop": ("env.products=300", "build.limit=40", "build.practice=20"),
    "travelplanner": ("build.limit=8", "build.practice=4"),
    "intercode_sql": ("build.limit=30", "build.practice=12"),
}
NEEDS_DATA = {"intercode_sql"}


@pytest.mark.slow
@pytest.mark.parametrize("benchmark", BENCHMARKS)
def test_a_build_yields_metas_of_procedures_it_holds_and_practice_tells_skills_apart(
    benchmark: str, tmp_path: Path
) -> None:
    if benchmark in NEEDS_DATA and "MACLA_DATA" not in os.environ:
        pytest.skip(f"{benchmark} needs MACLA_DATA")
    built = tmp_path / "memory"
    options = ("encoder=hashing", f"env={benchmark}", *BENCHMARKS[benchmark], f"runs={tmp_path}/runs")
    app(["build-memory", *options, "--out", str(built)], standalone_mode=False)
    memory = json.loads((built / "memory.json").read_text(encoding="utf-8"))
    check_metas(benchmark, memory)
    check_beliefs(memory, built / "events.jsonl")


def check_metas(benchmark: str, memory: dict[str, Any]) -> None:
    """Metas are made of procedures that the memory holds, each of what recurred often enough."""
    procedures = {procedure["id"]: procedure for procedure in memory["procedures"]}
    assert memory["metas"]
    for meta in memory["metas"]:
        assert len(meta["children"]) >= 2
        assert meta["frequency"] >= 0.2, "three episodes of the window of fifteen"
        assert {*meta["children"], *chain(*meta["branches"])} <= set(procedures)
    if benchmark == "intercode_sql":
        ran = [[procedures[child]["steps"][-1] for child in meta["children"]] for meta in memory["metas"]]
        assert ["a command put together from parts", "submit"] in [steps[-2:] for steps in ran]


def check_beliefs(memory: dict[str, Any], path: Path) -> None:
    """Skills are told apart by how their executions came out, not by their demonstrations alone."""
    skills = [*memory["procedures"], *memory["metas"]]
    rates = {skill["evidence"]["failures"] / max(1, sum(skill["evidence"].values())) for skill in skills}
    events = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    credits = [event["execution"] for event in events if event["event"] == "credited"]
    assert {execution["success"] for execution in credits} == {True, False}
    assert len(rates) >= 3, "beliefs do not all stand at the same place"
