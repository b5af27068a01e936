"""Learn which candidates demonstrators choose: a conditional logit for every place of an argument.

All choices behind one word are fitted together; a command seen often enough has weights of its own, drawn to those
(hierarchical, as the posteriors are). The penalty is that of a standard normal prior around the starting point.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from macla.choice import Features, place
from macla.draft import blank
from macla.memory.events import Preferred
from macla.memory.preference import Weights

OFTEN = 8
"""Choices for one argument of one command from which on it has weights of its own (Default)."""
SEEN = 2
"""Choices in which a feature occurs, at least (Default)."""
PRECISION = 0.3
"""Of the normal prior around the starting point (Default, chosen on the train split of one benchmark)."""
DECIMALS = 3
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """One argument that a demonstrator filled: the features of all candidates, the chosen one first."""

    verb: str
    position: int
    kind: str
    rows: tuple[Features, ...]


@dataclass
class _Design:
    """Choices as a matrix, one row a candidate, with the first row of each choice."""

    features: list[str]
    matrix: Any
    """Sparse."""
    starts: NDArray[np.intp]
    sizes: NDArray[np.intp] = field(init=False)

    def __post_init__(self) -> None:
        self.sizes = np.diff(np.append(self.starts, self.matrix.shape[0]))


def preferences(choices: Iterable[Choice]) -> list[Preferred]:
    """Return the weights of every place, and of every argument with enough choices, as events."""
    places: dict[tuple[str, str], list[Choice]] = defaultdict(list)
    arguments: dict[tuple[str, int, str], list[Choice]] = defaultdict(list)
    for choice in choices:
        if len(choice.rows) > 1:
            places[place(choice.verb, choice.position), choice.kind].append(choice)
            arguments[choice.verb, choice.position, choice.kind].append(choice)
    pooled = {key: fit(group, {}) for key, group in sorted(places.items())}
    events = [Preferred(place=where, kind=kind, weights=weights) for (where, kind), weights in pooled.items()]
    for (verb, position, kind), group in sorted(arguments.items()):
        if len(group) >= OFTEN:
            weights = fit(group, pooled[place(verb, position), kind])
            events.append(Preferred(verb=verb, position=position, kind=kind, weights=weights))
    return events


def weighted(
    places: Mapping[str, Sequence[Choice]], own: Mapping[tuple[str, int], Sequence[Choice]]
) -> Iterator[Preferred]:
    """Yield the weights of every place of a part, and of every argument with enough choices, whatever their kinds."""
    pooled = {where: fit(group, {}) for where, group in sorted(places.items())}
    for where, weights in pooled.items():
        yield Preferred(place=where, kind="", weights=weights)
    for (verb, position), group in sorted(own.items()):
        if len(group) >= OFTEN:
            weights = fit(group, pooled[blank(verb, position)])
            yield Preferred(verb=verb, position=position, kind="", weights=weights)


def fit(choices: Sequence[Choice], start: Weights) -> dict[str, float]:
    """Return the maximum a posteriori weights under a standard normal prior around ``start``; near-zeros left out."""
    from scipy.optimize import minimize

    design = _design(choices, start)
    centre = np.array([start.get(feature, 0.0) for feature in design.features])
    result = minimize(_loss, centre, args=(design, centre), jac=True, method="L-BFGS-B", options={"maxiter": 80})
    rounded = np.round(result.x, DECIMALS)
    return {feature: float(weight) for feature, weight in zip(design.features, rounded, strict=True) if weight}


def _design(choices: Sequence[Choice], start: Weights) -> _Design:
    from scipy.sparse import csr_matrix

    counts = Counter(feature for choice in choices for feature in {each for row in choice.rows for each in row})
    features = sorted({feature for feature, n in counts.items() if n >= SEEN} | set(start))
    column = {feature: number for number, feature in enumerate(features)}
    starts = np.cumsum([0, *(len(choice.rows) for choice in choices[:-1])])
    rows = [{f: v for f, v in row.items() if v and f in column} for choice in choices for row in choice.rows]
    ends = np.cumsum([0, *map(len, rows)])
    columns = [column[feature] for row in rows for feature in row]
    values = [value for row in rows for value in row.values()]
    matrix = csr_matrix((values, columns, ends), shape=(len(rows), len(features)), dtype=np.float64)
    return _Design(features, matrix, starts.astype(np.intp))


def _loss(weights: Array, design: _Design, centre: Array) -> tuple[float, Array]:
    """Return the negative log posterior and its gradient; the chosen candidate is the first of each choice."""
    scores = design.matrix @ weights
    highest = np.repeat(np.maximum.reduceat(scores, design.starts), design.sizes)
    odds = np.exp(scores - highest)
    total = np.add.reduceat(odds, design.starts)
    share = odds / np.repeat(total, design.sizes)
    away = weights - centre
    chosen = design.starts
    value = float(np.sum(np.log(total) + highest[chosen] - scores[chosen]) + PRECISION * away @ away / 2)
    gradient = design.matrix.T @ share - np.asarray(design.matrix[chosen].sum(axis=0)).ravel() + PRECISION * away
    return value, gradient
