"""``macla score --env travelplanner PLANS.jsonl --json OUT``: the official evaluation of any plan file."""

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from envs.travelplanner.evaluate.aggregate import OFFICIAL, Aggregates, Denominators, aggregate, counted
from envs.travelplanner.evaluate.strict import evaluate_strictly
from envs.travelplanner.evaluate.verdict import Evaluation, evaluate
from envs.travelplanner.loading import load_database
from envs.travelplanner.options import TravelOptions, find_tables
from envs.travelplanner.queries import json_lines, numbered_queries, query_file
from envs.travelplanner.record import read_record
from macla.errors import UserError

_SPLITS = ("train", "validation", "test", "seen", "unseen")
_WANTED = '{"query": {…}, "plan": […] or null} or {"idx": …, "query": "…", "plan": […] or null}'


def score_file(plans: Path, out: Path, options: TravelOptions) -> dict[str, Any]:
    """Evaluate the lines of ``plans``; write and return the result.

    A line is ``{"query": record, "plan": days or null}``, or as the leaderboard takes it
    ``{"idx": n, "query": text, "plan": days or null}``, whose record is looked up in the query files.

    The result holds ``plans`` (one record a line, in order), ``aggregates`` (the six rates in [0, 1]) and
    ``denominators``; with ``options.strict`` also ``strict_aggregates`` and a ``strict`` record in every plan.
    UserError when a line is not such an object.
    """
    database = load_database(*find_tables(options))
    verdicts, official, strict = [], [], []
    queries = []
    for query, plan in _answers(plans, _Known(options)):
        queries.append(query)
        official.append(evaluate(query, plan, database))
        verdicts.append(official[-1].as_record())
        if options.strict:
            strict.append(evaluate_strictly(query, plan, database))
            verdicts[-1]["strict"] = strict[-1].as_record()
    denominators = OFFICIAL[options.denominators] if options.denominators else counted(queries)
    result = {"plans": verdicts, **_rates("aggregates", official, denominators)}
    if options.strict:
        result |= _rates("strict_aggregates", strict, denominators)
    result["denominators"] = {
        "plans": denominators.plans,
        "commonsense": denominators.commonsense,
        "hard": denominators.hard,
        "source": denominators.source,
    }
    _write(out, result)
    return result


def _answers(path: Path, known: "_Known") -> Iterator[tuple[dict[str, Any], Any]]:
    """Yield (query record, plan) of the lines; UserError when there are none, or one of neither kind."""
    met: dict[str, int] = {}
    number = 0
    for number, line in json_lines(path):
        if not isinstance(line, dict) or "plan" not in line:
            raise UserError(f"{path}:{number}: not {_WANTED}")
        if line["plan"] and not isinstance(line["plan"], list):
            raise UserError(f"{path}:{number}: plan is neither a list of days nor null")
        try:
            if isinstance(line.get("query"), dict):
                query = read_record(line["query"])
            elif "idx" in line and isinstance(line.get("query", ""), str):
                query = known.record(line["idx"], line.get("query", ""))
            else:
                raise UserError(f"not {_WANTED}")
            first = met.setdefault(json.dumps(query, sort_keys=True), number)
            if first != number:
                named = f"idx {query['idx']}" if "idx" in query else "this query"
                raise UserError(f"{named} was answered in line {first} already")
        except UserError as error:
            raise UserError(f"{path}:{number}: {error}") from None
        yield query, line["plan"]
    if not number:
        raise UserError(f"{path} is empty: nothing can be scored; give lines {_WANTED}")


class _Known:
    """The queries of all query files, for lines that give only the number and the text."""

    def __init__(self, options: TravelOptions) -> None:
        self._options = options

    @cached_property
    def _folder(self) -> Path:
        if self._options.queries is not None:
            return self._options.queries.expanduser()
        return find_tables(self._options).folder.parent

    @cached_property
    def _raw(self) -> list[tuple[str, Mapping[str, Any]]]:
        """The records as they stand, with their place: those of the official test split hold too little to be read."""
        files = [file for split in _SPLITS if (file := query_file(self._folder, split)) is not None]
        return [(f"{file}:{number}", record) for file in files for number, record in numbered_queries(file)]

    def record(self, idx: Any, text: str) -> dict[str, Any]:
        """Return the query of that number (and text, unless it is empty); UserError when none or several fit."""
        words, shown = text.split(), ascii(idx)[:40]
        numbered = [(place, record) for place, record in self._raw if str(record["idx"]) == str(idx)]
        found = [(place, record) for place, record in numbered if not words or str(record["query"]).split() == words]
        if not found:
            what = f"no query {shown}" if not numbered else f"query {shown} has another text"
            remedy = "set env.data=official, or env.queries to the folder of the query files"
            raise UserError(f"{what} in the queries_*.jsonl of {self._folder}: {remedy}")
        if len({str(record["query"]) for _, record in found}) > 1:
            raise UserError(f"idx {shown} stands in several query files: give the text as query, too")
        place, record = found[0]
        try:
            return read_record(record)
        except UserError as error:
            raise UserError(f"{place} cannot be scored against: {error}") from None


def _rates(name: str, evaluations: list[Evaluation], denominators: Denominators) -> dict[str, Any]:
    aggregates: Aggregates = aggregate(evaluations, denominators)
    return {name: aggregates.as_record()}


def _write(path: Path, result: dict[str, Any]) -> None:
    """Write JSON to ``path`` in one piece; a lone surrogate is written as its JSON escape."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, partial = tempfile.mkstemp(prefix=path.name, dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as lines:
        json.dump(result, lines, ensure_ascii=False, indent=1)
        lines.write("\n")
    Path(partial).replace(path)
