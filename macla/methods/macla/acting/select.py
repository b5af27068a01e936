"""Retrieve the nearest skills and rank them by expected utility (Algorithm 1, l.3-7)."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from macla.encoder import Encoder
from macla.methods.macla.equations.expected_utility import expected_utility, posteriors
from macla.methods.macla.memory.index import Index
from macla.methods.macla.memory.ontology import Translator
from macla.methods.macla.memory.prior import gate_of, prior_of
from macla.methods.macla.memory.segment import Execution
from macla.methods.macla.memory.skill import Skill
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import Settings
from macla.methods.session import Details


class Candidate(NamedTuple):
    """One ranked skill, with Eq 4 taken apart."""

    skill: Skill
    relevance: float
    posterior_mean: float
    risk: float
    information: float
    utility: float
    successes: float
    failures: float


class Considered(BaseModel):
    """A skill that was applicable when a decision fell: what Eq 4 needs to rank it again under other settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    relevance: float
    risk: float
    successes: float
    failures: float


class Selection(Details):
    """What MACLA logs of a decision: Eq 4 taken apart (zeros for a step of the model), and what was executed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    relevance: float = 0.0
    posterior_mean: float = 0.0
    risk: float = 0.0
    information: float = 0.0
    utility: float = 0.0
    candidates: tuple[Considered, ...] = ()
    """Everything that was applicable, best first."""
    executions: tuple[Execution, ...] = ()
    """Every procedure and meta-procedure that ran, with its context: what learning folds in."""


DECIMALS = 6
"""Of logged terms …"""
PRECISE = 9
"""… and of the candidates' columns, from which ranking can be repeated."""


def selection(chosen: Candidate | None, ranked: Sequence[Candidate], executions: Sequence[Execution]) -> Selection:
    """Return the log of a decision; ``chosen`` is None where the model took the step."""
    considered = tuple(
        Considered(
            id=candidate.skill.id,
            relevance=round(candidate.relevance, PRECISE),
            risk=round(candidate.risk, PRECISE),
            successes=candidate.successes,
            failures=candidate.failures,
        )
        for candidate in ranked
    )
    if chosen is None:
        return Selection(candidates=considered, executions=tuple(executions))
    return Selection(
        relevance=round(chosen.relevance, DECIMALS),
        posterior_mean=round(chosen.posterior_mean, DECIMALS),
        risk=round(chosen.risk, DECIMALS),
        information=round(chosen.information, DECIMALS),
        utility=round(chosen.utility, DECIMALS),
        candidates=considered,
        executions=tuple(executions),
    )


class Selector:
    """Ranks the skills of a memory snapshot for a context. Changes nothing, so that threads may share it."""

    def __init__(
        self, memory: Memory, index: Index, encoder: Encoder, settings: Settings, *, gated: bool = True
    ) -> None:
        self.memory = memory
        self.encoder = encoder
        self.settings = settings
        self.theta_conf = gate_of(memory, settings) if gated else -math.inf
        self.translator = _translator(memory, encoder, settings)
        by_cluster = self.translator is not None and not settings.departures.unknown_words
        self.index = self._translated() if by_cluster and index.ids else index
        self._skills = [memory.find(name) for name in self.index.ids]
        counts = np.array([skill.evidence.counts() for skill in self._skills], dtype=np.float64).reshape(-1, 2)
        self._alpha, self._beta = posteriors(
            counts[:, 0], counts[:, 1], prior_of(memory, settings), settings.evidence_limit
        )
        self._failures = {
            position: self._encode([context.text for context in skill.failed_in], translate=by_cluster)
            for position, skill in enumerate(self._skills)
            if skill.failed_in
        }

    def rank(self, contexts: Sequence[str], applicable: Callable[[Skill], bool]) -> list[Candidate]:
        """Return the k nearest of the applicable skills, highest expected utility first.

        ``contexts`` puts the situation in one or more ways; the one that comes nearest to a skill counts for it.
        Algorithm 1 checks Ψ of the best one only and falls back to a zero-shot step when it fails; checking all
        candidates first costs no model call and lets the second best act (``departures.psi_first``).
        """
        queries = self._encode(contexts, translate=True)
        positions, cosines = self._relevant(*self._nearest(queries, applicable))
        risk = self.risk(queries[0], positions)
        utility = expected_utility(cosines, risk, self._alpha[positions], self._beta[positions], self.settings)
        score = utility.total if self.settings.selection == "bayesian" else utility.relevance
        candidates = []
        for row, position in enumerate(positions):
            skill = self._skills[position]
            successes, failures = skill.evidence.counts()
            candidates.append(
                Candidate(
                    skill=skill,
                    relevance=float(utility.relevance[row]),
                    posterior_mean=float(utility.posterior_mean[row]),
                    risk=float(utility.risk[row]),
                    information=float(utility.information[row]),
                    utility=float(score[row]),
                    successes=successes,
                    failures=failures,
                )
            )
        return sorted(candidates, key=lambda candidate: (-candidate.utility, candidate.skill.id))

    def _nearest(
        self, queries: NDArray[np.float32], applicable: Callable[[Skill], bool]
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return the positions of the k nearest skills that are applicable, and their cosines, best first."""
        cosines = np.full(len(self._skills), -np.inf)
        for query in queries:
            positions, found = self.index.nearest(query, len(self._skills))
            cosines[positions] = np.maximum(cosines[positions], found)
        usable = []
        for position in np.argsort(-cosines, kind="stable"):
            if self._wanted(self._skills[position]) and applicable(self._skills[position]):
                usable.append(position)
                if len(usable) == self.settings.k:
                    break
        chosen = np.array(usable, dtype=np.intp)
        return chosen, cosines[chosen]

    def _relevant(
        self, positions: NDArray[np.intp], cosines: NDArray[np.float64]
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return those whose relevance is within ``margin`` of the best one's; all where there is no margin."""
        if self.settings.margin is None or not len(positions):
            return positions, cosines
        near = cosines >= cosines.max() - self.settings.margin
        return positions[near], cosines[near]

    def _encode(self, texts: Sequence[str], *, translate: bool) -> NDArray[np.float32]:
        """Return the vectors of texts, put into the ontology's words if wished."""
        if translate and self.translator is not None:
            texts = [self.translator.translate(text) for text in texts]
        return self.encoder.encode(texts)

    def _translated(self) -> Index:
        """Return the index of all descriptors in the ontology's words (Eq 7: words map to their cluster)."""
        described = self.memory.descriptors()
        vectors = self._encode([text for _, text in described], translate=True)
        return Index([owner for owner, _ in described], vectors)

    def confident(self, candidate: Candidate) -> bool:
        """Whether a candidate passes the gate θ_conf (which only the Bayesian selection has)."""
        return self.settings.selection != "bayesian" or candidate.utility >= self.theta_conf

    def _wanted(self, skill: Skill) -> bool:
        return self.settings.metas or skill.id not in self.memory.metas

    def risk(self, query: NDArray[np.float32], positions: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return, per procedure, the share of its stored failures whose context is like ``query``."""
        result = np.zeros(len(positions))
        for row, position in enumerate(positions):
            if position in self._failures:
                result[row] = float(np.mean(self._failures[position] @ query >= self.settings.risk_similarity))
        return result


def _translator(memory: Memory, encoder: Encoder, settings: Settings) -> Translator | None:
    if not settings.ontology:
        return None
    by_cluster = not settings.departures.unknown_words
    return Translator(memory.ontology, encoder, settings.theta_sim, by_cluster=by_cluster)
