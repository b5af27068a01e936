"""``macla score --env travelplanner PLANS.jsonl --json OUT``: the official evaluation of any plan file."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from envs.travelplanner.evaluate.aggregate import OFFICIAL, Aggregates, Denominators, aggregate, counted
from envs.travelplanner.evaluate.strict import evaluate_strictly
from envs.travelplanner.evaluate.verdict import Evaluation, evaluate
from envs.travelplanner.loading import load_database
from envs.travelplanner.options import TravelOptions, find_tables
from envs.travelplanner.queries import json_lines, normalised
from macla.errors import UserError


def score_file(plans: Path, out: Path, options: TravelOptions) -> dict[str, Any]:
    """Evaluate the lines ``{"query": record, "plan": days or null}`` of ``plans``; write and return the result.

    The result holds ``plans`` (one record a line, in order), ``aggregates`` (the six rates in [0, 1]) and
    ``denominators``; with ``options.strict`` also ``strict_aggregates`` and a ``strict`` record in every plan.
    UserError when a line is not such an object.
    """
    database = load_database(*find_tables(options))
    records, official, strict = [], [], []
    queries = []
    for number, line in enumerate(json_lines(plans), 1):
        if not isinstance(line, dict) or not isinstance(line.get("query"), dict) or "plan" not in line:
            raise UserError(f'{plans}: plan {number} is not {{"query": {{…}}, "plan": […] or null}}')
        query = normalised(line["query"])
        queries.append(query)
        official.append(evaluate(query, line["plan"], database))
        records.append(official[-1].as_record())
        if options.strict:
            strict.append(evaluate_strictly(query, line["plan"], database))
            records[-1]["strict"] = strict[-1].as_record()
    denominators = OFFICIAL[options.denominators] if options.denominators else counted(queries)
    result = {"plans": records, **_rates("aggregates", official, denominators)}
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


def _rates(name: str, evaluations: list[Evaluation], denominators: Denominators) -> dict[str, Any]:
    aggregates: Aggregates = aggregate(evaluations, denominators)
    return {name: aggregates.as_record()}


def _write(path: Path, result: dict[str, Any]) -> None:
    """Write JSON to ``path`` in one piece."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, partial = tempfile.mkstemp(prefix=path.name, dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="utf-8") as lines:
        json.dump(result, lines, ensure_ascii=False, indent=1)
        lines.write("\n")
    Path(partial).replace(path)
