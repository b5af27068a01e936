"""Write a tiny Llama-architecture checkpoint with random weights, a tokenizer and a chat template.

    python scripts/make_tiny_checkpoint.py DIR [--hidden 128] [--layers 2] [--context 8192] [--seed 0]

Its words mean nothing; it lets a real server run every prompt where no weights can be downloaded. Structured outputs
make its replies valid all the same. Needs torch and transformers alone (``pip install 'macla[train]'``, or vLLM's own
virtual environment), not MACLA.
"""

import argparse
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "macla" / "models" / "prompts"
HEAD = 32
"""Smallest head size that vLLM's CPU attention has a kernel for."""
CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "{% if message['role'] not in ['user', 'assistant'] %}{{ raise_exception('no system role') }}{% endif %}"
    "{% if message['role'] == 'user' %}[INST] {{ message['content'] }} [/INST]"
    "{% else %} {{ message['content'] }}{{ eos_token }}{% endif %}{% endfor %}"
)
"""Llama-2's form, without a system role."""


def make_checkpoint(folder: Path, *, hidden: int, layers: int, context: int, seed: int, vocabulary: int = 1024) -> None:
    """Write ``config.json``, weights, tokenizer and chat template to ``folder``."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = make_tokenizer(vocabulary)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=hidden,
        intermediate_size=3 * hidden,
        num_hidden_layers=layers,
        num_attention_heads=hidden // HEAD,
        num_key_value_heads=hidden // HEAD,
        max_position_embeddings=context,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        dtype="float32",
    )
    LlamaForCausalLM(config).save_pretrained(folder)


def make_tokenizer(vocabulary: int, texts: list[str] | None = None):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """Return a byte-level BPE tokenizer learned from ``texts`` (the prompts themselves by default)."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=["<s>", "</s>", "<pad>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    corpus = texts or [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.j2"))]
    tokenizer.train_from_iterator(corpus, trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="<pad>")
    fast.chat_template = CHAT_TEMPLATE
    return fast


def main() -> None:
    """Read the command line and write the checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hidden", type=int, default=128)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--context", type=int, default=8192)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    make_checkpoint(
        arguments.folder,
        hidden=arguments.hidden,
        layers=arguments.layers,
        context=arguments.context,
        seed=arguments.seed,
    )
    print(arguments.folder)


if __name__ == "__main__":
    main()
