"""θ_dup by minimum description length, instead of a constant (``docs/spec/paper.md §11``, Eq 12).

Eq 12 asks for argmin over θ of N_p(θ)·log|A| + Σ_i H[Proc_i] and leaves |A| and H open. Our reading (Default), in nats:

- |A| is the number of distinct abstract commands (step templates with their slots, milestones included) among the
  segments: what naming one entry of the memory costs.
- H[Proc_i] is the entropy of procedure i as a source of the segments merged into it: their number n_i times the
  entropy per segment of their action sequence π. It is what describing how each of them acted costs, given its
  procedure. Segments that act alike merge for free, however their goals are worded; segments that act differently
  merge only when they are too rare to be worth an entry.

The entropy per segment alone would decide nothing: joining two procedures adds at most log 2 to it and saves log|A|,
so whatever the data, the lowest θ would win.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from macla.encoder import Encoder, Vectors
from macla.methods.macla.equations.beta import Array
from macla.methods.macla.memory.segment import Segment, StepKey
from macla.methods.macla.settings import DescriptionLength

PERCENT = 100
DECIMALS = 9
"""Of the cost: equal clusterings must cost the same, whatever the order of summation."""

Acting = tuple[StepKey, ...]
"""π of a segment."""


class Description(NamedTuple):
    """One candidate of θ_dup: the procedures it leads to, before pruning, and Eq 12's cost in nats."""

    theta: float
    n_procedures: int
    cost: float


class _Alike(NamedTuple):
    """The segments that merging may unite: of one milestone and situation, or all."""

    cosines: Array
    """Between the distinct descriptors, in the order they appear; shape (descriptors, descriptors)."""
    acted: list[Counter[Acting]]
    """Per descriptor, how often its segments acted in which way."""


def theta_by_mdl(
    segments: Mapping[Segment, int], encoder: Encoder, settings: DescriptionLength, *, same_milestone: bool = True
) -> tuple[float, list[Description]]:
    """Return the θ_dup with the shortest description, and the whole curve, a point a percent from lowest to highest.

    ``segments`` counts the distinct segments, in the order they appeared. Of equally short descriptions the highest θ
    wins: what need not be merged stays apart. ``same_milestone`` says which segments merging may
    unite. Raises ValueError without segments or candidates.
    """
    grid = [percent / PERCENT for percent in range(settings.lowest, settings.highest + 1)]
    if not segments or not grid:
        raise ValueError("θ_dup by description length needs segments and candidates")
    alike = _alike(segments, encoder, same_milestone)
    commands = {key for segment in segments for key in (segment.milestone, *(step.key for step in segment.steps))}
    naming = float(np.log(len(commands)))
    curve = []
    for theta in grid:
        procedures = [procedure for group in alike for procedure in _cluster(group, theta)]
        cost = len(procedures) * naming + sum(_entropy(procedure) for procedure in procedures)
        curve.append(Description(theta, len(procedures), round(cost, DECIMALS)))
    return min(curve, key=lambda candidate: (candidate.cost, -candidate.theta)).theta, curve


def _alike(segments: Mapping[Segment, int], encoder: Encoder, same_milestone: bool) -> list[_Alike]:
    groups: dict[object, dict[str, Counter[Acting]]] = defaultdict(lambda: defaultdict(Counter))
    for segment, times in segments.items():
        acting = tuple(step.key for step in segment.steps)
        groups[segment.alike(same_milestone)][segment.descriptor()][acting] += times
    result = []
    for group in groups.values():
        vectors: Vectors = encoder.encode(list(group))
        result.append(_Alike((vectors @ vectors.T).astype(np.float64), list(group.values())))
    return result


def _cluster(group: _Alike, theta: float) -> list[Counter[Acting]]:
    """Return how the segments of each procedure acted, merged one descriptor after the other as Merger does.

    A descriptor joins the nearest of the descriptors that founded a procedure, above θ, or founds its own.
    """
    founders: list[int] = []
    procedures: list[Counter[Acting]] = []
    for place, acted in enumerate(group.acted):
        cosines = group.cosines[place, founders]
        nearest = int(np.argmax(cosines)) if founders else -1
        if founders and cosines[nearest] > theta:
            procedures[nearest].update(acted)
        else:
            founders.append(place)
            procedures.append(Counter(acted))
    return procedures


def _entropy(procedure: Counter[Acting]) -> float:
    """Return n_i times the entropy of the action sequences of the n_i merged segments, in nats."""
    counts = np.array(list(procedure.values()), dtype=np.float64)
    return float(counts.sum() * np.log(counts.sum()) - np.sum(counts * np.log(counts)))
