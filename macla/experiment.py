"""A part of the configuration; what a table is made of: rows, primary comparisons, figure (``configs/experiment/``)."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Section(BaseModel):
    """A part of the configuration; unknown keys and numbers without end are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Row(Section):
    """One row of a table: a variation of the configuration, and what the paper reports for it."""

    name: str
    overrides: tuple[str, ...] = ()
    memory: Literal["build", "none"] = "build"
    splits: tuple[str, ...] = ()
    """Splits of this row where they differ from the table's (another benchmark)."""
    parts: tuple[tuple[str, ...], ...] = ()
    """Further overrides, one set a part: each part is built and evaluated apart and all make one cell (folds)."""
    x: float | None = Field(default=None, gt=0)
    """Where the row stands in a figure of kind ``mechanisms``: how many demonstrations it learned from."""
    line: str = ""
    """Its line there: the configuration."""
    panel: str = ""
    """Its panel there: the benchmark."""
    group: str = ""
    """Rows of one group stand together under its name in Markdown and LaTeX."""
    paper: dict[str, float] = {}
    """Split → the paper's figure, in percent."""
    paper_columns: dict[str, dict[str, float]] = {}
    """Split → column → the paper's figure, in the column's unit."""


class Primary(Section):
    """Comparisons that are decided on before the experiment runs; their p-values are adjusted together (Holm)."""

    row: str
    against: tuple[str, ...] = Field(min_length=1)
    """Rows, each compared with ``row`` on the tasks that both played."""
    split: str
    measure: Literal["success", "score"] = "success"


class Line(Section):
    """A configuration that a grid runs at each of its points."""

    name: str
    overrides: tuple[str, ...] = ()
    memory: Literal["build", "none"] = "build"


class Point(Section):
    """Where a grid runs its configurations: a benchmark, mostly, and a number of demonstrations."""

    name: str
    """A row is called ``POINT: LINE``."""
    overrides: tuple[str, ...] = ()
    splits: tuple[str, ...] = ()
    x: float | None = Field(default=None, gt=0)
    panel: str = ""
    paper: dict[str, dict[str, float]] = {}
    """Line → split → the paper's figure, in percent."""
    paper_columns: dict[str, dict[str, dict[str, float]]] = {}
    """Line → split → column → the paper's figure, in the column's unit."""


class Grid(Section):
    """Rows that need not be written out: every configuration at every point."""

    points: tuple[Point, ...] = Field(min_length=1)
    lines: tuple[Line, ...] = Field(min_length=1)
    ladder: bool = False
    """Each configuration adds its overrides to those of the ones before it."""

    @model_validator(mode="after")
    def _printed_of_its_lines(self) -> "Grid":
        """Refuse a figure of the paper for a configuration that the grid does not run."""
        lines = {line.name for line in self.lines}
        for point in self.points:
            for name in (*point.paper, *point.paper_columns):
                if name not in lines:
                    raise ValueError(f"point {point.name}: no line {name}; there are {', '.join(sorted(lines))}")
        return self

    def rows(self) -> list[Row]:
        """Return the rows, point by point."""
        return [
            Row(
                name=f"{point.name}: {line.name}",
                overrides=(*point.overrides, *self._overrides(number)),
                memory=line.memory,
                splits=point.splits,
                x=point.x,
                line=line.name if point.panel else "",
                panel=point.panel,
                group=point.name,
                paper=point.paper.get(line.name, {}),
                paper_columns=point.paper_columns.get(line.name, {}),
            )
            for point in self.points
            for number, line in enumerate(self.lines)
        ]

    def _overrides(self, number: int) -> tuple[str, ...]:
        """Return the overrides of a line; on a ladder the last word on a key counts."""
        lines = self.lines[: number + 1] if self.ladder else self.lines[number : number + 1]
        chosen = {override.partition("=")[0]: override for line in lines for override in line.overrides}
        return tuple(chosen.values())


class ExperimentConfig(Section):
    """One table to reproduce (``configs/experiment/``)."""

    name: str
    """Name of the files under ``results/``."""
    title: str
    splits: tuple[str, ...]
    seeds: tuple[int, ...] = Field(min_length=1)
    rows: tuple[Row, ...] = Field(min_length=1)
    """Those that are written out, then those of the grids."""
    baseline: str | None
    """The row that the others are compared with, task by task, as exploration; null for no such comparison."""
    primary: tuple[Primary, ...] = ()
    """The comparisons that the experiment is run for; without any, all are exploratory."""
    columns: tuple[str, ...] = ()
    """Further measures to show (``docs/measures.md``)."""
    outcomes: bool = False
    """Whether the outcome of every episode is written beside the table, so that a later row can be compared with it."""
    figure: str | None = None
    """A figure to draw from the runs as well."""
    trace: str | None = None
    """A type of task: the table is the first such episode of the first run, a row a decision, in place of outcomes."""
    paper_note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _written_out(cls, values: Any) -> Any:
        """Write the rows of ``grids`` out."""
        if not isinstance(values, dict) or "grids" not in values:
            return values
        rest = {key: value for key, value in values.items() if key != "grids"}
        made = [row for grid in values["grids"] for row in Grid.model_validate(grid).rows()]
        return {**rest, "rows": [*values.get("rows", ()), *made]}
