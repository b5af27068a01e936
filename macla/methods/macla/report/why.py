"""One logged decision, taken apart: the terms of Eq 4, the evidence behind them, and the sources of the procedure."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from macla.config import Config, fingerprint, validate
from macla.errors import UserError
from macla.methods.episode import Episode
from macla.methods.macla.equations.beta import Prior
from macla.methods.macla.equations.expected_utility import UtilitySettings, expected_utility, posteriors
from macla.methods.macla.memory import directory
from macla.methods.macla.memory.events import Composed, Extracted, Merged, Source, Split
from macla.methods.macla.memory.meta import MetaProcedure, Skill
from macla.methods.macla.memory.store import Memory
from macla.methods.session import Decision
from macla.reports.measures import executed
from macla.reports.table import Run, read_run

SHOWN = 5
"""Source trajectories and losing candidates that are printed."""


@dataclass(frozen=True)
class Why:
    """A decision and everything it rests on."""

    episode: Episode
    decision: Decision
    settings: UtilitySettings
    theta_conf: float
    skill: Skill | None
    """The procedure or meta-procedure as memory holds it; None for a zero-shot step, or when it was pruned later."""
    sources: tuple[Source, ...]
    """The trajectories it was learned from, in the order in which memory met them."""

    def lines(self) -> list[str]:
        """Return the explanation for the console."""
        its = self.decision
        return [
            f"{self.episode.task}: {self.episode.instruction}",
            f"step {its.step} of {self.episode.n_steps}: {its.chosen}, {its.steps} action(s), "
            f"y = {int(its.success)}; the episode ended in {self.episode.outcome.value}",
            f"context: {its.context}",
            *([*self._terms(), *_skill(self.skill), _origin(self.sources)] if executed(its) else []),
            *self._candidates(),
        ]

    def _terms(self) -> list[str]:
        its, constants = self.decision, self.settings
        gain = its.relevance * its.posterior_mean * constants.r_max
        loss = its.risk * (1 - its.posterior_mean) * constants.c_fail
        bonus = constants.lambda_info * its.information
        return [
            f"EU = {gain:.4f} (relevance {its.relevance:.4f} · posterior {its.posterior_mean:.4f} · R_max "
            f"{constants.r_max:g}) − {loss:.4f} (risk {its.risk:.4f} · {1 - its.posterior_mean:.4f} · C_fail "
            f"{constants.c_fail:g}) {'+' if bonus >= 0 else '−'} {abs(bonus):.4f} (λ_info {constants.lambda_info:g} · "
            f"{constants.information} {its.information:.4f}) = {gain - loss + bonus:.4f}, θ_conf {self.theta_conf:g}",
            *self._posterior(),
        ]

    def _posterior(self) -> list[str]:
        counts = next(
            ((c.successes, c.failures) for c in self.decision.candidates if c.id == self.decision.chosen), None
        )
        if counts is None:
            return []
        alpha, beta = posteriors(np.array([counts[0]]), np.array([counts[1]]), self.settings)
        limit = self.settings.evidence_limit
        tempered = f", tempered to {limit:g} observations" if limit is not None and sum(counts) > limit else ""
        return [
            f"posterior: {counts[0]:g} successes and {counts[1]:g} failures{tempered}, prior "
            f"Beta({self.settings.alpha0:g}, {self.settings.beta0:g}) → Beta({alpha[0]:.3g}, {beta[0]:.3g})"
        ]

    def _candidates(self) -> list[str]:
        found = self.decision.candidates
        if not found:
            return [] if executed(self.decision) else ["zero-shot: no applicable candidate was logged"]
        columns = np.array([(c.relevance, c.risk, c.successes, c.failures) for c in found], dtype=np.float64).T
        relevance, risk, successes, failures = columns
        utility = expected_utility(relevance, risk, *posteriors(successes, failures, self.settings), self.settings)
        order = sorted(range(len(found)), key=lambda k: (-utility.total[k], found[k].id))
        closed = [] if executed(self.decision) else [f"zero-shot: no expected utility reaches {self.theta_conf:g}"]
        return [
            *closed,
            "applicable candidates: "
            + "; ".join(
                f"{found[k].id} EU {utility.total[k]:.4f} (relevance {relevance[k]:.4f}, "
                f"posterior {utility.posterior_mean[k]:.4f}, risk {risk[k]:.4f})"
                for k in order[:SHOWN]
            )
            + (f"; {len(order) - SHOWN} more" if len(order) > SHOWN else ""),
        ]


def why(run_dir: Path, task: str, step: int) -> list[Why]:
    """Return the decisions that were taken at, or whose actions cover, primitive action ``step`` (from 0) of a task.

    Several when executions failed before they took an action. ``task`` may be any part of an id that only one task
    has. UserError when there is no such run, task or step, or when the run's memory is gone or has been rebuilt.
    """
    run = read_run(run_dir)
    config = run_config(run)
    episode = find_episode(run, task)
    found = [d for d in episode.decisions if d.step <= step < d.step + max(1, d.steps)]
    if not found:
        last = max((d.step + max(1, d.steps) for d in episode.decisions), default=0)
        raise UserError(f"{episode.task} has decisions for steps 0 to {last - 1}, not {step}")
    memory = Memory() if run.summary["memory"] == "none" else run_memory(run)
    settings, theta_conf = config.memory.utility(memory), config.memory.select(memory).theta_conf
    return [
        Why(episode, its, settings, theta_conf, _find(memory, its.chosen), sources(memory, its.chosen)) for its in found
    ]


def run_config(run: Run) -> Config:
    """Return the configuration that a run was played with."""
    from omegaconf import OmegaConf

    path = run.folder / "config.yaml"
    if not path.is_file():
        raise UserError(f"{path} is missing; it belongs to every run")
    return validate(OmegaConf.to_container(OmegaConf.load(path)))


def run_memory(run: Run) -> Memory:
    """Return the memory that a run read, or wrote when it learned online.

    UserError when it ran without, or when the memory it read is gone or has been rebuilt since.
    """
    folder = memory_of(run)
    if not (folder / "events.jsonl").is_file():
        raise UserError(f"{run.folder} read the memory at {folder}, which is not there; type this where it ran")
    log = fingerprint((folder / "events.jsonl").read_text(encoding="utf-8"))
    if run.summary["memory_mode"] == "frozen" and log != run.manifest["identity"]["memory"]:
        raise UserError(f"{folder} has been rebuilt since {run.folder} read it; evaluate again with macla eval")
    return directory.replay(folder)


def memory_of(run: Run) -> Path:
    """Return the memory directory that a run read, or wrote when it learned online; UserError when it ran without."""
    if run.summary["memory"] == "none":
        raise UserError(f"{run.folder} ran without memory")
    return run.folder / "memory" if run.summary["memory_mode"] == "online" else Path(run.summary["memory"])


def run_prior(run: Run) -> Prior:
    """Return the prior that a run gave its procedures."""
    config = run_config(run).memory
    fitted = config.prior == "empirical_bayes"
    settings = config.utility(run_memory(run) if fitted else Memory())
    return Prior(settings.alpha0, settings.beta0)


def find_episode(run: Run, task: str) -> Episode:
    """Return the episode whose task id is, or alone contains, ``task``; UserError names what there is."""
    if task in run.episodes:
        return run.episodes[task]
    found = [name for name in run.episodes if task in name]
    if len(found) != 1:
        which = f"{len(found)} tasks of {run.folder} contain {task}" if found else f"no task of {run.folder} is {task}"
        raise UserError(f"{which}; e.g. {', '.join((found or list(run.episodes))[:3])}")
    return run.episodes[found[0]]


def sources(memory: Memory, name: str) -> tuple[Source, ...]:
    """Return the trajectories that a procedure, or a meta-procedure's children, were learned from.

    A variant has those of the procedure it was split from, up to the split.
    """
    origins: dict[str, dict[int, None]] = {}
    children: dict[str, tuple[str, ...]] = {}
    for event in memory.events:
        match event:
            case Extracted() | Merged():
                origins.setdefault(event.procedure, {})[event.source] = None
            case Split():
                origins[event.variant] = dict(origins.get(event.procedure, {}))
            case Composed():
                children[event.meta] = event.children
    numbers = dict.fromkeys(k for part in children.get(name, (name,)) for k in origins.get(part, ()))
    return tuple(memory.sources[k] for k in sorted(numbers))


def _find(memory: Memory, name: str) -> Skill | None:
    return memory.metas.get(name) or memory.procedures.get(name)


def _skill(skill: Skill | None) -> list[str]:
    if skill is None:
        return ["memory has dropped it since"]
    if isinstance(skill, MetaProcedure):
        body = [f"runs {' → '.join(skill.children)}"]
    else:
        steps = [step.key.text() + (f" (when {step.guard.text()})" if step.guard else "") for step in skill.plan]
        body = [f"π  {'; '.join(steps)}", f"Φ  {', '.join(c.text() for c in skill.postconditions)}"]
    goals = "; ".join(f"{goal} ×{n}" for goal, n in skill.goals.most_common(SHOWN))
    return [f"G  {goals}", f"Ψ  {', '.join(condition.text() for condition in skill.preconditions)}", *body]


def _origin(found: Sequence[Source]) -> str:
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    named = ", ".join(f"{source.task} ({source.source}, {source.outcome})" for source in found[:SHOWN])
    return f"learned from {len(found)} trajectories: {named}{more}"
