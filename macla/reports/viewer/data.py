"""What the page shows, as compact JSON values: runs, episodes, pairs of runs. ``viewer.js`` reads them by these names.

An episode is a list, not an object, and texts are numbers (:mod:`macla.reports.viewer.texts`): a thousand episodes must
open at once.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from macla.errors import UserError
from macla.methods.episode import Episode
from macla.methods.run import Run
from macla.reports.decided import Decided, decided
from macla.reports.exchanges import Exchange, Exchanges
from macla.reports.measures import measures
from macla.reports.pairs import pairs
from macla.reports.viewer.texts import Texts

ONLINE = "online.jsonl"
"""In a run directory that learned online: one line a batch."""
DECIMALS = 6
"""Of figures in the page, which shows fewer."""


@dataclass(frozen=True)
class Shown:
    """A run, what its model was asked, and the number of its memory among those of the page."""

    run: Run
    asked: Exchanges
    memory: int | None
    note: str
    """Why its memory is not shown, where it has one."""


def runs_data(shown: Sequence[Shown], texts: Texts) -> list[dict[str, Any]]:
    """Return the runs in their order."""
    return [_run(one, texts) for one in shown]


def pairs_data(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Return every two runs that scored common tasks: their numbers, counts and test."""
    found = []
    for first in range(len(runs)):
        for second in range(first + 1, len(runs)):
            try:
                pair = pairs(runs[first], runs[second])
            except UserError:  # of other tasks
                continue
            found.append(
                {
                    "first": first,
                    "second": second,
                    "counts": [len(pair.both), len(pair.only_first), len(pair.only_second), len(pair.neither)],
                    "unpaired": pair.unpaired,
                    "difference": _rounded(pair.difference),
                    "interval": [_rounded(bound) for bound in pair.interval],
                    "p": float(f"{pair.p_value:.3g}"),
                }
            )
    return found


def _run(shown: Shown, texts: Texts) -> dict[str, Any]:
    run, summary = shown.run, shown.run.summary
    types = sorted({episode.type for episode in run.episodes.values()})
    return {
        "name": run.folder.absolute().name,
        "what": {name: str(summary[name]) for name in ("env", "split", "method", "memory_mode", "model", "seed")},
        "tasks": [summary["n_success"], summary["n_scored"], summary["n_tasks"]],
        "interval": [_rounded(bound) for bound in summary["success_interval"]],
        "score": [_rounded(summary["score_mean"]), *map(_rounded, summary["score_interval"])],
        "steps": _rounded(summary["steps_mean"]),
        "within": {limit: _rounded(rate) for limit, rate in summary["success_at"].items()},
        "by_type": [
            [name, group["n_success"], group["n"], *map(_rounded, group["success_interval"])]
            for name, group in summary["by_type"].items()
        ],
        "measures": _measures(run),
        "caveats": [str(caveat) for caveat in summary["caveats"]],
        "curve": _curve(run),
        "memory": shown.memory,
        "note": shown.note,
        "types": types,
        "episodes": [
            _episode(run, episode, types.index(episode.type), shown.asked.get(task, ()), texts)
            for task, episode in run.episodes.items()
        ],
    }


def _measures(run: Run) -> list[list[Any]]:
    """Return name, value, low, high and n of every figure of use."""
    return [
        [name, _rounded(found.value), *([None, None] if found.interval is None else map(_rounded, found.interval)),
         found.n]
        for name, found in measures([run]).items()
        if found is not None
    ]  # fmt: skip


def _curve(run: Run) -> list[dict[str, float | None]]:
    """Return the learning curve of an evaluation that learned online; empty for a frozen one."""
    path = run.folder / ONLINE
    return curve(path.read_text(encoding="utf-8")) if path.is_file() else []


def curve(lines: str) -> list[dict[str, float | None]]:
    """Return the points of a learning curve (``online.jsonl``, ``practice.jsonl``): numbers alone."""
    points = [json.loads(line) for line in lines.splitlines() if line.strip()]
    return [
        {name: _rounded(value) for name, value in point.items() if isinstance(value, int | float)} for point in points
    ]


def _episode(run: Run, episode: Episode, of_type: int, asked: Sequence[Exchange], texts: Texts) -> list[Any]:
    """Return task, type, outcome, won, score, actions, rejected, calls, texts, steps, decisions, exchanges."""
    number = texts.number
    return [
        episode.task,
        of_type,
        episode.outcome.value,
        int(episode.success),
        _rounded(episode.score),
        episode.n_steps,
        episode.rejected,
        sum(episode.model_calls.values()),
        [number(episode.instruction), number(episode.goal), number(episode.first_observation), number(episode.error)],
        [[number(step.action), number(step.observation), _rounded(step.reward)] for step in episode.steps],
        [_decision(one, texts) for one in decided(run, episode)],
        [[one.step, one.purpose, texts.lines(one.prompt), number(one.reply), *one.tokens] for one in asked],
        [[number(reply.purpose), number(reply.reason), number(reply.text)] for reply in episode.useless],
    ]


def _decision(one: Decided, texts: Texts) -> list[Any]:
    """Return step, kind, chosen, actions, y, why, context, terms, candidates, what ran, and what else was logged."""
    made = one.decision
    return [
        made.step,
        made.kind,
        made.chosen,
        made.steps,
        int(made.success),
        one.why,
        texts.number(made.context),
        [_rounded(value) for value in one.terms.values()],
        [[cell if isinstance(cell, str) else _rounded(cell) for cell in ranked] for ranked in one.candidates],
        [[ran.id, int(ran.success), ran.part_of, [*ran.bindings.items()]] for ran in one.ran],
        [[name, texts.number(str(value))] for name, value in one.other.items()],
    ]


def _rounded(value: float | None) -> float | None:
    """Return a number as short as the page needs it; whole ones without a point, NaN (of nothing) as None."""
    if value is None or value != value:
        return None
    short = round(value, DECIMALS)
    return int(short) if short == int(short) else short
