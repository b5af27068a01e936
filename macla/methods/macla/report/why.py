"""One logged decision, taken apart: the terms of Eq 4, the evidence behind them, and the sources of the procedure."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from macla.errors import UserError
from macla.methods.episode import Episode
from macla.methods.macla.acting.select import Selection
from macla.methods.macla.equations.beta import Prior
from macla.methods.macla.equations.expected_utility import posteriors
from macla.methods.macla.memory.events import Composed, Extracted, Merged, Recomposed, Source, Split
from macla.methods.macla.memory.meta import MetaProcedure
from macla.methods.macla.memory.prior import gate_of, prior_of
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.skill import Skill
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.report.candidates import terms_of
from macla.methods.macla.report.history import memory_of, settings_of
from macla.methods.macla.settings import Settings
from macla.methods.run import Run, read_run
from macla.methods.session import Decision

SHOWN = 5
"""Source trajectories and losing candidates that are printed."""


@dataclass(frozen=True)
class Why:
    """A decision and everything it rests on."""

    episode: Episode
    decision: Decision
    settings: Settings
    prior: Prior
    theta_conf: float
    skill: Skill | None
    """The procedure or meta-procedure as memory holds it; None for a zero-shot step, or when it was pruned later."""
    sources: tuple[Source, ...]
    """The trajectories it was learned from, in the order in which memory met them."""

    def lines(self) -> list[str]:
        """Return the explanation for the console."""
        made = self.decision
        return [
            f"{self.episode.task}: {self.episode.instruction}",
            f"step {made.step} of {self.episode.n_steps}: {made.chosen}, {made.steps} action(s), "
            f"y = {int(made.success)}; the episode ended in {self.episode.outcome.value}",
            f"context: {made.context}",
            *([*self._terms(), *_skill(self.skill), _origin(self.sources)] if made.kind != "model" else []),
            *self._candidates(),
        ]

    @property
    def selection(self) -> Selection:
        """What MACLA logged of the decision."""
        return Selection.model_validate(self.decision.details.model_dump())

    def _terms(self) -> list[str]:
        found, constants = self.selection, self.settings
        gain = found.relevance * found.posterior_mean * constants.r_max
        loss = found.risk * (1 - found.posterior_mean) * constants.c_fail
        bonus = constants.lambda_info * found.information
        return [
            f"EU = {gain:.4f} (relevance {found.relevance:.4f} · posterior {found.posterior_mean:.4f} · R_max "
            f"{constants.r_max:g}) − {loss:.4f} (risk {found.risk:.4f} · {1 - found.posterior_mean:.4f} · C_fail "
            f"{constants.c_fail:g}) {'+' if bonus >= 0 else '−'} {abs(bonus):.4f} (λ_info {constants.lambda_info:g} · "
            f"{constants.information} {found.information:.4f}) = {gain - loss + bonus:.4f}, θ_conf {self.theta_conf:g}",
            *self._posterior(),
        ]

    def _posterior(self) -> list[str]:
        counts = next(
            ((c.successes, c.failures) for c in self.selection.candidates if c.id == self.decision.chosen), None
        )
        if counts is None:
            return []
        limit = self.settings.evidence_limit
        alpha, beta = posteriors(np.array([counts[0]]), np.array([counts[1]]), self.prior, limit)
        tempered = f", tempered to {limit:g} observations" if limit is not None and sum(counts) > limit else ""
        return [
            f"posterior: {counts[0]:g} successes and {counts[1]:g} failures{tempered}, prior "
            f"Beta({self.prior.alpha0:g}, {self.prior.beta0:g}) → Beta({alpha[0]:.3g}, {beta[0]:.3g})"
        ]

    def _candidates(self) -> list[str]:
        found, by_model = self.selection.candidates, self.decision.kind == "model"
        if not found:
            return ["zero-shot: no applicable candidate was logged"] if by_model else []
        order = terms_of(found, self.prior, self.settings)
        closed = [f"zero-shot: no expected utility reaches {self.theta_conf:g}"] if by_model else []
        return [
            *closed,
            "applicable candidates: "
            + "; ".join(
                f"{one.id} EU {one.utility:.4f} (relevance {one.relevance:.4f}, "
                f"posterior {one.posterior_mean:.4f}, risk {one.risk:.4f})"
                for one in order[:SHOWN]
            )
            + (f"; {len(order) - SHOWN} more" if len(order) > SHOWN else ""),
        ]


def why(run_dir: Path, task: str, step: int) -> list[Why]:
    """Return the decisions that were taken at, or whose actions cover, primitive action ``step`` (from 0) of a task.

    Several when executions failed before they took an action. ``task`` may be any part of an id that only one task
    has. UserError when there is no such run, task or step, or when the run's memory is gone or has been rebuilt.
    """
    run = read_run(run_dir)
    settings = settings_of(run) if run.has_memory else Settings()
    episode = find_episode(run, task)
    found = [d for d in episode.decisions if d.step <= step < d.step + max(1, d.steps)]
    if not found:
        last = max((d.step + max(1, d.steps) for d in episode.decisions), default=0)
        raise UserError(f"{episode.task} has decisions for steps 0 to {last - 1}, not {step}")
    memory = memory_of(run) if run.has_memory else Memory()
    prior, theta_conf = prior_of(memory, settings), gate_of(memory, settings)
    return [
        Why(
            episode=episode,
            decision=made,
            settings=settings,
            prior=prior,
            theta_conf=theta_conf,
            skill=_find(memory, made.chosen),
            sources=sources(memory, made.chosen),
        )
        for made in found
    ]


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
    return all_sources(memory).get(name, ())


def all_sources(memory: Memory) -> dict[str, tuple[Source, ...]]:
    """Return the :func:`sources` of everything that memory ever held, from one walk through its events."""
    origins: dict[str, dict[int, None]] = {}
    ran: dict[str, tuple[str, ...]] = {}
    for event in memory.events:
        match event:
            case Extracted() | Merged():
                origins.setdefault(event.procedure, {})[event.source] = None
            case Split():
                origins[event.variant] = dict(origins.get(event.procedure, {}))
            case Composed():
                ran[event.meta] = (*ran.get(event.meta, ()), *event.children)
            case Recomposed():
                ran[event.meta] = (*event.children, *(name for others in event.branches for name in others))
    numbers = {name: dict.fromkeys(k for part in parts for k in origins.get(part, ())) for name, parts in ran.items()}
    return {name: tuple(memory.sources[k] for k in sorted(found)) for name, found in {**origins, **numbers}.items()}


def _find(memory: Memory, name: str) -> Skill | None:
    return memory.metas.get(name) or memory.procedures.get(name)


def _skill(skill: Skill | None) -> list[str]:
    if skill is None:
        return ["memory has dropped it since"]
    body: list[str] = []
    if isinstance(skill, MetaProcedure):
        places = [" or ".join(skill.options(place)) for place in range(len(skill.children))]
        body = [f"runs {' → '.join(places)}"]
    elif isinstance(skill, Procedure):
        steps = [step.key.text() + (f" (when {step.guard.text()})" if step.guard else "") for step in skill.plan]
        body = [f"π  {'; '.join(steps)}", f"Φ  {', '.join(c.text() for c in skill.postconditions)}"]
    goals = "; ".join(f"{goal} ×{n}" for goal, n in skill.goals.most_common(SHOWN))
    return [f"G  {goals}", f"Ψ  {', '.join(condition.text() for condition in skill.preconditions)}", *body]


def _origin(found: Sequence[Source]) -> str:
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    named = ", ".join(f"{source.task} ({source.source}, {source.outcome})" for source in found[:SHOWN])
    return f"learned from {len(found)} trajectories: {named}{more}"
