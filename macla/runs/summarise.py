"""The figures of an evaluation, from its episodes."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from macla.benchmarks.trajectory import Outcome
from macla.config import Config
from macla.methods.episode import Episode
from macla.reports.crossed import placed_of
from macla.reports.measures import executed, own
from macla.runs.assemble import make_method
from macla.statistics import two_way_bootstrap, wilson


def summarise(
    config: Config, split: str, memory: Path | None, n_tasks: int, horizon: int, episodes: list[Episode]
) -> dict[str, Any]:
    """Return the figures of a set of episodes; unscored ones (infrastructure errors) count in ``n_tasks`` only."""
    scored = [episode for episode in episodes if episode.outcome is not Outcome.INFRASTRUCTURE_ERROR]
    successes = sum(episode.success for episode in scored)
    decisions = [decision for episode in scored for decision in episode.decisions]
    by_type: dict[str, list[Episode]] = defaultdict(list)
    for episode in scored:
        by_type[episode.type].append(episode)
    n = max(1, len(scored))
    return {
        "env": config.env_name,
        "split": split,
        "method": config.memory.name,
        "memory": str(memory) if memory else config.memory.name,
        "memory_mode": config.eval.mode if memory else "none",
        "acts_by": getattr(make_method(config), "acts_by", "code"),
        "seed": config.seed,
        "n_tasks": n_tasks,
        "n_scored": len(scored),
        "n_success": successes,
        "success_rate": successes / n,
        "success_interval": list(wilson(successes, len(scored))),
        "success_at": {str(limit): _within(scored, limit) / n for limit in config.eval.success_at if limit <= horizon},
        "score_mean": sum(episode.score for episode in scored) / n,
        "score_interval": list(two_way_bootstrap(np.array([[episode.score for episode in scored]]))),
        "measures": {
            name: {"value": found.value, "interval": list(found.interval) if found.interval else None, "n": found.n}
            for name, found in own(placed_of({"env": config.env_name, "seed": config.seed}, scored)).items()
        },
        "steps_mean": sum(episode.n_steps for episode in scored) / n,
        "rejected_per_episode": sum(episode.rejected for episode in scored) / n,
        "model_calls_per_episode": sum(sum(episode.model_calls.values()) for episode in scored) / n,
        "fallback_rate": sum(decision.kind == "model" for decision in decisions) / max(1, len(decisions)),
        "procedures_used": len({decision.chosen for decision in decisions if executed(decision)}),
        "by_type": {
            name: {
                "n": len(group),
                "n_success": sum(episode.success for episode in group),
                "success_interval": list(wilson(sum(episode.success for episode in group), len(group))),
            }
            for name, group in sorted(by_type.items())
        },
        "outcomes": {
            outcome.value: count
            for outcome in Outcome
            if (count := sum(episode.outcome is outcome for episode in episodes))
        },
        "unscored_reason": next((episode.error for episode in episodes if episode.error), ""),
    }


def _within(episodes: list[Episode], limit: int) -> int:
    return sum(episode.won_at is not None and episode.won_at <= limit for episode in episodes)
