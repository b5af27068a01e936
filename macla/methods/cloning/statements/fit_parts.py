"""Learn which part of a statement goes with which wording: a logistic regression for every kind of part."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from macla.methods.cloning.events import PartLearned
from macla.methods.cloning.settings import StatementSettings
from macla.methods.cloning.statements.part_model import BIAS
from macla.methods.cloning.statements.wording import Cues

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

DECIMALS = 3
"""Of stored weights."""

Array = NDArray[np.float64]


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
        rows, axes = _rotated(columns.transform(cues for cues, _ in of_kind))
        model = LogisticRegression(C=settings.trust, max_iter=settings.iterations)
        model.fit(rows, labels, sample_weight=np.array(shares))
        weights, bias = model.coef_ @ axes, model.intercept_
        if len(model.classes_) == 2:
            weights, bias = np.vstack([-weights[0], weights[0]]) / 2, np.array([-bias[0], bias[0]]) / 2
        for label, own, constant in zip(model.classes_, weights, bias, strict=True):
            named = zip(columns.feature_names_, own, strict=True)
            kept = {cue: round(float(w), DECIMALS) for cue, w in named if abs(w) >= settings.smallest_weight}
            yield PartLearned(head=kind, verb=str(label), weights=kept | {BIAS: round(float(constant), DECIMALS)})


def _rotated(matrix: "csr_matrix") -> tuple[Array, Array]:
    """Return examples (N × r) along r = min(N, F) orthonormal axes (r × F) that span them; their product is ``matrix``.

    A ridge penalty does not change under rotation and keeps weights within the span of the examples, so the regression
    on N × r finds the same weights as on N × F, with far fewer parameters where wordings have more cues than examples.
    """
    axes, rows = np.linalg.qr(matrix.toarray().T)
    return rows.T, axes.T
