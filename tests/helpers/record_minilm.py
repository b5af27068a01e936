"""What sentence-transformers makes of varied texts with all-MiniLM-L6-v2: ``minilm.npy``, a row per text.

Recorded by ``PYTHONPATH=tests python -m helpers.record_minilm`` where ``macla[encoders]`` is installed.
"""

from pathlib import Path

import numpy as np

from macla.encoder import SentenceTransformers
from macla.minilm import packaged

VECTORS = Path(__file__).with_name("minilm.npy")
TEXTS = [
    "",
    "   \t\n",
    "put a clean mug in the coffee machine.",
    "Put a CLEAN mug in the coffee-machine!",
    "fire a <0> in <1>.",
    "<0> did: take it from …",
    "fire a <0> in <1>. <0> did: take it from … <1> untouched now did: open it",
    "heat the apple in the microwave",
    "book a hotel in Boston for 3 nights under $250.75",
    "i need a long lasting 6.76 fl oz bottle of l'eau d'issey, and price lower than 100.00 dollars",
    "SELECT COUNT(*), T1.name FROM players AS T1 WHERE team_id = 'x' GROUP BY 2",
    "Ünïcödé naïve café ﬁ ☃ 😀 — “quotes”",
    "e\u0301 is e with an accent; \u200b\ufeff\u00ad nothing; a\u00a0b",
    "東京 中文字符 한국어 ไทย हिन्दी ١٢٣",
    "[CLS] [SEP] [MASK] [PAD] [UNK] ##ing",
    "x" * 300,
    "word " * 253,
    "word " * 254,
    "word " * 255,
    "put the mug on the shelf and look at it under the desk lamp. " * 40,
]


if __name__ == "__main__":
    np.save(VECTORS, SentenceTransformers(str(packaged())).encode(TEXTS))
