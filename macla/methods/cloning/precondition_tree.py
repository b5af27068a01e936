"""What decides which command comes next: a decision tree over the situations of successful demonstrations.

Ψ is found by contrasting the commands with one another: of all facts, those that tell the situations of one from the
situations of the others. The path to a leaf is Ψ, e.g. ``last: open <room>``, ``not open: hotel``.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from macla.methods.cloning.settings import PreconditionTreeSettings
from macla.methods.macla.memory.segment import SITUATION, Condition, StepKey

Path = tuple[Condition, ...]
"""The conditions that lead to a leaf: facts that hold, then facts that do not."""


@dataclass
class PreconditionTree:
    """A fitted tree."""

    settings: PreconditionTreeSettings
    facts: tuple[str, ...]
    tree: Any
    """scikit-learn's; None when there was nothing to tell apart."""
    uses: dict[Path, Counter[StepKey]] = field(default_factory=lambda: defaultdict(Counter))
    """Leaf → how often each command was used there."""

    def general(self, command: StepKey) -> bool:
        """Whether a command is used again and again, so that it does not depend on what exactly a task asks."""
        return sum(uses[command] for uses in self.uses.values()) >= self.settings.rare

    def usual(self, situation: frozenset[str], command: StepKey) -> bool:
        """Whether a command is what is done in a situation, rather than a detour that few took."""
        uses = self.uses[self.path(situation)]
        most = max((n for key, n in uses.items() if self.general(key)), default=0)
        return not self.general(command) or uses[command] >= self.settings.kept_in * most

    def path(self, situation: frozenset[str]) -> Path:
        """Return the conditions that a situation meets on its way to a leaf."""
        if self.tree is None:
            return ()
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
        held = tuple(Condition(SITUATION, fact) for fact in sorted(holding))
        return held + tuple(Condition(SITUATION, fact, True) for fact in sorted(_telling(lacking, holding)))


def grow(
    situations: Sequence[frozenset[str]], commands: Sequence[StepKey], settings: PreconditionTreeSettings
) -> PreconditionTree:
    """Return the tree that tells from the facts of a situation which command was used in it."""
    uses = Counter(commands)
    labels = [f"{key.verb} {key.slots}" if uses[key] >= settings.rare else "" for key in commands]
    counts = Counter(fact for situation in situations for fact in situation)
    least = settings.smallest_leaf
    facts = tuple(sorted(fact for fact, n in counts.items() if least <= n <= len(situations) - least))
    if not facts or len(set(labels)) < 2:
        facts, tree = (), None
    else:
        tree = _fitted(situations, facts, labels, least)
    grown = PreconditionTree(settings, facts, tree)
    for situation, command in zip(situations, commands, strict=True):
        grown.uses[grown.path(situation)][command] += 1
    return grown


def _fitted(situations: Sequence[frozenset[str]], facts: tuple[str, ...], labels: list[str], least: int) -> Any:
    from sklearn.tree import DecisionTreeClassifier

    matrix = np.array([[fact in situation for fact in facts] for situation in situations], dtype=np.float32)
    pruning = description_length(len(facts), len(situations)) / len(situations)
    settings = {"criterion": "entropy", "min_samples_leaf": least, "ccp_alpha": pruning, "random_state": 0}
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
