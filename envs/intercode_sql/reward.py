"""InterCode-SQL's reward, exactly: multiset IoU of the rows, times Kendall's tau of their order.

See ``docs/spec/intercode_sql.md §4``.
"""

import math
from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from envs.intercode_sql.engine.base import Result

Formula = Literal["official", "iou", "ordered"]
"""``official`` multiplies by tau, ``iou`` never does, ``ordered`` only where the gold orders its rows."""


def reward(answer: Result | str, gold: Result, formula: Formula, *, ordered: bool = False) -> float:
    """Return the reward in [-1, 1] of the last observation ``answer`` against the gold rows.

    ``gold`` is None when the gold query fails, which counts as no rows. ``ordered`` says whether the gold has a
    top-level ORDER BY; only the formula ``ordered`` looks at it.
    """
    if not isinstance(answer, list):
        return 0.0
    answered, expected = [str(row) for row in answer], [str(row) for row in gold or []]
    shared = Counter(answered) & Counter(expected)
    union = Counter(answered) | Counter(expected)
    if not union:
        return 1.0
    score = shared.total() / union.total()
    if not shared or formula == "iou" or (formula == "ordered" and not ordered):
        return score
    tau = kendall_tau(_of_shared(answered, shared), _of_shared(expected, shared))
    return score if math.isnan(tau) else round(tau * score, 2)


def _of_shared(rows: list[str], shared: Counter[str]) -> list[str]:
    """Return the rows that both results have, in order; the first occurrences of a repeated row."""
    left = Counter(shared)
    kept = []
    for row in rows:
        if left[row] > 0:
            left[row] -= 1
            kept.append(row)
    return kept


def kendall_tau(first: Sequence[str], second: Sequence[str]) -> float:
    """Return Kendall's tau-b of two equally long sequences of strings, NaN when one is constant or short.

    The last digits are those of ``scipy.stats.kendalltau``: the same operations in the same order.
    """
    size = len(first)
    total = size * (size - 1) // 2
    tied_first, tied_second = _tied_pairs(first), _tied_pairs(second)
    if size < 2 or total in (tied_first, tied_second):
        return math.nan
    pairs = sorted(zip(first, second, strict=True))
    tied_both = sum(count * (count - 1) // 2 for count in Counter(pairs).values())
    agreement = total - tied_first - tied_second + tied_both - 2 * _discordant(pairs)
    tau = agreement / math.sqrt(total - tied_first) / math.sqrt(total - tied_second)
    return max(-1.0, min(1.0, tau))


def _tied_pairs(values: Sequence[str]) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(values).values())


def _discordant(pairs: list[tuple[str, str]]) -> int:
    """Return how many pairs are ordered one way by the first and the other way by the second member."""
    seen: list[str] = []
    count = 0
    start = 0
    while start < len(pairs):
        end = start
        while end < len(pairs) and pairs[end][0] == pairs[start][0]:
            count += len(seen) - bisect_right(seen, pairs[end][1])
            end += 1
        for _, value in pairs[start:end]:
            insort(seen, value)
        start = end
    return count
