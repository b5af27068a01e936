"""Query records and gold plans from a folder (``docs/spec/travelplanner.md §2``), and folds by state."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from envs.travelplanner.database import Database
from envs.travelplanner.plan_text import Day
from envs.travelplanner.record import read_record
from macla.errors import UserError, why

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
    gold = {record["idx"]: record["plan"] for _, record in records(plans, "idx", "plan")} if plans.is_file() else {}
    return [Problem(record, gold.get(record["idx"])) for record in read_queries(path)]


def read_queries(path: Path) -> list[dict[str, Any]]:
    """Return the records of a query file as data; UserError names line and field of one that cannot be read."""
    read = []
    for number, record in numbered_queries(path):
        try:
            read.append(read_record(record))
        except UserError as error:
            raise UserError(f"{path}:{number}: {error}") from None
    return read


def numbered_queries(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line number, record as it stands); the release numbers its queries by their order, from 1."""
    for position, (number, record) in enumerate(records(path, "query"), 1):
        yield number, {"idx": position, **record}


def records(path: Path, *needed: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line number, object) of the lines; UserError for one that is no object or lacks a key."""
    for number, record in json_lines(path):
        missing = [name for name in needed if not isinstance(record, dict) or name not in record]
        if missing:
            raise UserError(f"{path}:{number}: not an object with {missing[0]}")
        yield number, record


def json_lines(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield (line number, value) of a JSON-lines file; UserError names a line that is not JSON in UTF-8."""
    if not path.is_file():
        raise UserError(f"no file at {path}")
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    yield number, json.loads(line.decode("utf-8-sig"))
                except (ValueError, RecursionError) as error:
                    raise UserError(f"{path}:{number}: not JSON: {why(error)}") from None


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
