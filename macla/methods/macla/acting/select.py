"""Retrieve the nearest procedures and rank them by expected utility (Algorithm 1, l.3-7)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from macla.encoder import Encoder
from macla.methods.macla.equations.expected_utility import UtilitySettings, expected_utility, posteriors
from macla.methods.macla.memory.index import Index
from macla.methods.macla.memory.meta import Skill
from macla.methods.macla.memory.ontology import Translator
from macla.methods.macla.memory.store import Memory


@dataclass(frozen=True)
class SelectSettings:
    """Hyperparameters of retrieval and of the gate (``paper.md §4``)."""

    k: int = 10
    theta_conf: float = 0.4
    risk_similarity: float = 0.75
    bayesian: bool = True
    """False: rank by similarity alone, without posterior, risk, information or gate (an ablation)."""
    metas: bool = True
    """False: meta-procedures are not retrieved (an ablation)."""
    explore: bool = False
    """Whether arguments are drawn by the odds of the candidates, instead of the best."""
    theta_sim: float | None = 0.6
    """θ_sim of the ontology; None: contexts are embedded as they are (an ablation)."""


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


class Selector:
    """Ranks the procedures of a memory snapshot for a context."""

    def __init__(
        self, memory: Memory, index: Index, encoder: Encoder, settings: SelectSettings, utility: UtilitySettings
    ) -> None:
        self.memory = memory
        self.index = index
        self.encoder = encoder
        self.settings = settings
        self.utility = utility
        skills = [memory.find(name) for name in index.ids]
        counts = np.array([skill.evidence.counts() for skill in skills], dtype=np.float64).reshape(-1, 2)
        self._alpha, self._beta = posteriors(counts[:, 0], counts[:, 1], utility)
        self._skills = skills
        self._failures = {
            position: encoder.encode([context.text for context in skill.failed_in])
            for position, skill in enumerate(skills)
            if skill.failed_in
        }
        theta = settings.theta_sim
        self._translator = Translator(memory.ontology, encoder, theta) if theta is not None else None

    def rank(self, contexts: Sequence[str], applicable: Callable[[Skill], bool]) -> list[Candidate]:
        """Return the k nearest of the applicable skills, highest expected utility first.

        ``contexts`` puts the situation in one or more ways; the one that comes nearest to a skill counts for it.
        Algorithm 1 checks Ψ of the best one only and falls back to a zero-shot step when it fails; checking all
        candidates first costs no model call and lets the second best act (Default of ours).
        """
        texts = [self._translator.translate(context) if self._translator else context for context in contexts]
        queries = self.encoder.encode(texts)
        positions, cosines = self._nearest(queries, applicable)
        utility = expected_utility(
            cosines, self.risk(queries[0], positions), self._alpha[positions], self._beta[positions], self.utility
        )
        score = utility.total if self.settings.bayesian else utility.relevance
        columns = (utility.relevance, utility.posterior_mean, utility.risk, utility.information, score)
        candidates = [
            Candidate(
                self._skills[position],
                *(float(column[row]) for column in columns),
                *self._skills[position].evidence.counts(),
            )
            for row, position in enumerate(positions)
        ]
        return sorted(candidates, key=lambda candidate: (-candidate.utility, candidate.skill.id))

    def _nearest(
        self, queries: NDArray[np.float32], applicable: Callable[[Skill], bool]
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return the positions of the k nearest skills that are applicable, and their cosines, best first."""
        cosines = np.full(len(self._skills), -np.inf)
        for query in queries:
            positions, its = self.index.nearest(query, len(self._skills))
            cosines[positions] = np.maximum(cosines[positions], its)
        usable = []
        for position in np.argsort(-cosines, kind="stable"):
            if self._wanted(self._skills[position]) and applicable(self._skills[position]):
                usable.append(position)
                if len(usable) == self.settings.k:
                    break
        chosen = np.array(usable, dtype=np.intp)
        return chosen, cosines[chosen]

    def confident(self, candidate: Candidate) -> bool:
        """Whether a candidate passes the gate θ_conf (which only the Bayesian selection has)."""
        return not self.settings.bayesian or candidate.utility >= self.settings.theta_conf

    def _wanted(self, skill: Skill) -> bool:
        return self.settings.metas or skill.id not in self.memory.metas

    def risk(self, query: NDArray[np.float32], positions: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return, per procedure, the share of its stored failures whose context is like ``query``."""
        result = np.zeros(len(positions))
        for row, position in enumerate(positions):
            if position in self._failures:
                result[row] = float(np.mean(self._failures[position] @ query >= self.settings.risk_similarity))
        return result
