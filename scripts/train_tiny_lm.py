"""Train a few-million-parameter Llama from scratch on the text of *training* games, on the CPU.

    python scripts/train_tiny_lm.py DIR [--games 300] [--minutes 10] [OVERRIDE ...]
    macla reproduce tiny model.server.checkpoint=DIR model.autostart=true

Needs torch and transformers (pip install 'macla[train]'). It learns every call of the harness (``tiny_examples.py``).
OVERRIDE is any override of the configuration (env=alfworld env.n_train=300 seed=1). The figures (seconds, examples,
tokens, loss) are printed and kept as DIR/training.json: the measured cost of supervised training, to set beside the
seconds of memory construction from the same trajectories on the same machine.
"""

import argparse
import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from make_tiny_checkpoint import HEAD, make_tokenizer
from tiny_examples import Example, bare, examples

from macla.config import compose
from macla.files import write_json
from macla.methods.episode import read_json
from macla.runs.assemble import make_benchmark
from macla.runs.tasks import sample
from macla.seeding import derive_seed, python_rng

LEARNING_RATE = 2e-3
WARM_UP = 0.05
"""Share of the time in which the learning rate rises; afterwards it falls along a cosine."""
PROMPT_WEIGHT = 0.05
"""Weight of the loss on prompt tokens: a model that starts from nothing has to learn the language too."""


@dataclass(frozen=True)
class Tokens:
    """Token numbers of a prompt and the reply to it, with the weight of each in the loss."""

    purpose: str
    numbers: list[int]
    weights: list[float]
    reply: int
    """How many of them are the reply."""

    def __len__(self) -> int:
        return len(self.numbers)


def main() -> None:
    """Read the command line, collect, train, write the checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("overrides", nargs="*")
    parser.add_argument("--games", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--start", type=Path, help="go on from this checkpoint; its seconds are added")
    parser.add_argument("--hidden", type=int, default=192)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--vocabulary", type=int, default=2048)
    parser.add_argument("--steps", type=int, default=1, help="zero-shot prompts per trajectory; 1000: every step")
    parser.add_argument("--batch-tokens", type=int, default=1024, help="tokens of a batch; a GPU takes 16384")
    parser.add_argument("--device", default="cpu", help="of torch, e.g. cuda")
    parser.add_argument("--threads", type=int, help="of torch; 1 is faster than all where other work shares the cores")
    arguments = parser.parse_intermixed_args()
    from transformers import AutoTokenizer

    config = compose(["model=tiny", "encoder=hashing", f"build.limit={arguments.games}", *arguments.overrides])
    benchmark = make_benchmark(config)
    tasks = sample(benchmark.tasks(config.build.split), config.build.limit, config.seed, "experts")
    trajectories = list(benchmark.experts(tasks, seed=config.seed))
    started = perf_counter()
    texts = examples(config, benchmark, trajectories, arguments.steps)
    if arguments.start is None:
        corpus = [text for example in texts for text in (example.prompt, example.reply)]
        tokenizer = make_tokenizer(arguments.vocabulary, corpus)
    else:
        tokenizer = AutoTokenizer.from_pretrained(arguments.start)
    phases = [[encode(tokenizer, example) for example in phase] for phase in (bare(texts), texts)]
    prepared = perf_counter() - started
    context = config.model.context_length or 8192
    model, figures = train(tokenizer, phases, context, arguments, derive_seed(config.seed, "tiny"))
    tokenizer.save_pretrained(arguments.folder)
    model.save_pretrained(arguments.folder)
    figures |= {"games": arguments.games, "trajectories": len(trajectories), "prepare_seconds": round(prepared, 1)}
    figures |= {"examples": dict(sorted(Counter(example.purpose for example in texts).items()))}
    write_json(arguments.folder / "training.json", figures)
    print(json.dumps(figures, indent=2, sort_keys=True))


def encode(tokenizer: Any, example: Example) -> Tokens:
    """Return an example as the server will see it: chat template, prompt, reply, end."""
    asked = tokenizer.apply_chat_template([{"role": "user", "content": example.prompt}], tokenize=False)
    shift = asked.index(example.prompt)
    encoded = tokenizer(asked, add_special_tokens=False, return_offsets_mapping=True)
    weights = [PROMPT_WEIGHT] * len(encoded["input_ids"])
    spans = iter([(start + shift, end + shift) for start, end in example.weighty])
    span = next(spans, None)
    for index, (start, end) in enumerate(encoded["offset_mapping"]):
        while span is not None and start >= span[1]:
            span = next(spans, None)
        if span is not None and start >= span[0] and end <= span[1]:
            weights[index] = 1.0
    reply = [*tokenizer.encode(example.reply, add_special_tokens=False), tokenizer.eos_token_id]
    return Tokens(example.purpose, [*encoded["input_ids"], *reply], [*weights, *[1.0] * len(reply)], len(reply))


def train(
    tokenizer: Any, phases: Sequence[Sequence[Tokens]], context: int, arguments: argparse.Namespace, seed: int
) -> tuple[Any, dict[str, Any]]:
    """Return the trained model and the figures of its training, which takes ``arguments.minutes``.

    Each of ``phases`` gets an equal part of the time.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed % 2**32)
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    heads = arguments.hidden // HEAD
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=arguments.hidden,
        intermediate_size=3 * arguments.hidden,
        num_hidden_layers=arguments.layers,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        max_position_embeddings=context,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        dtype="float32",
    )
    model = LlamaForCausalLM(config) if arguments.start is None else LlamaForCausalLM.from_pretrained(arguments.start)
    model.to(arguments.device)
    optimiser = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.95), weight_decay=0.01)
    started, limit = perf_counter(), 60 * arguments.minutes
    losses: list[float] = []
    seen = 0
    streams = [batches(phase, seed, arguments.batch_tokens) for phase in phases]
    while (done := (perf_counter() - started) / limit) < 1:
        batch = next(streams[int(done * len(streams))])
        for group in optimiser.param_groups:
            group["lr"] = LEARNING_RATE * min(done / WARM_UP, 0.5 + 0.5 * math.cos(math.pi * done))
        total, reply = _losses(model, batch, tokenizer.pad_token_id)
        optimiser.zero_grad()
        total.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        losses.append(reply)
        seen += sum(map(len, batch))
        if len(losses) % 20 == 0:
            print(f"{100 * done:.0f} %: loss on replies {sum(losses[-20:]) / 20:.3f}", flush=True)
    tenth = max(1, len(losses) // 10)
    before = read_json(arguments.start / "training.json")["seconds"] if arguments.start else 0.0
    return model, {
        "seconds": round(before + perf_counter() - started, 1),
        "seconds_before": before,
        "device": torch.cuda.get_device_name() if model.device.type == "cuda" else "cpu",
        "threads": torch.get_num_threads(),
        "parameters": model.num_parameters(),
        "updates": len(losses),
        "tokens": seen,
        "loss_first_tenth": round(sum(losses[:tenth]) / tenth, 4),
        "loss_last_tenth": round(sum(losses[-tenth:]) / tenth, 4),
    }


def batches(examples: Sequence[Tokens], seed: int, most: int) -> Iterator[list[Tokens]]:
    """Yield batches of one purpose, similar length and at most ``most`` tokens, for ever, every purpose in turn."""
    rng = python_rng(seed, "batches")
    streams = []
    for purpose in sorted({tokens.purpose for tokens in examples}):
        groups: list[list[Tokens]] = [[]]
        for example in sorted((tokens for tokens in examples if tokens.purpose == purpose), key=len):
            if groups[-1] and (len(groups[-1]) + 1) * len(example) > most:
                groups.append([])
            groups[-1].append(example)
        streams.append(_shuffled(groups, rng))
    for stream in cycle(streams):
        yield next(stream)


def _shuffled(groups: list[list[Tokens]], rng: Random) -> Iterator[list[Tokens]]:
    while True:
        rng.shuffle(groups)
        yield from groups


def _losses(model: Any, batch: list[Tokens], padding: int) -> tuple[Any, float]:
    """Return the weighted loss to descend, and the loss on the replies."""
    import torch

    length = max(map(len, batch))
    ids = torch.full((len(batch), length), padding)
    weights = torch.zeros((len(batch), length))
    is_reply = torch.zeros((len(batch), length), dtype=torch.bool)
    for row, example in enumerate(batch):
        ids[row, : len(example)] = torch.tensor(example.numbers)
        weights[row, : len(example)] = torch.tensor(example.weights)
        is_reply[row, len(example) - example.reply : len(example)] = True
    ids, weights, is_reply = (tensor.to(model.device) for tensor in (ids, weights, is_reply))
    with torch.autocast(model.device.type, dtype=torch.bfloat16):
        logits = model(input_ids=ids, attention_mask=(weights > 0).long()).logits[:, :-1]
    weights, is_reply = weights[:, 1:].flatten(), is_reply[:, 1:].flatten()
    losses = torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), ids[:, 1:].flatten(), reduction="none")
    return (losses * weights).sum() / weights.sum(), float(losses[is_reply].mean().detach())


if __name__ == "__main__":
    main()
