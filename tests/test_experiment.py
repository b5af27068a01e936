"""Experiments as they are written: rows of grids."""

import pytest
from pydantic import ValidationError

from macla.experiment import ExperimentConfig, Grid

POINTS = [
    {"name": "toy", "overrides": ["env=toy"], "paper": {"macla": {"seen": 80.0}}},
    {"name": "shop", "overrides": ["env=shop"], "paper_columns": {"none": {"unseen": {"score": 17.9}}}},
]
LINES = [{"name": "macla"}, {"name": "none", "memory": "none"}]


def test_a_grid_runs_every_line_at_every_point_with_what_the_paper_prints_there():
    rows = Grid(points=POINTS, lines=LINES).rows()
    assert [(row.name, row.group, row.memory) for row in rows] == [
        ("toy: macla", "toy", "build"),
        ("toy: none", "toy", "none"),
        ("shop: macla", "shop", "build"),
        ("shop: none", "shop", "none"),
    ]
    assert [row.paper for row in rows] == [{"seen": 80.0}, {}, {}, {}]
    assert [row.paper_columns for row in rows] == [{}, {}, {}, {"unseen": {"score": 17.9}}]


def test_rows_that_are_written_out_come_first_and_have_no_group():
    values = {"name": "t", "title": "T", "splits": ["seen"], "seeds": [0], "baseline": None, "rows": [{"name": "one"}]}
    made = ExperimentConfig(**values, grids=[{"points": POINTS, "lines": LINES}])
    assert [row.group for row in made.rows] == ["", "toy", "toy", "shop", "shop"]


def test_a_figure_of_the_paper_for_a_line_that_there_is_not_is_refused():
    with pytest.raises(ValidationError, match="point toy: no line macla; there are none"):
        Grid(points=POINTS, lines=LINES[1:])
