"""Learn which part of a command goes with which wording: a logistic regression for every kind of part."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from macla.methods.cloning.statements.part_model import BIAS
from macla.methods.cloning.statements.wording import Cues
from macla.methods.macla.memory.events import Worded

SEEN = 3
"""Examples in which a cue occurs, at least (Default)."""
TRUST = 5.0
"""How much the examples count against a standard normal prior of the weights (Default)."""
ITERATIONS = 1000
"""Enough for the fit to converge."""
SMALLEST = 0.02
"""Weights nearer to zero are left out."""


def wordings(examples: Mapping[str, Sequence[tuple[Cues, str]]], shares: Sequence[float]) -> Iterator[Worded]:
    """Yield, per kind of part and part, the weights of cues: the log odds of the part are their sum."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    for kind, its in examples.items():
        labels = [label for _, label in its]
        if len(set(labels)) < 2:
            yield Worded(head=kind, verb=labels[0], weights={"^": 0.0})
            continue
        counts = Counter(cue for cues, _ in its for cue in cues)
        columns = DictVectorizer().fit([{cue: 1.0 for cue, n in counts.items() if n >= SEEN}])
        matrix = columns.transform(cues for cues, _ in its)
        model = LogisticRegression(C=TRUST, max_iter=ITERATIONS).fit(matrix, labels, sample_weight=np.array(shares))
        weights, bias = model.coef_, model.intercept_
        if len(model.classes_) == 2:
            weights, bias = np.vstack([-weights[0], weights[0]]) / 2, np.array([-bias[0], bias[0]]) / 2
        for label, its_weights, its_bias in zip(model.classes_, weights, bias, strict=True):
            named = zip(columns.feature_names_, its_weights, strict=True)
            kept = {cue: round(float(w), 3) for cue, w in named if abs(w) >= SMALLEST}
            yield Worded(head=kind, verb=str(label), weights=kept | {BIAS: round(float(its_bias), 3)})
