"""How memory was used: the measures of the paper's Tables 4 and 6, each defined here (and in ``docs/measures.md``).

Every measure is a ratio of sums over the scored episodes of one or more runs (one per seed). Its interval is the
two-way bootstrap over memories and tasks. A *decision* is one turn of Algorithm 1: a procedure or meta-procedure is
executed, or the model takes one zero-shot step. An *execution* is a decision that was no zero-shot step.
"""

import statistics
from collections.abc import Callable, Sequence
from typing import NamedTuple

from macla.methods.episode import Episode
from macla.methods.episode import scored as scored_of
from macla.methods.run import Run
from macla.methods.session import Decision
from macla.reports.crossed import Place, placed, rate_interval, ratio_interval
from macla.statistics import Interval


class Measure(NamedTuple):
    """A figure, its 95 % interval (None where resampling says nothing) and how many observations it rests on."""

    value: float
    interval: Interval | None
    n: int


def success_rate(runs: Sequence[Run]) -> Measure:
    """Share of the episodes that succeeded; 0 and (0, 1) when none was scored."""
    found = placed(runs)
    won = [episode.success for _, episode in found]
    return Measure(sum(won) / max(1, len(won)), rate_interval(won, [where for where, _ in found]), len(won))


def gate_rate(runs: Sequence[Run]) -> Measure | None:
    """Share of the decisions with an applicable procedure at which the best expected utility was below θ_conf.

    None when the runs logged no candidates (without memory there are none).
    """
    return _ratio(runs, lambda e: sum(_gated(d) for d in e.decisions), lambda e: sum(_offered(d) for d in e.decisions))


def fallback_rate(runs: Sequence[Run]) -> Measure | None:
    """Share of all decisions that were zero-shot steps, whether the gate closed or nothing was applicable."""
    return _ratio(runs, lambda e: sum(d.kind == "model" for d in e.decisions), lambda e: len(e.decisions))


def reuse_rate(runs: Sequence[Run]) -> Measure | None:
    """Share of all primitive actions that procedures and meta-procedures from memory took."""
    return _ratio(runs, lambda e: e.n_steps - _other_steps(e), lambda e: e.n_steps)


def follow_through(runs: Sequence[Run]) -> Measure | None:
    """Share of executions with y = 1: no command was rejected and Φ held afterwards (Algorithm 1, l.14-17)."""
    return _ratio(runs, lambda e: sum(d.success for d in e.decisions if executed(d)), _executions)


def meta_hit_rate(runs: Sequence[Run]) -> Measure | None:
    """Share of all decisions that chose a meta-procedure."""
    return _ratio(runs, lambda e: sum(d.kind == "meta" for d in e.decisions), lambda e: len(e.decisions))


def procedure_length(runs: Sequence[Run]) -> Measure | None:
    """Primitive actions per execution, searching for a missing entity included; a meta-procedure counts as one."""
    return _ratio(runs, lambda e: sum(d.steps for d in e.decisions if executed(d)), _executions)


def posterior_used(runs: Sequence[Run]) -> Measure | None:
    """Mean of the posterior mean α/(α+β) that selection saw, over executions (so weighted by use).

    None for a method without posteriors.
    """
    return _ratio(
        runs,
        lambda e: sum(posterior(d) for d in e.decisions if believed(d)),
        lambda e: sum(believed(d) for d in e.decisions),
    )


def model_calls(runs: Sequence[Run]) -> Measure | None:
    """Calls of the frozen model per episode: reading the task, zero-shot steps, binding slots."""
    return _ratio(runs, lambda e: sum(e.model_calls.values()), lambda e: 1)


def mean_score(runs: Sequence[Run]) -> Measure | None:
    """Mean score of the episodes, as the benchmark defines it (0 to 1): partial reward where it pays one."""
    return _ratio(runs, lambda e: e.score, lambda e: 1)


def named(runs: Sequence[Run], name: str) -> Measure | None:
    """Σ reached / Σ of how much of a figure that the benchmark itself measures; None when it measures no such thing.

    The interval is that of success where an episode reaches it or does not, else the bootstrap's.
    """
    return of_episodes(placed(runs), name)


def of_episodes(found: Sequence[tuple[Place, Episode]], name: str) -> Measure | None:
    """Return the figure ``name`` of scored episodes, as :func:`named`."""
    measured = [(*episode.measures[name], where) for where, episode in found if name in episode.measures]
    tops, bottoms, places = [list(part) for part in zip(*measured, strict=True)] or ([], [], [])
    if not sum(bottoms):
        return None
    if set(bottoms) == {1.0} and set(tops) <= {0.0, 1.0}:
        interval = rate_interval([bool(top) for top in tops], places)
    else:
        interval = ratio_interval(tops, bottoms, places)
    return Measure(sum(tops) / sum(bottoms), interval, int(sum(bottoms)))


def own(found: Sequence[tuple[Place, Episode]]) -> dict[str, Measure]:
    """Return the figures that the benchmark itself measures, in its order."""
    names = dict.fromkeys(name for _, episode in found for name in episode.measures)
    return {name: measure for name in names if (measure := of_episodes(found, name)) is not None}


def rejected_rate(runs: Sequence[Run]) -> Measure | None:
    """Share of primitive actions that the environment rejected."""
    return _ratio(runs, lambda e: e.rejected, lambda e: e.n_steps)


def procedures_used(runs: Sequence[Run]) -> Measure | None:
    """Distinct procedures and meta-procedures executed at least once in a run; the mean over runs.

    The interval is the mean ± one standard deviation over runs, as the paper prints it, and None for a single run:
    drawing tasks again always finds fewer distinct procedures, so a bootstrap interval would miss the figure itself.
    """
    counts = [len({d.chosen for e in scored([run]) for d in e.decisions if executed(d)}) for run in runs]
    if not counts:
        return None
    average = statistics.fmean(counts)
    spread = statistics.stdev(counts) if len(counts) > 1 else None
    return Measure(average, None if spread is None else Interval(average - spread, average + spread), len(counts))


MEASURES: dict[str, Callable[[Sequence[Run]], Measure | None]] = {
    "gate_rate": gate_rate,
    "fallback_rate": fallback_rate,
    "reuse_rate": reuse_rate,
    "follow_through": follow_through,
    "meta_hit_rate": meta_hit_rate,
    "procedure_length": procedure_length,
    "procedures_used": procedures_used,
    "posterior_used": posterior_used,
    "model_calls": model_calls,
    "mean_score": mean_score,
    "rejected_rate": rejected_rate,
}


def measures(runs: Sequence[Run]) -> dict[str, Measure | None]:
    """Return every measure of these runs by name, the benchmark's own last; None where a run logged nothing."""
    own = dict.fromkeys(name for episode in scored(runs) for name in episode.measures)
    return {name: measure(runs) for name, measure in MEASURES.items()} | {name: named(runs, name) for name in own}


def lines(runs: Sequence[Run]) -> list[str]:
    """Return every measure for the console."""
    return [f"{name}: {_text(found)}" for name, found in measures(runs).items()]


def executed(decision: Decision) -> bool:
    """Whether a procedure or meta-procedure was executed, rather than a zero-shot step or a fixed rule."""
    return decision.kind in ("skill", "meta")


def believed(decision: Decision) -> bool:
    """Whether a skill was executed for which selection had a posterior."""
    return executed(decision) and hasattr(decision.details, "posterior_mean")


def posterior(decision: Decision) -> float:
    """Return the posterior mean that selection saw; 0 for a method that has none."""
    return float(getattr(decision.details, "posterior_mean", 0.0))


def scored(runs: Sequence[Run]) -> list[Episode]:
    """Return the episodes that count: all but infrastructure errors."""
    return scored_of(episode for run in runs for episode in run.episodes.values())


def _ratio(runs: Sequence[Run], top: Callable[[Episode], float], bottom: Callable[[Episode], float]) -> Measure | None:
    """Return Σ top / Σ bottom over scored episodes, None when there is nothing to divide by."""
    found = placed(runs)
    tops, bottoms = [top(e) for _, e in found], [bottom(e) for _, e in found]
    if not sum(bottoms):
        return None
    interval = ratio_interval(tops, bottoms, [where for where, _ in found])
    return Measure(sum(tops) / sum(bottoms), interval, int(sum(bottoms)))


def _executions(episode: Episode) -> int:
    return sum(executed(decision) for decision in episode.decisions)


def _other_steps(episode: Episode) -> int:
    return sum(decision.steps for decision in episode.decisions if not executed(decision))


def _offered(decision: Decision) -> bool:
    return bool(getattr(decision.details, "candidates", ()))


def _gated(decision: Decision) -> bool:
    return _offered(decision) and not executed(decision)


def _text(measure: Measure | None) -> str:
    if measure is None:
        return "nothing logged"
    interval = "" if measure.interval is None else f" [{measure.interval.low:.4f}, {measure.interval.high:.4f}]"
    return f"{measure.value:.4f}{interval} (n = {measure.n})"
