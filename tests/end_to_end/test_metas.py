"""On every benchmark a build composes meta-procedures: of what its demonstrations do again and again."""

import json
import os
from itertools import chain
from pathlib import Path

import pytest

from macla.cli import app

BENCHMARKS: dict[str, tuple[str, ...]] = {
    "toy": ("build.limit=30",),
    "alfworld": ("env.n_train=60", "env.n_seen=10", "env.n_unseen=12", "build.limit=16"),
    "webshop": ("env.products=300", "build.limit=40"),
    "travelplanner": ("build.limit=8",),
    "intercode_sql": ("build.limit=30",),
}
NEEDS_DATA = {"intercode_sql"}


@pytest.mark.slow
@pytest.mark.parametrize("benchmark", BENCHMARKS)
def test_a_build_yields_metas_of_procedures_it_holds(benchmark: str, tmp_path: Path) -> None:
    if benchmark in NEEDS_DATA and "MACLA_DATA" not in os.environ:
        pytest.skip(f"{benchmark} needs MACLA_DATA")
    built = tmp_path / "memory"
    options = ("encoder=hashing", f"env={benchmark}", *BENCHMARKS[benchmark], f"runs={tmp_path}/runs")
    app(["build-memory", *options, "--out", str(built)], standalone_mode=False)
    memory = json.loads((built / "memory.json").read_text(encoding="utf-8"))
    procedures = {procedure["id"]: procedure for procedure in memory["procedures"]}
    assert memory["metas"]
    for meta in memory["metas"]:
        assert len(meta["children"]) >= 2
        assert meta["frequency"] >= 0.2, "three episodes of the window of fifteen"
        assert {*meta["children"], *chain(*meta["branches"])} <= set(procedures)
    if benchmark == "intercode_sql":
        ran = [[procedures[child]["steps"][-1] for child in meta["children"]] for meta in memory["metas"]]
        assert ["a command put together from parts", "submit"] in [steps[-2:] for steps in ran]
