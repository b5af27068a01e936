"""What ``train_tiny_lm.py`` learns from: every call of the harness on *training* games, with the reply wanted.

Zero-shot steps are the expert's (supervised training as the paper's Table 3 means it). The calls of memory
construction and the reading of instructions are answered as the embedded rule-based model answers them.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from macla.benchmarks.base import Benchmark
from macla.benchmarks.trajectory import Trajectory
from macla.config import Config
from macla.methods.macla.learning.build import build
from macla.models.embedded import Embedded
from macla.models.openai.body import OVERHEAD
from macla.models.openai.schema import offer, schema
from macla.models.prompts import prompt
from macla.models.requests import Act, Action, R, Reply, Request
from macla.seeding import python_rng


class Example(NamedTuple):
    """One call: the prompt, the reply, and the parts of the prompt that are worth learning like a reply."""

    purpose: str
    prompt: str
    reply: str
    weighty: tuple[tuple[int, int], ...] = ()
    """(start, end) in the prompt: what the expert did before, so that one prompt teaches every step it shows."""


class Overheard(Embedded):
    """The embedded model, remembering what it was asked and answered."""

    def __init__(self) -> None:
        self.calls: list[tuple[Request[Any], Reply]] = []

    def ask(self, requests: list[Request[R]]) -> list[R]:
        """Answer and remember."""
        replies = super().ask(requests)
        self.calls += zip(requests, replies, strict=True)
        return replies


def examples(config: Config, benchmark: Benchmark, trajectories: Sequence[Trajectory], steps: int) -> list[Example]:
    """Return the examples that ``trajectories`` give; zero-shot prompts at ``steps`` steps of each, drawn at random."""
    budget = (config.model.context_length or 8192) - config.model.max_tokens - OVERHEAD
    model = Overheard()
    build(trajectories, benchmark.lexicon, model, config.encoder.create(), config.memory.construction())
    calls = [_example(request, reply, budget) for request, reply in model.calls]
    acts = [
        example
        for trajectory in trajectories
        if trajectory.success
        for example in _acts(trajectory, benchmark, budget, config.seed, steps)
    ]
    return [example for example in (*calls, *acts) if example is not None]


def bare(texts: Sequence[Example]) -> list[Example]:
    """Return the examples without the lines that all prompts of their purpose share: what differs is easier to learn.

    Copying from an instruction is learned in minutes where it stands alone, and in hours where it stands among
    hundreds of words that never change.
    """
    shared: dict[str, set[str]] = {}
    for example in texts:
        lines = set(example.prompt.splitlines())
        shared[example.purpose] = shared[example.purpose] & lines if example.purpose in shared else lines
    result = []
    for example in texts:
        lines = [line for line in example.prompt.splitlines() if line not in shared[example.purpose]]
        result.append(Example(example.purpose, "\n".join(lines), example.reply))
    return result


def _acts(trajectory: Trajectory, benchmark: Benchmark, budget: int, seed: int, steps: int) -> Iterator[Example | None]:
    last = len(trajectory.steps) - 1
    rng = python_rng(seed, "starts", trajectory.task_id)
    for number in sorted(rng.sample(range(last + 1), min(steps, last + 1))):
        request = Act(
            task=trajectory.task,
            help=benchmark.help,
            example=benchmark.example,
            first_observation=trajectory.first_observation,
            history=tuple((past.action, past.observation) for past in trajectory.steps[:number]),
            entities=(),
            seed=0,
        )
        made = _example(request, Action(thought="", action=trajectory.steps[number].action), budget)
        yield made and made._replace(weighty=tuple(_shown(made.prompt, request)))


def _shown(text: str, request: Act) -> Iterator[tuple[int, int]]:
    """Yield where the prompt shows the expert's earlier actions, each with the line break that ends it."""
    end = 0
    for number, (action, _) in enumerate(request.history, 1):
        start = text.find(f"\nAction {number}: {action}\n", end)
        if start >= 0:
            start += len(f"\nAction {number}:")
            end = start + len(f" {action}\n")
            yield start, end


def _example(request: Request[Any], reply: Reply, budget: int) -> Example | None:
    """Return the call as the server sees it; None when the prompt does not fit."""
    template = prompt(request.purpose)
    text = template.render(request, budget)
    asked = schema(offer(request, template.head.choices, template.head.lengths), None)["properties"]
    value = {key: content for key, content in reply.model_dump(mode="json").items() if key in asked}
    compact = json.dumps(value, separators=(",", ":"))  # as configs/model/tiny.yaml has the server write it
    return Example(request.purpose, text, compact) if text is not None else None
