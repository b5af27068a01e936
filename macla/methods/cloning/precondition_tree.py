"""What decides which command comes next: a decision tree over the situations of successful demonstrations.

For tasks that name things outright, Ψ is found by contrasting the commands with one another: of all facts, those
that tell the situations of one from the situations of the others. The path to a leaf is the decisive part of Ψ.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from macla.methods.macla.memory.procedure import KEPT_IN
from macla.methods.macla.memory.segment import StepKey

RARE = 3
"""Uses below which a command counts among the rare ones, which are not told apart (Default)."""
SMALLEST = 3
"""Situations in the smallest leaf (Default)."""


@dataclass(frozen=True)
class Path:
    """The conditions that lead to a leaf: facts that hold, and facts that do not."""

    holding: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()


@dataclass
class Decider:
    """A fitted tree."""

    facts: tuple[str, ...]
    tree: Any
    """scikit-learn's; None when there was nothing to tell apart."""
    uses: dict[Path, Counter[StepKey]] = field(default_factory=lambda: defaultdict(Counter))
    """Leaf → how often each command was used there."""

    def general(self, command: StepKey) -> bool:
        """Whether a command is used again and again, so that it does not depend on what exactly a task asks."""
        return sum(uses[command] for uses in self.uses.values()) >= RARE

    def usual(self, situation: frozenset[str], command: StepKey) -> bool:
        """Whether a command is what is done in a situation, rather than a detour that few took."""
        uses = self.uses[self.path(situation)]
        most = max((n for key, n in uses.items() if self.general(key)), default=0)
        return not self.general(command) or uses[command] >= KEPT_IN * most

    def path(self, situation: frozenset[str]) -> Path:
        """Return the decisive conditions of a situation."""
        if self.tree is None:
            return Path()
        tree, node = self.tree.tree_, 0
        holding, lacking = [], []
        while tree.children_left[node] != tree.children_right[node]:
            fact = self.facts[tree.feature[node]]
            if fact in situation:
                holding.append(fact)
                node = tree.children_right[node]
            else:
                lacking.append(fact)
                node = tree.children_left[node]
        return Path(tuple(sorted(holding)), tuple(sorted(_telling(lacking, holding))))


def decide(situations: Sequence[frozenset[str]], commands: Sequence[StepKey]) -> Decider:
    """Return the tree that tells from the facts of a situation which command was used in it."""
    uses = Counter(commands)
    labels = [f"{key.verb} {key.slots}" if uses[key] >= RARE else "" for key in commands]
    counts = Counter(fact for situation in situations for fact in situation)
    facts = tuple(sorted(fact for fact, n in counts.items() if SMALLEST <= n <= len(situations) - SMALLEST))
    if not facts or len(set(labels)) < 2:
        facts, tree = (), None
    else:
        tree = _fitted(situations, facts, labels)
    decider = Decider(facts, tree)
    for situation, command in zip(situations, commands, strict=True):
        decider.uses[decider.path(situation)][command] += 1
    return decider


def _fitted(situations: Sequence[frozenset[str]], facts: tuple[str, ...], labels: list[str]) -> Any:
    from sklearn.tree import DecisionTreeClassifier

    matrix = np.array([[fact in situation for fact in facts] for situation in situations], dtype=np.float32)
    pruning = description_length(len(facts), len(situations)) / len(situations)
    settings = {"criterion": "entropy", "min_samples_leaf": SMALLEST, "ccp_alpha": pruning, "random_state": 0}
    return DecisionTreeClassifier(**settings).fit(matrix, labels)


def description_length(facts: int, situations: int) -> float:
    """Return the bits that one more leaf costs, and so must save: naming its fact, and the share of a command in it.

    Minimum description length (Default), as for θ_dup: without it a tree finds conditions in noise.
    """
    return float(np.log2(max(2, facts)) + np.log2(situations) / 2)


def _telling(lacking: list[str], holding: list[str]) -> list[str]:
    """Leave out what follows from a fact that holds: of "name: value" facts with one name only one can."""
    said = {fact.partition(": ")[0] for fact in holding if fact.startswith("last: ")}
    return [fact for fact in lacking if fact.partition(": ")[0] not in said]
