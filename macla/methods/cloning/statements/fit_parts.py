"""Learn which part of a statement goes with which wording: a logistic regression for every kind of part."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from macla.methods.cloning.events import PartLearned
from macla.methods.cloning.settings import StatementSettings
from macla.methods.cloning.statements.part_model import BIAS
from macla.methods.cloning.statements.wording import Cues

DECIMALS = 3
"""Of stored weights."""


def fit_parts(
    examples: Mapping[str, Sequence[tuple[Cues, str]]], shares: Sequence[float], settings: StatementSettings
) -> Iterator[PartLearned]:
    """Yield, per kind of part and part, the weights of cues: the log odds of the part are their sum.

    ``shares`` say how much each example counts.
    """
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    for kind, of_kind in examples.items():
        labels = [label for _, label in of_kind]
        if len(set(labels)) < 2:
            yield PartLearned(head=kind, verb=labels[0], weights={"^": 0.0})
            continue
        counts = Counter(cue for cues, _ in of_kind for cue in cues)
        columns = DictVectorizer().fit([{cue: 1.0 for cue, n in counts.items() if n >= settings.cue_seen}])
        matrix = columns.transform(cues for cues, _ in of_kind)
        model = LogisticRegression(C=settings.trust, max_iter=settings.iterations)
        model.fit(matrix, labels, sample_weight=np.array(shares))
        weights, bias = model.coef_, model.intercept_
        if len(model.classes_) == 2:
            weights, bias = np.vstack([-weights[0], weights[0]]) / 2, np.array([-bias[0], bias[0]]) / 2
        for label, own, constant in zip(model.classes_, weights, bias, strict=True):
            named = zip(columns.feature_names_, own, strict=True)
            kept = {cue: round(float(w), DECIMALS) for cue, w in named if abs(w) >= settings.smallest_weight}
            yield PartLearned(head=kind, verb=str(label), weights=kept | {BIAS: round(float(constant), DECIMALS)})
