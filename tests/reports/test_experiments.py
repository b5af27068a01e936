"""Every file of ``configs/experiment`` composes, for every row, and says what the paper says."""

from functools import cache

import pytest

from macla.choices import config_folder
from macla.config import compose
from macla.reports.columns import check_columns
from macla.reports.declared import check_primary
from macla.reports.figures.paper import CAPACITY
from macla.reports.figures.write import check_figure

composed = cache(compose)
"""Composing takes a while, and every test asks for the same files."""
MANY = 20
"""Rows."""
NAMES = sorted(path.stem for path in (config_folder() / "experiment").glob("*.yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_every_row_composes_to_a_configuration_of_its_own(name):
    experiment = composed((f"experiment={name}",)).experiment
    configs = [_told(name, row.overrides, len(experiment.rows)) for row in experiment.rows]
    kinds = [(text, row.memory) for text, row in zip(configs, experiment.rows, strict=True)]
    assert len(set(kinds)) == len(kinds)
    check_primary(experiment)
    check_figure(experiment)
    assert len({row.name for row in experiment.rows}) == len(experiment.rows)
    check_columns(experiment)


def _told(name, overrides, rows):
    """Return a row's configuration as text; of a table of many rows its words: composing takes half a second each."""
    return str(overrides) if rows > MANY else compose([f"experiment={name}", *overrides]).model_dump_json()


@pytest.mark.parametrize("name", NAMES)
def test_the_papers_figures_are_of_splits_and_columns_that_the_table_has(name):
    experiment = composed((f"experiment={name}",)).experiment
    for row in experiment.rows:
        splits = set(row.splits or experiment.splits)
        assert set(row.paper) <= splits
        assert set(row.paper_columns) <= splits
        assert {column for figures in row.paper_columns.values() for column in figures} <= set(experiment.columns)


def test_table_2_switches_off_one_part_a_row():
    experiment = composed(("experiment=table2",)).experiment
    assert [row.overrides for row in experiment.rows] == [
        (),
        ("memory.selection=similarity",),
        ("memory.contrastive=false",),
        ("memory.metas=false",),
        ("memory.ontology=false",),
        ("memory=fixed_rules",),
    ]
    assert len(experiment.seeds) == 3


def test_table_4_plays_the_runs_of_table_2():
    two, four = (composed((f"experiment={name}",)) for name in ("table2", "table4"))
    assert two.construction() == four.construction()
    assert two.evaluation() == four.evaluation()
    ablation = [row.overrides for row in two.experiment.rows[:-1]]  # the others are opponents
    assert ablation == [row.overrides for row in four.experiment.rows[: len(ablation)]]


def test_tables_and_figures_print_the_same_figures_of_the_paper():
    for name in ("table5", "figure2"):
        rows = {row.name.split("/")[0]: row.paper for row in composed((f"experiment={name}",)).experiment.rows}
        for point in CAPACITY:
            assert rows[f"{point.x:g}"][point.split] == pytest.approx(100 * point.success)


def test_thresholds_are_swept_on_games_that_no_other_table_plays():
    seeds = {name: composed((f"experiment={name}",)).env.get("generator_seed") for name in NAMES}
    assert [name for name, seed in seeds.items() if seed == seeds["table8"]] == ["table8"]


def test_figure_5_plays_the_runs_of_table_6():
    six, five = (composed((f"experiment={name}",)) for name in ("table6", "figure5"))
    assert (six.construction(), six.evaluation()) == (five.construction(), five.evaluation())
    assert (six.experiment.rows, six.experiment.seeds) == (five.experiment.rows, five.experiment.seeds)
    assert {"reuse", "posterior_used", "meta_hits"} <= set(five.experiment.columns)


def test_table_7_plays_a_run_of_table_2():
    two, seven = (composed((f"experiment={name}",)) for name in ("table2", "table7"))
    assert (two.construction(), two.evaluation()) == (seven.construction(), seven.evaluation())
    assert two.experiment.rows[0].overrides == seven.experiment.rows[0].overrides == ()


def test_table_1_compares_macla_with_every_opponent_on_every_benchmark():
    experiment = composed(("experiment=table1",)).experiment
    assert {line.row for line in experiment.primary} == {f"{row.group}: macla" for row in experiment.rows}
    for line in experiment.primary:
        benchmark = line.row.partition(":")[0]
        assert line.against == tuple(f"{benchmark}: {name}" for name in ("none", "nearest", "cloning", "fixed_rules"))
