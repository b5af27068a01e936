"""Further columns of a reproduced table, named in ``experiment.columns``; what they measure: ``docs/measures.md``."""

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

from macla.config import read_config
from macla.errors import UserError
from macla.experiment import ExperimentConfig, Row
from macla.methods.episode import Episode, read_json
from macla.methods.macla.report.history import prior_of_run
from macla.methods.run import Run
from macla.methods.stored import check_sealed, read_build
from macla.reports import building, measures
from macla.reports.calibration import of_decisions
from macla.reports.measures import Measure

NOTHING = "–"
OWN = "measure."
"""What the name of a column begins with that shows a figure of the benchmark's own."""


class Column(NamedTuple):
    """How a column is headed, and what stands in it for the runs of one cell (one per seed)."""

    title: str
    text: Callable[[Sequence[Run]], str]


def _measured(measure: Callable[[Sequence[Run]], Measure | None], scale: float, digits: int) -> Callable[..., str]:
    """Return the text of a measure: ``scale`` times its value and, when it has one, its interval."""

    def text(runs: Sequence[Run]) -> str:
        found = measure(runs)
        if found is None:
            return NOTHING
        value = f"{scale * found.value:.{digits}f}"
        if found.interval is None:
            return value
        low, high = (f"{scale * bound:.{digits}f}" for bound in found.interval)
        return f"{value} [{low}, {high}]"

    return text


def _of_memory(figure: Callable[[Run, dict[str, Any]], float | None], digits: int) -> Callable[[Sequence[Run]], str]:
    """Return the mean over runs of a figure of their memories (as online runs left them); "–" where one has none."""

    def text(runs: Sequence[Run]) -> str:
        if not all(run.has_memory and (run.memory / "memory.json").is_file() for run in runs):
            return NOTHING
        for run in runs:
            check_sealed(run.memory)
        found = [figure(run, read_json(run.memory / "memory.json")) for run in runs]
        return NOTHING if None in found else f"{fmean(value for value in found if value is not None):.{digits}f}"

    return text


def _posterior(run: Run, memory: dict[str, Any]) -> float | None:
    """Return the mean of α/(α+β) over procedures and meta-procedures: the run's prior, all evidence, no tempering.

    None for a memory of another method, which has no beliefs.
    """
    if run.manifest["identity"]["config"]["memory"]["method"] != "macla":
        return None
    prior = prior_of_run(run)
    evidence = [skill["evidence"] for skill in (*memory["procedures"], *memory["metas"])]
    return fmean(
        (prior.alpha0 + counts["successes"]) / (prior.alpha0 + prior.beta0 + counts["successes"] + counts["failures"])
        for counts in evidence
    )


def _construction(run: Run) -> float:
    return float(read_build(run.memory)["seconds"])


def _training(runs: Sequence[Run]) -> str:
    """Return the seconds that training the served checkpoint took, as ``train_tiny_lm.py`` left them beside it."""
    path = Path(read_config(runs[0].folder).model.server.checkpoint) / "training.json"
    return f"{read_json(path)['seconds']:.0f}" if path.is_file() else NOTHING


def _malformed(runs: Sequence[Run]) -> str:
    """Return replies that could not be used, of all requests of the episodes."""
    costs = [usage for run in runs for usage in run.summary["usage"].values()]
    return f"{sum(cost['malformed'] for cost in costs):g}/{sum(cost['requests'] for cost in costs):g}"


def _an_episode(kind: str, digits: int = 0) -> Callable[[Sequence[Run]], str]:
    """Return the text of what the requests of an episode cost on average: tokens or seconds."""
    return lambda runs: f"{_mean_cost(runs, kind):.{digits}f}"


def _mean_cost(runs: Sequence[Run], kind: str) -> float:
    """Return a cost of all requests ÷ episodes; what earlier versions did not count is 0."""
    total = sum(float(usage.get(kind, 0)) for run in runs for usage in run.summary["usage"].values())
    return total / sum(len(run.episodes) for run in runs)


def _prompt(runs: Sequence[Run]) -> str:
    """Return prompt tokens an episode, new + found in the server's prefix cache."""
    cached = _mean_cost(runs, "cached_tokens")
    return f"{_mean_cost(runs, 'prompt_tokens') - cached:.0f} + {cached:.0f}"


def _calibration(figure: str) -> Callable[[Sequence[Run]], str]:
    def text(runs: Sequence[Run]) -> str:
        found = of_decisions(runs)
        return NOTHING if found is None else f"{getattr(found, figure):.3f}"

    return text


COLUMNS: dict[str, Column] = {
    "score": Column("score", _measured(measures.mean_score, 100, 1)),
    "procedures": Column("procedures", _of_memory(lambda _, memory: len(memory["procedures"]), 0)),
    "metas": Column("metas", _of_memory(lambda _, memory: len(memory["metas"]), 0)),
    "posterior": Column("mean posterior", _of_memory(_posterior, 3)),
    "posterior_used": Column("mean posterior used", _measured(measures.posterior_used, 1, 3)),
    "reuse": Column("reuse %", _measured(measures.reuse_rate, 100, 1)),
    "fallback": Column("fallback %", _measured(measures.fallback_rate, 100, 1)),
    "gate": Column("gated %", _measured(measures.gate_rate, 100, 1)),
    "follow_through": Column("follow-through %", _measured(measures.follow_through, 100, 1)),
    "meta_hits": Column("meta hits %", _measured(measures.meta_hit_rate, 100, 1)),
    "length": Column("procedure length", _measured(measures.procedure_length, 1, 1)),
    "used": Column("procedures used", _measured(measures.procedures_used, 1, 1)),
    "calls": Column("model calls an episode", _measured(measures.model_calls, 1, 2)),
    "rejected": Column("rejected %", _measured(measures.rejected_rate, 100, 1)),
    "construction": Column("construction s", _of_memory(lambda run, _: _construction(run), 1)),
    "prompt_tokens": Column("prompt tokens an episode, new + cached", _prompt),
    "completion_tokens": Column("completion tokens an episode", _an_episode("completion_tokens")),
    "model_seconds": Column("seconds of the model an episode", _an_episode("seconds", 1)),
    "training": Column("training s", _training),
    "malformed": Column("useless replies", _malformed),
    "acts_by": Column("acts by", building.acts_by),
    "build_calls": Column("model calls of building", building.built(lambda cost: str(cost.calls))),
    "build_tokens": Column("tokens of building, new + cached → written", building.built(building.tokens)),
    "build_seconds": Column("seconds of the model, building", building.built(lambda cost: f"{cost.seconds:.0f}")),
    "size": Column("size: tokens of notes, bytes", building.size),
    "brier": Column("Brier score", _calibration("brier")),
    "calibration_error": Column("calibration error", _calibration("expected_error")),
}


def check_columns(experiment: ExperimentConfig) -> None:
    """Raise UserError when the experiment asks for a column that there is not (of measures only their runs tell)."""
    for name in experiment.columns:
        if not name.startswith(OWN):
            _column(name)


def _column(name: str) -> Column:
    if name not in COLUMNS:
        raise UserError(f"experiment.columns: no column {name}; there are {', '.join(COLUMNS)}, and {OWN}NAME")
    return COLUMNS[name]


def _own(name: str, runs: Sequence[Run]) -> Column:
    """Return the column of a figure that the benchmark measures itself (rates, in percent)."""
    known = dict.fromkeys(measure for episode in measures.scored(runs) for measure in episode.measures)
    if known and name not in known:
        raise UserError(f"experiment.columns: {OWN}{name} is not measured; there are {', '.join(known)}")
    return Column(_own_title(name), _measured(lambda found: measures.named(found, name), 100, 1))


def _own_title(name: str) -> str:
    return f"{name.replace('_', ' ')} %"


def outcomes(experiment: ExperimentConfig) -> set[str]:
    """Return the titles of the columns that say how well tasks were done, rather than how memory was used."""
    own = {_own_title(name.removeprefix(OWN)) for name in experiment.columns if name.startswith(OWN)}
    return own | {COLUMNS["score"].title}


def without_repeats(
    experiment: ExperimentConfig, cells: Sequence[tuple[Row, str, list[Run]]]
) -> tuple[ExperimentConfig, list[str]]:
    """Return the experiment without columns that are success in other words, and a note on each that was left out.

    A column stays when the paper has a figure for it, or when it differs from success in one episode.
    """
    episodes = measures.scored([run for _, _, runs in cells for run in runs])
    printed = {name for row in experiment.rows for figures in row.paper_columns.values() for name in figures}
    repeats = [
        name
        for name in experiment.columns
        if name not in printed and (name == "score" or name.startswith(OWN)) and is_success(name, episodes)
    ]
    kept = tuple(name for name in experiment.columns if name not in repeats)
    notes = [f'{name.removeprefix(OWN).replace("_", " ")} is the same as "ours %" here.' for name in repeats]
    return experiment.model_copy(update={"columns": kept}), notes


def is_success(name: str, episodes: Sequence[Episode]) -> bool:
    """Whether a column (``score``, or ``measure.NAME``) is 1 for the episodes that succeed and 0 for all others."""
    if name == "score":
        return bool(episodes) and all(episode.score == episode.success for episode in episodes)
    found = [(episode.measures.get(name.removeprefix(OWN)), episode.success) for episode in episodes]
    return bool(found) and all(measure == (float(success), 1.0) for measure, success in found)


def columns(experiment: ExperimentConfig, row: Row, split: str, runs: Sequence[Run]) -> dict[str, str]:
    """Return the further columns of one cell: ours, and the paper's wherever any row of the table has a figure.

    UserError when ``experiment.columns`` names an unknown column, or a figure that the benchmark does not measure.
    """
    cells = {}
    for name in experiment.columns:
        title, text = _own(name.removeprefix(OWN), runs) if name.startswith(OWN) else _column(name)
        cells[title] = text(runs)
        if any(name in figures for other in experiment.rows for figures in other.paper_columns.values()):
            printed = row.paper_columns.get(split, {}).get(name)
            cells[f"paper {title}"] = NOTHING if printed is None else f"{printed:g}"
    return cells
