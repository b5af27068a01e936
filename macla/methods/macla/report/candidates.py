"""The logged candidates of a decision, weighed by Eq 4 again."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from macla.methods.macla.acting.select import Considered
from macla.methods.macla.equations.beta import Prior
from macla.methods.macla.equations.expected_utility import expected_utility, posteriors
from macla.methods.macla.settings import Settings


class Terms(NamedTuple):
    """A candidate with the terms of Eq 4."""

    id: str
    relevance: float
    posterior_mean: float
    risk: float
    utility: float


def terms_of(found: Sequence[Considered], prior: Prior, settings: Settings) -> list[Terms]:
    """Return the candidates with their expected utilities, best first; equal ones by their ids."""
    if not found:
        return []
    columns = np.array([(c.relevance, c.risk, c.successes, c.failures) for c in found], dtype=np.float64)
    relevance, risk, successes, failures = columns.T
    beliefs = posteriors(successes, failures, prior, settings.evidence_limit)
    utility = expected_utility(relevance, risk, *beliefs, settings)
    terms = zip((c.id for c in found), relevance, utility.posterior_mean, risk, utility.total, strict=True)
    return sorted((Terms(name, *map(float, rest)) for name, *rest in terms), key=lambda c: (-c.utility, c.id))
