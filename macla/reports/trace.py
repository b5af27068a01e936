"""A trace of one episode as a table: the paper's Table 7, of an episode of ours."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from macla.benchmarks.base import Task
from macla.errors import UserError
from macla.experiment import ExperimentConfig
from macla.methods.macla.report.trace import trace
from macla.reports.cell import Cell
from macla.reports.manifests import write_manifests
from macla.reports.table import Written, footer, write_formats

HOW_TO_READ = (
    "A row is a decision. Step: primitive actions before it; times of decisions are not logged. Observed: cut. "
    "Relevance to EU: the terms of Eq 4; posterior is the mean that selection saw, of evidence tempered to "
    "memory.evidence_limit. α/β: prior and all evidence, then with y counted (Algorithm 1), which a frozen memory does "
    "not keep. –: a zero-shot step has none."
)


def check_trace(experiment: ExperimentConfig, tasks: Sequence[Task]) -> None:
    """Raise UserError when none of the tasks that are to be played is of the type that ``experiment.trace`` names."""
    types = dict.fromkeys(task.type for task in tasks)
    if experiment.trace not in types:
        raise UserError(f"experiment.trace: no task is of type {experiment.trace}; there are {', '.join(types)}")


def write_trace(experiment: ExperimentConfig, cells: Sequence[Cell], out: Path) -> str:
    """Write the first episode, by id, of the first run that is of the type ``experiment.trace``; return the Markdown.

    UserError when the run played no task of that type, or had no memory of MACLA.
    """
    run = cells[0].runs[0]
    found = sorted(task for task, episode in run.episodes.items() if episode.type == experiment.trace)
    if not found:
        raise UserError(
            f"experiment.trace: {run.folder} played no {experiment.trace}; play more tasks (eval.limit=null)"
        )
    episode = run.episodes[found[0]]
    calls = sum(episode.model_calls.values())
    told = (
        f"{episode.task}, split {episode.split}, seed {run.summary['seed']}: {episode.instruction} "
        f"{episode.n_steps} actions, {calls} model {'call' if calls == 1 else 'calls'}, {len(episode.decisions)} "
        f"decisions; it ended in {episode.outcome.value}."
    )
    paper = [experiment.paper_note] if experiment.paper_note else []
    notes = [told, HOW_TO_READ, *paper]
    write_manifests(out, experiment.name, [run])
    frame = trace(run, episode)
    return write_formats(out, Written(experiment.name, experiment.title, frame, pd.DataFrame(), notes, footer([run])))
