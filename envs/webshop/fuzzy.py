"""``token_set_ratio`` as thefuzz 0.20 has it: likeness of two texts as sets of words (``docs/spec/webshop.md §6``)."""

from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

_LATIN_1_SUPPLEMENT = dict.fromkeys(range(128, 256))
"""What thefuzz calls forcing ASCII drops only these."""


def token_set_ratio(a: str, b: str) -> int:
    """Return 0 to 100; 100 when one text's words are a subset of the other's, 0 when either has none."""
    first, second = a.translate(_LATIN_1_SUPPLEMENT), b.translate(_LATIN_1_SUPPLEMENT)
    return round(fuzz.token_set_ratio(first, second, processor=default_process))
