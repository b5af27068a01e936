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
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    for kind, of_kind in examples.items():
        labels = [label for _, label in of_kind]
        if len(set(labels)) < 2:
            yield PartLearned(head=kind, verb=labels[0], weights={"^": 0.0})
            continue
        counts = Counter(cue for cues, _ in of_kind for cue in cues)
        features = sorted(cue for cue, n in counts.items() if n >= settings.cue_seen)
        column = {cue: number for number, cue in enumerate(features)}
        cells = [
            (row, column[cue], x) for row, (cues, _) in enumerate(of_kind) for cue, x in cues.items() if cue in column
        ]
        rows, columns, values = zip(*cells, strict=True)
        matrix = csr_matrix((values, (rows, columns)), shape=(len(of_kind), len(features)))
        model = LogisticRegression(C=settings.trust, max_iter=settings.iterations).fit(
            matrix, labels, sample_weight=np.array(shares)
        )
        weights, bias = model.coef_, model.intercept_
        if len(model.classes_) == 2:
            weights, bias = np.vstack([-weights[0], weights[0]]) / 2, np.array([-bias[0], bias[0]]) / 2
        for label, own, constant in zip(model.classes_, weights, bias, strict=True):
            kept = {
                cue: round(float(weight), DECIMALS)
                for cue, weight in zip(features, own, strict=True)
                if abs(weight) >= settings.smallest_weight
            }
            yield PartLearned(head=kind, verb=str(label), weights=kept | {BIAS: round(float(constant), DECIMALS)})
