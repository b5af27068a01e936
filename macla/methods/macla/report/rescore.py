"""Offline counterfactuals: rank the logged candidates again under other settings, without running anything.

Every decision is ranked again in the situation that was logged. What the agent would have met *after* another choice
is unknown, so this says which choices hinge on a setting, not what the success rate would have been.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from macla.errors import UserError
from macla.methods.episode import scored
from macla.methods.macla.acting.select import Selection
from macla.methods.macla.equations.expected_utility import expected_utility, posteriors
from macla.methods.macla.memory.prior import gate_of, prior_of
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.report.history import memory_of, settings_of
from macla.methods.macla.settings import Settings
from macla.methods.run import read_run
from macla.methods.session import Decision

ZERO_SHOT = "act"
"""What a decision of the model is called here."""
READ = ("selection", "metas", "lambda_info", "r_max", "c_fail", "information", "evidence_limit", "theta_conf",
        "fallback_success", "c_llm", "lambda_calib", "prior")  # fmt: skip
"""What ranking reads and a run can be ranked again under: keys of ``memory``."""
SHOWN = 10
"""Switches that are printed."""


@dataclass(frozen=True)
class Rescored:
    """Logged choices beside those under other settings; ``act`` is a zero-shot step."""

    overrides: tuple[str, ...]
    logged: tuple[str, ...]
    chosen: tuple[str, ...]
    success: tuple[bool, ...]
    """y of the logged choice."""
    reproduced: int
    """Logged choices that ranking under the run's own settings gives again; all of them, or the log is not whole."""

    @property
    def switched(self) -> Counter[tuple[str, str]]:
        """How often each other choice replaces a logged one."""
        return Counter(pair for pair in zip(self.logged, self.chosen, strict=True) if pair[0] != pair[1])

    @property
    def fallbacks(self) -> tuple[int, int]:
        """Zero-shot steps as logged, and under the other settings."""
        return self.logged.count(ZERO_SHOT), self.chosen.count(ZERO_SHOT)

    def follow_through(self, *, kept: bool) -> tuple[int, int]:
        """Return (y = 1, number) of the logged executions whose choice stays (``kept``), or is replaced."""
        ys = [
            y
            for old, new, y in zip(self.logged, self.chosen, self.success, strict=True)
            if old != ZERO_SHOT and (old == new) == kept
        ]
        return sum(ys), len(ys)

    def lines(self) -> list[str]:
        """Return the comparison for the console."""
        n, other = len(self.logged), sum(self.switched.values())
        (kept, n_kept), (lost, n_lost) = self.follow_through(kept=True), self.follow_through(kept=False)
        return [
            f"{n} decisions ranked again under {' '.join(self.overrides) or 'the same settings'}: {n - other} stay, "
            f"{other} change ({100 * other / n:.1f} %); zero-shot steps {self.fallbacks[0]} → {self.fallbacks[1]}",
            f"the run's own settings give {self.reproduced} of {n} logged choices again",
            f"executions with y = 1: {kept}/{n_kept} where the choice stays, {lost}/{n_lost} where it is replaced",
            *(f"  {old} → {new} ×{times}" for (old, new), times in self.switched.most_common(SHOWN)),
        ]


def rescore(run_dir: Path, overrides: Sequence[str]) -> Rescored:
    """Return the logged decisions of a run, ranked again with ``overrides`` (``memory.lambda_info=0`` …).

    UserError when an override changes something that ranking does not read, or the run logged no candidates.
    """
    run = read_run(run_dir)
    if not run.has_memory:
        raise UserError(f"{run_dir} logged no candidates: it ran without memory; rank an evaluation of a memory again")
    settings = settings_of(run)
    other = _overridden(settings, overrides)
    decisions = [decision for episode in scored(run.episodes.values()) for decision in episode.decisions]
    memory = memory_of(run)
    again = choices(decisions, memory, settings)
    logged = tuple(decision.chosen for decision in decisions)
    return Rescored(
        overrides=tuple(overrides),
        logged=logged,
        chosen=choices(decisions, memory, other),
        success=tuple(decision.success for decision in decisions),
        reproduced=sum(old == new for old, new in zip(logged, again, strict=True)),
    )


def choices(decisions: Sequence[Decision], memory: Memory, settings: Settings) -> tuple[str, ...]:
    """Return, per decision, the candidate that ranking prefers, or ``act`` when none passes the gate."""
    rows = [
        (place, candidate)
        for place, decision in enumerate(decisions)
        for candidate in Selection.model_validate(decision.details.model_dump()).candidates
        if settings.metas or candidate.id not in memory.metas
    ]
    columns = np.array([(c.relevance, c.risk, c.successes, c.failures) for _, c in rows], dtype=np.float64)
    relevance, risk, successes, failures = columns.reshape(-1, 4).T
    beliefs = posteriors(successes, failures, prior_of(memory, settings), settings.evidence_limit)
    total = expected_utility(relevance, risk, *beliefs, settings).total
    bayesian, theta_conf = settings.selection == "bayesian", gate_of(memory, settings)
    score = total if bayesian else relevance
    best: dict[int, tuple[float, str]] = {}
    for (place, candidate), value in zip(rows, score.tolist(), strict=True):
        if not bayesian or value >= theta_conf:
            best[place] = min(best.get(place, (inf, "")), (-value, candidate.id))
    return tuple(best[place][1] if place in best else ZERO_SHOT for place in range(len(decisions)))


def _overridden(settings: Settings, overrides: Sequence[str]) -> Settings:
    """Return the settings with ``overrides``; UserError when one of them cannot be ranked again."""
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    wrong = [text for text in overrides if "=" not in text]
    if wrong:
        raise UserError(f"{wrong[0]} is no override; type KEY=VALUE, e.g. memory.lambda_info=0")
    for text in overrides:
        key = text.split("=")[0]
        if not key.startswith("memory.") or key.split(".")[1] not in READ:
            raise UserError(f"{key} cannot be ranked again; these can: {', '.join(f'memory.{name}' for name in READ)}")
    try:
        changes = OmegaConf.from_dotlist(list(overrides)).get("memory") or {}
        merged = OmegaConf.merge(OmegaConf.create(settings.model_dump(mode="json")), changes)
        return Settings.model_validate(OmegaConf.to_container(merged))
    except ValidationError as error:
        first = error.errors()[0]
        raise UserError(f"memory.{first['loc'][0]}: {first['msg'].lower()}") from None
    except (OmegaConfBaseException, ValueError) as error:
        raise UserError(f"{' '.join(overrides)} does not parse ({str(error).splitlines()[0]})") from None
