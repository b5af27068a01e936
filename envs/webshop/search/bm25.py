"""BM25 as Lucene 8 computes it, float by float (``docs/spec/webshop.md §8``)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

K1 = np.float32(0.9)
B = np.float32(0.4)
"""Anserini's defaults, which WebShop keeps."""

Floats = NDArray[np.float32]
Ints = NDArray[Any]


def stored_lengths(lengths: Ints) -> Ints:
    """Return document lengths after Lucene's one-byte encoding (``SmallFloat.intToByte4``).

    Lengths up to 40 are exact; above, four significant bits of the excess over 24 are kept, rounded down.
    """
    excess = np.asarray(lengths, dtype=np.int64) - 24
    bits = np.frexp(np.maximum(excess, 1).astype(np.float64))[1]
    shift = np.maximum(bits - 4, 0)
    return np.where(excess < 16, lengths, 24 + ((excess >> shift) << shift))


def inverse_norms(lengths: Ints, average: np.float32) -> Floats:
    """Return 1 / (k1 · (1 - b + b · dl / avgdl)) of each document length, in float32."""
    one = np.float32(1)
    return one / (K1 * ((one - B) + B * stored_lengths(lengths).astype(np.float32) / average))


def idf(documents: int, frequencies: Ints) -> Floats:
    """Return ln(1 + (N - df + 0.5) / (df + 0.5)) in float32, computed in float64."""
    df = np.asarray(frequencies, dtype=np.float64)
    return np.log(1 + (documents - df + 0.5) / (df + 0.5)).astype(np.float32)


def impacts(weight: np.float32 | Floats, tf: Ints, inverse_norm: Floats) -> Floats:
    """Return weight - weight / (1 + tf · inverse norm): one term's share of each document's score."""
    one = np.float32(1)
    return weight - weight / (one + tf.astype(np.float32) * inverse_norm)
