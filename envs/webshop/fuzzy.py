"""``token_set_ratio`` of thefuzz 0.20: how alike two texts are as sets of words (``docs/spec/webshop.md §6``)."""

import re
from functools import lru_cache

_LATIN_1_SUPPLEMENT = dict.fromkeys(range(128, 256))
"""What thefuzz calls forcing ASCII drops only these."""
_NOT_ALPHANUMERIC = re.compile(r"[\W_]")


@lru_cache(maxsize=1 << 16)
def token_set_ratio(a: str, b: str) -> int:
    """Return 0 to 100; 100 when one text's words are a subset of the other's, 0 when either has none."""
    words_a, words_b = _words(a), _words(b)
    if not words_a or not words_b:
        return 0
    common = words_a & words_b
    only_a, only_b = words_a - words_b, words_b - words_a
    if common and not (only_a and only_b):
        return 100
    rest_a, rest_b = " ".join(sorted(only_a)), " ".join(sorted(only_b))
    shared = len(" ".join(common))
    gap = 1 if common else 0
    full_a, full_b = shared + gap + len(rest_a), shared + gap + len(rest_b)
    ratios = [_similarity(_indel_distance(rest_a, rest_b), full_a + full_b)]
    if common:
        ratios.append(_similarity(gap + len(rest_a), shared + full_a))
        ratios.append(_similarity(gap + len(rest_b), shared + full_b))
    return round(max(ratios))


def _words(text: str) -> frozenset[str]:
    return frozenset(_NOT_ALPHANUMERIC.sub(" ", text.translate(_LATIN_1_SUPPLEMENT)).lower().split())


def _similarity(distance: int, length: int) -> float:
    return 100.0 - 100.0 * distance / length


def _indel_distance(a: str, b: str) -> int:
    """Insertions and deletions that turn ``a`` into ``b``: Hyyrö's bit-parallel longest common subsequence."""
    places: dict[str, int] = {}
    for place, character in enumerate(a):
        places[character] = places.get(character, 0) | 1 << place
    full = (1 << len(a)) - 1
    row = full
    for character in b:
        matched = row & places.get(character, 0)
        row = ((row + matched) | (row - matched)) & full
    return len(a) + len(b) - 2 * (full & ~row).bit_count()
