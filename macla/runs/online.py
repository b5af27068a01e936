"""Batches of episodes that a memory learns from: practice on training tasks, and online evaluation.

Batch-synchronous: the episodes of a batch read one snapshot, and what was lived is folded in task order, so the number
of workers changes no result.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from macla.benchmarks.base import Task
from macla.methods.episode import Episode, scored
from macla.runs import memories
from macla.runs.workers import Player, Workers, needs_directory


def learn_online(
    player: Player,
    tasks: Sequence[Task],
    scratch: Path,
    known: dict[str, Episode],
    save: Callable[[Episode], None],
) -> Iterator[tuple[list[Episode], dict[str, Any]]]:
    """Yield (episodes, figures of the memory after them) batch by batch; the player's memory grows.

    Episodes in ``known`` (of an interrupted run) are folded in, not played again; others go to ``save`` when played.
    ``scratch`` receives the snapshots that worker processes read.
    """
    size, absorbed = player.config.runner.batch, 0
    with closing(Workers(player, tasks[:size])) as workers:
        for number, start in enumerate(range(0, len(tasks), size)):
            batch = tasks[start : start + size]
            missing = [task for task in batch if task.id not in known]
            if missing:
                for episode in workers.play(missing, _snapshot(player, scratch, absorbed)):
                    known[episode.task] = episode
                    save(episode)
            episodes = [known[task.id] for task in batch]
            counted = scored(episodes)
            player.learned.absorb(counted)
            absorbed += len(counted)
            yield episodes, {"batch": number, "episodes": absorbed, **_figures(player, episodes)}


def _figures(player: Player, episodes: Sequence[Episode]) -> dict[str, Any]:
    """Return one point of Figure 6's curves: success, fallback rate, and what the method tells of its memory."""
    decisions = [decision for episode in episodes for decision in episode.decisions]
    return {
        "success_rate": sum(episode.success for episode in episodes) / max(1, len(episodes)),
        "fallback_rate": sum(decision.kind == "model" for decision in decisions) / max(1, len(decisions)),
        **player.learned.figures(),
    }


def _snapshot(player: Player, scratch: Path, absorbed: int) -> Path | None:
    """Write the memory as this batch reads it, where other processes play its episodes."""
    if not needs_directory(player.config, player.model):
        return None
    memories.save(scratch, player.learned, player.config, player.tools, {"snapshot": absorbed})
    return scratch
