"""``macla bench``: speed against a reference in the same run."""

from typing import Any

import numpy as np
from scipy.special import betaln, digamma

from macla.benchmarks import registry
from macla.benchmarks.base import EngineBench
from macla.benchmarks.speeds import per_second
from macla.config import Config
from macla.errors import UserError
from macla.methods.macla.equations.beta import Prior
from macla.methods.macla.equations.expected_utility import expected_utility, posteriors
from macla.methods.macla.memory.index import Index
from macla.methods.macla.settings import Settings
from macla.seeding import numpy_rng


def engine_bench(config: Config) -> EngineBench:
    """Return the benchmark when it has engines to compare; UserError otherwise."""
    benchmark = registry.create(config.env_name, config.env_options)
    if not isinstance(benchmark, EngineBench):
        raise UserError(f"{config.env_name} has one engine; nothing to compare")
    return benchmark


def selection(procedures: int) -> dict[str, Any]:
    """Return milliseconds of one selection (retrieval and Eq 4, encoder excluded), vectorised and as a plain loop."""
    rng = numpy_rng(0, "bench", "selection")
    vectors = rng.standard_normal((procedures, 384), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    counts = rng.integers(0, 200, size=(procedures, 2)).astype(float)
    settings = Settings()
    alpha, beta = posteriors(counts[:, 0], counts[:, 1], Prior(), settings.evidence_limit)
    index = Index([str(k) for k in range(procedures)], vectors)
    query = vectors[0]

    def vectorised() -> int:
        positions, cosines = index.nearest(query, 10)
        utility = expected_utility(cosines, np.zeros(len(positions)), alpha[positions], beta[positions], settings)
        return int(positions[int(np.argmax(utility.total))])

    def loop() -> int:
        cosines = [sum(float(a) * float(b) for a, b in zip(vector, query, strict=True)) for vector in vectors]
        best = sorted(range(procedures), key=lambda k: -cosines[k])[:10]
        return max(best, key=lambda k: _utility(cosines[k], float(alpha[k]), float(beta[k]), settings))

    if vectorised() != loop():
        raise AssertionError("the vectorised selection and the loop disagree")
    fast, slow = per_second(vectorised), per_second(loop)
    return {"procedures": procedures, "vectorised_ms": 1e3 / fast, "loop_ms": 1e3 / slow, "ratio": fast / slow}


def _utility(relevance: float, alpha: float, beta: float, settings: Settings) -> float:
    total = alpha + beta
    entropy = betaln(alpha, beta) - (alpha - 1) * digamma(alpha) - (beta - 1) * digamma(beta)
    entropy += (total - 2) * digamma(total)
    return relevance * alpha / total * settings.r_max + settings.lambda_info * float(entropy)
