"""Check TravelPlanner's data (``macla data travelplanner --check``)."""

from collections.abc import Sequence
from pathlib import Path

from envs.travelplanner.database import Database, Flights
from envs.travelplanner.evaluate.aggregate import OFFICIAL
from envs.travelplanner.evaluate.verdict import evaluate
from envs.travelplanner.options import Tables
from envs.travelplanner.queries import load_problems
from macla.errors import UserError

UNANNOTATED = "test"
"""The split whose official records hold a text and no more."""


def check_tables_and_queries(
    tables: Tables, database: Database, queries: Path, names: Sequence[str], *, official: bool
) -> list[str]:
    """Return what reading every file found; UserError for one that is broken or a gold plan that does not pass."""
    lines = [
        f"{tables.folder}: {len(database.cities)} cities, {len(database.state_of)} with a state",
        *(
            f"{name}: {sum(len(places[city]) for city in places)} in {len(places)} cities"
            for name, places in (
                ("accommodations", database.hotels),
                ("restaurants", database.restaurants),
                ("attractions", database.attractions),
            )
        ),
        f"roads: {len(database.roads)}",
        f"flights: {_size(database.flights)}",
    ]
    for split in names:
        try:
            problems = load_problems(queries, split)
        except UserError as error:
            if split != UNANNOTATED:
                raise
            lines.append(f"{split}: can be neither played nor scored ({error})")
            continue
        solved = [problem for problem in problems if problem.gold is not None]
        failed = [p.record["idx"] for p in solved if not evaluate(p.record, p.gold, database).final_pass]
        if failed:
            raise UserError(f"{queries}: {len(failed)} gold plans of {split} do not pass, e.g. of idx {failed[0]}")
        passing = ", every one a final pass" if solved else ""
        lines.append(f"{split}: {len(problems)} queries, {len(solved)} gold plans{passing}")
        if official and split in OFFICIAL and len(problems) != OFFICIAL[split].plans:
            lines.append(f"{split}: the official split has {OFFICIAL[split].plans} queries")
    return [*lines, "every file reads"]


def _size(flights: Flights) -> str:
    count = getattr(flights, "__len__", None)
    return str(count()) if count is not None else "drawn when they are asked for"
