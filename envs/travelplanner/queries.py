"""Query records and gold plans from a folder (``docs/spec/travelplanner.md §2``), and folds by state."""

import ast
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from envs.travelplanner.database import Database
from envs.travelplanner.evaluate.verdict import local_constraint
from envs.travelplanner.plan_text import Day
from macla.errors import UserError

_FILES = ("queries_{}.jsonl", "queries_{}_parsed.jsonl")


@dataclass(frozen=True)
class Problem:
    """One query and, where there is one, its hidden gold plan."""

    record: Mapping[str, Any]
    gold: list[Day] | None


def query_file(folder: Path, split: str) -> Path | None:
    """Return the query file of a split, None when there is none."""
    return next((folder / name.format(split) for name in _FILES if (folder / name.format(split)).is_file()), None)


def load_problems(folder: Path, split: str) -> list[Problem]:
    """Return the queries of ``queries_<split>.jsonl`` with the plans of ``gold_plans_<split>.jsonl``, by idx."""
    path = query_file(folder, split)
    if path is None:
        raise UserError(f"no queries_{split}.jsonl in {folder}: put it there, or set env.queries to its folder")
    plans = folder / f"gold_plans_{split}.jsonl"
    gold = {line["idx"]: line["plan"] for line in json_lines(plans)} if plans.is_file() else {}
    return [Problem(normalised(record), gold.get(record["idx"])) for record in json_lines(path)]


def normalised(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record with its fields as data also where the release has Python literals in strings.

    See ``docs/spec/travelplanner.md §2``.
    """
    dates = record.get("date")
    if isinstance(dates, str):
        try:
            dates = ast.literal_eval(dates)
        except (SyntaxError, ValueError):
            dates = []
    return {**record, "date": dates, "local_constraint": local_constraint(record)}


def json_lines(path: Path) -> Iterator[Any]:
    """Yield the objects of a JSON-lines file; UserError names a line that is not JSON."""
    if not path.is_file():
        raise UserError(f"no file at {path}")
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    yield json.loads(line)
                except json.JSONDecodeError as error:
                    raise UserError(f"{path}:{number}: not JSON: {error.msg}") from None


def destination_state(record: Mapping[str, Any], database: Database) -> str:
    """Return the state a trip goes to (the destination itself on trips of 5 or 7 days)."""
    return str(record["dest"] if record["days"] > 3 else database.state_of.get(record["dest"], record["dest"]))


def folds_by_state(problems: Sequence[Problem], database: Database, folds: int) -> list[int]:
    """Return the fold of each problem: all trips to a state share one, sizes as even as that allows."""
    states = [destination_state(problem.record, database) for problem in problems]
    sizes = [0] * folds
    fold_of: dict[str, int] = {}
    for state, count in sorted(Counter(states).items(), key=lambda item: (-item[1], item[0])):
        fold_of[state] = sizes.index(min(sizes))
        sizes[fold_of[state]] += count
    return [fold_of[state] for state in states]
