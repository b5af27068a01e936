"""Learn which candidates demonstrators choose: a conditional logit for every place of an argument.

All choices of one kind of entity are fitted together; those behind one word have weights of their own, drawn to those
of the kind, and a command seen often enough has weights drawn to those of the place (hierarchical, as the posteriors
are). The penalty is that of a standard normal prior around the starting point.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from macla.methods.cloning.argument_model import INDIFFERENT, ArgumentWeights, Weights
from macla.methods.cloning.candidate_features import place
from macla.methods.cloning.choices import Choice
from macla.methods.cloning.events import ArgumentsLearned
from macla.methods.cloning.settings import ArgumentSettings
from macla.methods.cloning.statements.partial import part_place

Array = NDArray[np.float64]


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


def fit_arguments(choices: Iterable[Choice], settings: ArgumentSettings) -> list[ArgumentsLearned]:
    """Return the weights of every place, and of every argument with enough choices, as events."""
    kinds: dict[str, list[Choice]] = defaultdict(list)
    places: dict[tuple[str, str], list[Choice]] = defaultdict(list)
    arguments: dict[tuple[str, int, str], list[Choice]] = defaultdict(list)
    for choice in choices:
        if len(choice.rows) > 1:
            kinds[choice.kind].append(choice)
            places[place(choice.verb, choice.position), choice.kind].append(choice)
            arguments[choice.verb, choice.position, choice.kind].append(choice)
    whole = {kind: learned(group, INDIFFERENT, settings) for kind, group in sorted(kinds.items())}
    pooled = {(where, kind): learned(group, whole[kind], settings) for (where, kind), group in sorted(places.items())}
    events = [ArgumentsLearned(place=where, kind=kind, **known._asdict()) for (where, kind), known in pooled.items()]
    for (verb, position, kind), group in sorted(arguments.items()):
        if len(group) >= settings.often:
            own = learned(group, pooled[place(verb, position), kind], settings)
            events.append(ArgumentsLearned(verb=verb, position=position, kind=kind, **own._asdict()))
    return events


def fit_parts_arguments(
    places: Mapping[str, Sequence[Choice]], own: Mapping[tuple[str, int], Sequence[Choice]], settings: ArgumentSettings
) -> Iterator[ArgumentsLearned]:
    """Yield the weights of every place of a part, and of every argument with enough choices, whatever their kinds."""
    pooled = {
        where: fit(group, {}, settings, settings.part_precision, settings.seen)
        for where, group in sorted(places.items())
    }
    for where, weights in pooled.items():
        yield ArgumentsLearned(place=where, kind="", weights=weights)
    for (verb, position), group in sorted(own.items()):
        if len(group) >= settings.often:
            parent = pooled[part_place(verb, position)]
            weights = fit(group, parent, settings, settings.part_precision, settings.seen)
            yield ArgumentsLearned(verb=verb, position=position, kind="", weights=weights)


def learned(choices: Sequence[Choice], start: ArgumentWeights, settings: ArgumentSettings) -> ArgumentWeights:
    """Return the weights of choices, and the conditions that all of them keep, those of ``start`` included."""
    always, never = conditions(choices, settings.no_accident)
    return ArgumentWeights(
        fit(choices, start.weights, settings, settings.precision),
        tuple(sorted({*start.always, *always})),
        tuple(sorted({*start.never, *never})),
    )


def conditions(choices: Sequence[Choice], no_accident: float) -> tuple[set[str], set[str]]:
    """Return the features that all chosen candidates had, and those that none had, where that is no accident.

    Were a feature of no concern, each candidate would be as likely to be chosen: the share of candidates that have
    (or lack) it, summed over the choices, is how often one would expect the contrary to occur.
    """
    having: dict[str, float] = defaultdict(float)
    lacking: dict[str, float] = defaultdict(float)
    chosen: Counter[str] = Counter()
    for choice in choices:
        counts = Counter(feature for row in choice.rows for feature, value in row.items() if value == 1.0)
        for feature, n in counts.items():
            having[feature] += n / len(choice.rows)
            lacking[feature] += 1 - n / len(choice.rows)
        chosen.update(feature for feature, value in choice.rows[0].items() if value == 1.0)
    always = {feature for feature, n in chosen.items() if n == len(choices) and lacking[feature] >= no_accident}
    never = {feature for feature, n in having.items() if feature not in chosen and n >= no_accident}
    return always, never


def fit(
    choices: Sequence[Choice], start: Weights, settings: ArgumentSettings, precision: float, seen: int = 1
) -> dict[str, float]:
    """Return the maximum a posteriori weights under a normal prior around ``start``; near-zeros left out.

    Features that occur in fewer than ``seen`` choices are ignored.
    """
    from scipy.optimize import minimize
    from threadpoolctl import threadpool_limits

    design = _design(choices, start, seen)
    centre = np.array([start.get(feature, 0.0) for feature in design.features])
    with threadpool_limits(limits=1):  # the problems are small: threads would only wait for one another
        options = {"maxiter": settings.iterations}
        result = minimize(_loss, centre, args=(design, centre, precision), jac=True, method="L-BFGS-B", options=options)
    rounded = np.round(result.x, settings.decimals)
    return {feature: float(weight) for feature, weight in zip(design.features, rounded, strict=True) if weight}


def _design(choices: Sequence[Choice], start: Weights, seen: int = 1) -> _Design:
    from scipy.sparse import csr_matrix

    counts = Counter(feature for choice in choices for feature in set().union(*choice.rows))
    features = sorted({feature for feature, n in counts.items() if n >= seen} | set(start))
    column = {feature: number for number, feature in enumerate(features)}
    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    for row in (row for choice in choices for row in choice.rows):  # DictVectorizer takes three times as long
        known = [feature for feature in row if feature in column]
        columns += [column[feature] for feature in known]
        values += [row[feature] for feature in known]
        ends.append(len(columns))
    matrix = csr_matrix((values, columns, ends), shape=(len(ends) - 1, len(features)), dtype=float)
    matrix.sort_indices()
    starts = np.cumsum([0, *(len(choice.rows) for choice in choices[:-1])])
    return _Design(features, matrix, starts.astype(np.intp))


def _loss(weights: Array, design: _Design, centre: Array, precision: float) -> tuple[float, Array]:
    """Return the negative log posterior and its gradient; the chosen candidate is the first of each choice."""
    scores = design.matrix @ weights
    total, share = logit(scores, design.starts, design.sizes)
    away = weights - centre
    chosen = design.starts
    value = float(np.sum(total - scores[chosen]) + precision * away @ away / 2)
    gradient = design.matrix.T @ share - np.asarray(design.matrix[chosen].sum(axis=0)).ravel() + precision * away
    return value, gradient


def logit(scores: Array, starts: NDArray[np.intp], sizes: NDArray[np.intp]) -> tuple[Array, Array]:
    """Return log Σ exp(score) of every choice, and the probability of every candidate in its choice."""
    highest = np.maximum.reduceat(scores, starts)
    odds = np.exp(scores - np.repeat(highest, sizes))
    total = np.add.reduceat(odds, starts)
    return np.log(total) + highest, odds / np.repeat(total, sizes)
