"""What the paper prints that its figures can be set beside (``docs/spec/paper.md §12``). Rates as fractions."""

from typing import NamedTuple


class Point(NamedTuple):
    """One printed figure: the x it stands at, the split, the success rate."""

    x: float
    split: str
    success: float


CAPACITY = tuple(
    Point(capacity, split, round(percent / 100, 3))
    for capacity, *both in (
        (25, 68.3, 64.1), (50, 76.5, 74.2), (100, 83.1, 85.6), (150, 86.4, 88.7), (200, 87.2, 90.3), (300, 87.1, 90.1),
    )
    for split, percent in zip(("seen", "unseen"), both, strict=True)
)  # fmt: skip
"""Table 5: success under a bounded memory."""
THETA_DUP = (Point(0.85, "seen", 0.872), Point(0.85, "unseen", 0.903))
"""Tables 4 and 8: success at the θ_dup that the paper chose; Figure 7 itself prints no numbers."""
PROCEDURES, METAS = 187, 43
"""Table 4, the full configuration."""
POSTERIOR = 0.79
"""Table 5: mean posterior of the memory at 200/50."""
FALLBACK = 0.05
"""The share of fallbacks that the paper states (its denominator is unclear: ``docs/spec/audit.md``, "Reuse 78 %")."""
