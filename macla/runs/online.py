"""Batches of episodes that a memory learns from: practice on training tasks, and online evaluation.

Batch-synchronous: the episodes of a batch read one snapshot, and what they lived is folded in task order, so the
number of workers changes no result.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from macla.benchmarks.base import Benchmark, Task
from macla.benchmarks.trajectory import Outcome, Trajectory
from macla.config import Config
from macla.encoder import Encoder
from macla.methods.belief import Reader
from macla.methods.episode import Episode
from macla.methods.macla.equations.beta import mean
from macla.methods.macla.learning.practice import Experience, Learner
from macla.methods.macla.learning.trace import choices
from macla.methods.macla.memory import directory
from macla.methods.macla.memory.meta import Skill
from macla.models.usage import Ledger
from macla.runs.assemble import Learned
from macla.runs.workers import run_episodes


def learn_online(
    config: Config,
    benchmark: Benchmark,
    tasks: Sequence[Task],
    learner: Learner,
    model: Ledger,
    encoder: Encoder,
    scratch: Path,
    known: dict[str, Episode],
    save: Callable[[Episode], None],
) -> Iterator[tuple[list[Episode], dict[str, Any]]]:
    """Yield (episodes, figures of the memory after them) batch by batch; ``learner``'s memory grows.

    Episodes in ``known`` (of an interrupted run) are folded in, not played again; others go to ``save`` when played.
    ``scratch`` receives the snapshots that worker processes read.
    """
    size, reader = config.runner.batch, Reader(benchmark.lexicon)
    for number, start in enumerate(range(0, len(tasks), size)):
        batch = tasks[start : start + size]
        missing = [task for task in batch if task.id not in known]
        if missing:
            snapshot = _snapshot(config, learner, encoder, scratch)
            for episode in run_episodes(config, benchmark, missing, snapshot, model):
                known[episode.task] = episode
                save(episode)
        episodes = [known[task.id] for task in batch]
        scored = [episode for episode in episodes if episode.outcome is not Outcome.INFRASTRUCTURE_ERROR]
        learner.absorb([_experience(reader, episode) for episode in scored])
        yield episodes, {"batch": number, **figures(learner, episodes)}


def figures(learner: Learner, episodes: Sequence[Episode]) -> dict[str, Any]:
    """Return one point of Figure 6's curves: success, memory size, posterior mean ± sd, fallback rate."""
    memory = learner.memory
    skills: list[Skill] = [*memory.procedures.values(), *memory.metas.values()]
    counts = np.array([skill.evidence.counts() for skill in skills], dtype=np.float64).reshape(-1, 2) + 1.0
    means = mean(counts[:, 0], counts[:, 1]) if len(counts) else np.zeros(1)
    decisions = [decision for episode in episodes for decision in episode.decisions]
    return {
        "episodes": learner.episodes,
        "success_rate": sum(episode.success for episode in episodes) / max(1, len(episodes)),
        "n_procedures": len(memory.procedures),
        "n_metas": len(memory.metas),
        "posterior_mean": round(float(means.mean()), 6),
        "posterior_sd": round(float(means.std()), 6),
        "fallback_rate": sum(decision.chosen == "act" for decision in decisions) / max(1, len(decisions)),
    }


def _snapshot(config: Config, learner: Learner, encoder: Encoder, scratch: Path) -> Path | Learned:
    """Return the memory as this batch reads it: in place, or written where worker processes can read it."""
    if config.runner.workers == 1:
        index, _ = learner.memory.embed(encoder)
        return Learned(learner.memory, index)
    directory.save(scratch, learner.memory, encoder, {"snapshot": learner.episodes})
    return scratch


def _experience(reader: Reader, episode: Episode) -> Experience:
    played = Trajectory(
        task_id=episode.task,
        task=episode.instruction,
        first_observation=episode.first_observation,
        steps=episode.steps,
        outcome=episode.outcome,
    )
    return Experience(episode.goal, episode.executions, episode.success, episode.task, choices(reader, played))
