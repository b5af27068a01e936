"""Contrast choices that led to success with choices that led to failure on the same task.

Procedures of grounded tasks carry little of what makes an episode fail: a plan over its budget was put together
without a refusal. What failed are the choices of arguments. Episodes of one task, in which candidates were
drawn by their odds, differ in nothing else; so these are contrasted here: for kinds of entity, by how much features
raise or lower the odds of a candidate beyond what demonstrators showed.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from macla.methods.cloning.argument_model import ArgumentModel, score
from macla.methods.cloning.choices import Choice
from macla.methods.cloning.events import ChoicesContrasted
from macla.methods.cloning.fit_arguments import Array, logit


class _Played(NamedTuple):
    """The choices of one episode as a matrix, a row a candidate, the chosen one first of each choice."""

    success: bool
    matrix: Any
    """Sparse; as many columns as there were when the episode was noted."""
    base: Array
    """Log odds of the candidates as demonstrators chose."""
    sizes: NDArray[np.intp]


@dataclass
class ChoiceContrast:
    """Remembers the choices of practice and learns from those tasks that were done both well and badly."""

    _columns: dict[tuple[str, str], int] = field(default_factory=dict)
    """(kind, feature) → column."""
    _played: dict[str, list[_Played]] = field(default_factory=lambda: defaultdict(list))

    def note(self, task: str, choices: Sequence[Choice], success: bool, model: ArgumentModel) -> None:
        """Remember the choices of an episode."""
        from scipy.sparse import csr_matrix

        choices = [choice for choice in choices if len(choice.rows) > 1]
        if not choices:
            return
        base: list[float] = []
        columns: list[int] = []
        values: list[float] = []
        ends = [0]
        for choice in choices:
            weights = model.of(choice.verb, choice.position, choice.kind).weights
            for row in choice.rows:
                base.append(score(row, weights))
                columns += [self._columns.setdefault((choice.kind, feature), len(self._columns)) for feature in row]
                values += row.values()
                ends.append(len(values))
        matrix = csr_matrix((values, columns, ends), shape=(len(base), len(self._columns)), dtype=np.float64)
        sizes = np.array([len(choice.rows) for choice in choices], dtype=np.intp)
        self._played[task].append(_Played(success, matrix, np.array(base), sizes))

    def events(self, decimals: int) -> list[ChoicesContrasted]:
        """Return what the outcomes add to the weights of each kind, as events; none before any task tells."""
        episodes, pairs = _pairs(self._played)
        if not pairs:
            return []
        weights = np.round(_fit(episodes, pairs, len(self._columns)), decimals)
        found: dict[str, dict[str, float]] = defaultdict(dict)
        for (kind, feature), weight in sorted(zip(self._columns, weights, strict=True)):
            if weight:
                found[kind][feature] = float(weight)
        return [ChoicesContrasted(kind=kind, weights=weights) for kind, weights in found.items()]


class _Pair(NamedTuple):
    """A success and a failure on the same task, as places in a list of episodes, and how much the pair counts."""

    success: int
    failure: int
    weight: float


def _pairs(played: dict[str, list[_Played]]) -> tuple[list[_Played], list[_Pair]]:
    """Return the episodes of tasks that ended both ways, and all pairs of them.

    The pairs of one task count together as much as its rarer outcome occurred.
    """
    episodes: list[_Played] = []
    pairs: list[_Pair] = []
    for _, of_task in sorted(played.items()):
        good, bad = [one for one in of_task if one.success], [one for one in of_task if not one.success]
        if good and bad:
            first, middle = len(episodes), len(episodes) + len(good)
            episodes += good + bad
            weight = 1 / max(len(good), len(bad))
            pairs += [_Pair(s, f, weight) for s in range(first, middle) for f in range(middle, len(episodes))]
    return episodes, pairs


def _fit(episodes: Sequence[_Played], pairs: Sequence[_Pair], features: int) -> Array:
    """Return the weights that make successes likelier than failures, beyond what demonstrators' weights do.

    Maximum a posteriori of a Bradley–Terry model whose strengths are the log odds of an episode's choices relative to
    the demonstrators' weights, under a standard normal prior.
    """
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix, vstack
    from threadpoolctl import threadpool_limits

    good, bad = np.array([pair.success for pair in pairs]), np.array([pair.failure for pair in pairs])
    count = np.array([pair.weight for pair in pairs])
    wide = [
        csr_matrix((m.data, m.indices, m.indptr), shape=(m.shape[0], features)) for m in (e.matrix for e in episodes)
    ]
    matrix, base = vstack(wide, format="csr"), np.concatenate([one.base for one in episodes])
    sizes = np.concatenate([one.sizes for one in episodes])
    starts = np.append(0, np.cumsum(sizes)[:-1])
    episode = np.repeat(np.arange(len(episodes)), [len(one.sizes) for one in episodes])
    shown = np.bincount(episode, base[starts] - logit(base, starts, sizes)[0], len(episodes))

    def loss(weights: Array) -> tuple[float, Array]:
        scores = base + matrix @ weights
        total, share = logit(scores, starts, sizes)
        strength = np.bincount(episode, scores[starts] - total, len(episodes)) - shown
        margin = strength[good] - strength[bad]
        value = count @ np.logaddexp(0, -margin) + weights @ weights / 2
        slope = -count / (1 + np.exp(margin))
        pull = (np.bincount(good, slope, len(episodes)) - np.bincount(bad, slope, len(episodes)))[episode]
        rows = -np.repeat(pull, sizes) * share
        rows[starts] += pull
        return float(value), matrix.T @ rows + weights

    with threadpool_limits(limits=1):
        return np.asarray(minimize(loss, np.zeros(features), jac=True, method="L-BFGS-B").x)
