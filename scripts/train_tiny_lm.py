"""Train a few-million-parameter Llama from scratch on the expert's steps of *training* games, on the CPU.

    python scripts/train_tiny_lm.py DIR [--games 200] [--minutes 10] [OVERRIDE ...]
    macla eval model=tiny model.server.checkpoint=DIR model.autostart=true

Every step of a successful expert trajectory is one example: the zero-shot prompt that the harness would send, and the
expert's action as the reply. OVERRIDE is any override of the configuration (env=alfworld env.n_train=200 seed=1). The
figures (seconds, examples, tokens, loss) are printed and kept as DIR/training.json: the measured cost of supervised
training, to set beside the seconds of memory construction from the same trajectories on the same machine.
"""

import argparse
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from make_tiny_checkpoint import HEAD, make_tokenizer

from macla.config import Config, compose
from macla.files import write_json
from macla.model.compose import OVERHEAD
from macla.model.prompts import prompt
from macla.model.requests import Act
from macla.model.settings import ModelSettings
from macla.run.workshop import make_benchmark
from macla.seeding import derive_seed, python_rng
from macla.trajectory import Trajectory

BATCH_TOKENS = 4096
LEARNING_RATE = 1e-3
WARM_UP = 0.05
"""Share of the time in which the learning rate rises; afterwards it falls along a cosine."""
PROMPT_WEIGHT = 0.1
"""Weight of the loss on prompt tokens: a model that starts from nothing has to learn the language too."""


@dataclass(frozen=True)
class Example:
    """Token numbers of a prompt and of the reply to it."""

    prompt: list[int]
    reply: list[int]

    def __len__(self) -> int:
        return len(self.prompt) + len(self.reply)


def main() -> None:
    """Read the command line, collect, train, write the checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("overrides", nargs="*")
    parser.add_argument("--games", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--hidden", type=int, default=192)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--vocabulary", type=int, default=2048)
    arguments = parser.parse_intermixed_args()
    config = compose(["model=tiny", *arguments.overrides])
    texts = steps(config, arguments.games)
    tokenizer = make_tokenizer(arguments.vocabulary, [text for pair in texts for text in pair])
    examples = [encode(tokenizer, question, reply) for question, reply in texts]
    context = ModelSettings.model_validate(dict(config.model)).context_length or 8192
    model, figures = train(tokenizer, examples, context, arguments, derive_seed(config.seed, "tiny"))
    tokenizer.save_pretrained(arguments.folder)
    model.save_pretrained(arguments.folder)
    figures |= {"games": arguments.games, "examples": len(examples)}
    write_json(arguments.folder / "training.json", figures)
    print(json.dumps(figures, indent=2, sort_keys=True))


def steps(config: Config, games: int) -> list[tuple[str, str]]:
    """Return (prompt, reply) for every step of the expert's successes in the first ``games`` training games."""
    benchmark = make_benchmark(config)
    settings = ModelSettings.model_validate(dict(config.model))
    budget = (settings.context_length or 8192) - settings.max_tokens - OVERHEAD
    found: list[tuple[str, str]] = []
    for trajectory in benchmark.experts(benchmark.tasks("train")[:games], seed=config.seed):
        if trajectory.success:
            found.extend(_steps(trajectory, benchmark.help, benchmark.example, budget))
    return found


def _steps(trajectory: Trajectory, help_: str, example: str, budget: int) -> Iterator[tuple[str, str]]:
    for number, step in enumerate(trajectory.steps):
        request = Act(
            task=trajectory.task,
            help=help_,
            example=example,
            first_observation=trajectory.first_observation,
            history=tuple((past.action, past.observation) for past in trajectory.steps[:number]),
            entities=(),
            seed=0,
        )
        text = prompt("act").render(request, budget)
        if text is not None:
            yield text, json.dumps({"thought": "", "action": step.action}, separators=(",", ":"))


def encode(tokenizer: Any, question: str, reply: str) -> Example:
    """Return an example as the server will see it: chat template, prompt, reply, end."""
    message = [{"role": "user", "content": question}]
    asked = tokenizer.apply_chat_template(message, tokenize=False)
    return Example(
        tokenizer.encode(asked, add_special_tokens=False),
        [*tokenizer.encode(reply, add_special_tokens=False), tokenizer.eos_token_id],
    )


def train(
    tokenizer: Any, examples: Sequence[Example], context: int, arguments: argparse.Namespace, seed: int
) -> tuple[Any, dict[str, Any]]:
    """Return the trained model and the figures of its training; stops after ``arguments.minutes``."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed % 2**32)
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
    model = LlamaForCausalLM(config)
    optimiser = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.95), weight_decay=0.01)
    started, limit = perf_counter(), 60 * arguments.minutes
    losses: list[float] = []
    seen = 0
    for batch in batches(examples, seed):
        done = (perf_counter() - started) / limit
        if done >= 1:
            break
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
    return model, {
        "seconds": round(perf_counter() - started, 1),
        "parameters": model.num_parameters(),
        "updates": len(losses),
        "tokens": seen,
        "epochs": round(seen / sum(map(len, examples)), 2),
        "loss_first_tenth": round(sum(losses[:tenth]) / tenth, 4),
        "loss_last_tenth": round(sum(losses[-tenth:]) / tenth, 4),
    }


def batches(examples: Sequence[Example], seed: int) -> Iterator[list[Example]]:
    """Yield batches of similar length and at most BATCH_TOKENS tokens, for ever, in a new order every epoch."""
    rng = python_rng(seed, "batches")
    ordered = sorted(examples, key=len)
    groups: list[list[Example]] = [[]]
    for example in ordered:
        if groups[-1] and (len(groups[-1]) + 1) * len(example) > BATCH_TOKENS:
            groups.append([])
        groups[-1].append(example)
    while True:
        rng.shuffle(groups)
        yield from groups


def _losses(model: Any, batch: list[Example], padding: int) -> tuple[Any, float]:
    """Return the weighted loss to descend, and the loss on the replies."""
    import torch

    length = max(map(len, batch))
    ids = torch.full((len(batch), length), padding)
    weights = torch.zeros((len(batch), length))
    is_reply = torch.zeros((len(batch), length), dtype=torch.bool)
    for row, example in enumerate(batch):
        ids[row, : len(example)] = torch.tensor(example.prompt + example.reply)
        weights[row, : len(example.prompt)] = PROMPT_WEIGHT
        weights[row, len(example.prompt) : len(example)] = 1.0
        is_reply[row, len(example.prompt) : len(example)] = True
    logits = model(input_ids=ids, attention_mask=(weights > 0).long()).logits[:, :-1]
    each = torch.nn.functional.cross_entropy(logits.transpose(1, 2), ids[:, 1:], reduction="none")
    weights, is_reply = weights[:, 1:], is_reply[:, 1:]
    return (each * weights).sum() / weights.sum(), float(each[is_reply].mean().detach())


if __name__ == "__main__":
    main()
