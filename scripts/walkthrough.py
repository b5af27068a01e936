"""Print ``docs/walkthrough.md``: one trajectory and one episode of a real run, with the text that was read and said.

``python scripts/walkthrough.py > docs/walkthrough.md`` generates a few ALFWorld games, learns from their experts and
plays one unseen game; a test compares the page with what this prints.
"""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from macla.benchmarks.base import Benchmark, Task
from macla.benchmarks.trajectory import Step, Trajectory
from macla.config import compose
from macla.methods.base import Tools
from macla.methods.episode import Episode
from macla.methods.macla.acting.select import Selection
from macla.methods.macla.learned import LearnedMacla
from macla.methods.macla.memory.events import Defined, Extracted, Merged
from macla.methods.macla.memory.prior import gate_of, prior_of
from macla.methods.macla.memory.segment import Fact, Segment
from macla.methods.macla.report.why import Why, sources
from macla.methods.reading import Reader
from macla.models.create import create
from macla.progress import silent
from macla.runs.assemble import make_benchmark, make_method, make_tools
from macla.runs.demonstrations import collect
from macla.runs.play import play

OVERRIDES = ("env=alfworld", "env.n_train=48", "env.n_seen=1", "env.n_unseen=12")
SHOWN = "pick_heat_then_place_in_recep-Mug-None-CoffeeMachine-12/"
PLAYED = "pick_heat_then_place_in_recep-Mug-None-Cabinet-2/"
WIDTH = 118

HEAD = """# One trajectory, one episode

A training game and an unseen one, followed through the house with their real text. `scripts/walkthrough.py` prints
this page and a test compares: ALFWorld, 48 generated training games, the stand-in in the place of a language model,
everything else as it is by default.

## 1. An expert plays a training game

`macla build-memory` lets the benchmark's expert play every training task. What is kept is text, nothing that an agent
could not see (`trajectories.jsonl`):
"""
READ = """## 2. The instruction is read

The model is asked once an instruction (`parse_task`) which kinds of things it names. Kinds become slots, `<0>` the
first:
"""
SEGMENTS = """## 3. Segments become ⟨G, Ψ, π, Φ⟩

The model cuts the trajectory (Eq 1); every segment ends in a milestone, the command that reaches its goal. Things
become slots: those that the task names keep their number, others are letters. What was known before the segment goes
into Ψ, what holds after it into Φ, and the steps that served it into π. Detours (places where nothing was found) are
no step of π: how to search is counted apart. Then each segment is compared with the procedures there are, and joins
the nearest of the same milestone and situation, or founds one (θ_dup = {theta_dup:g}).
"""
PROCEDURES = """## 4. What memory holds in the end

All {n} trajectories together. Evidence is kept apart from the prior: with Beta(1, 1), s successes and f failures give
a posterior mean of (s + 1) / (s + f + 2). A step of π that only some segments took has a guard, the condition under
which it is due.
"""
METAS = """Sequences that recurred and are worth more than their storage (Eq 16) became meta-procedures, for
example this one:
"""
FILES = """`macla memory show DIR` prints these lines. In the directory, `events.jsonl` has every extraction, merge and
composition in order, `memory.json` is the state they lead to, `embeddings.npy` the vectors, `method.json` the
checksums.

## 5. An unseen game

Another floor plan; no memory has seen its rooms. The first thing that the agent reads:
"""
DECISIONS = """The instruction is read as above. Then, turn by turn (Algorithm 1): the situation is put into words and
embedded, the nearest procedures whose Ψ holds are ranked by Eq 4, and the best runs if it is worth more than a
step of the model (θ_conf, Eq 13: {gate:g}). Slots are bound to things in sight; what was not seen yet is
searched where training found such kinds.
"""
CREDIT = """## 6. Credit

An evaluation with a frozen memory ends here; its record is a line of `episodes.jsonl`. In practice, and with
`eval.mode=online`, the episode is absorbed: every execution counts as a success or a failure (y) of the procedure that
ran, and its context goes to S or F. `{failed}` did what it is for, but the environment refused one of its commands, so
y = 0.
"""
TAIL = """Contrast (Eq 6) waits until a procedure has {n_min} successes and {n_min} failures of its own; composition and
pruning follow every batch. [The equations](equations.md) says which function does each step, [the
method](method.md) why.
"""


class Run(NamedTuple):
    """What the page is written from."""

    learned: LearnedMacla
    tools: Tools
    trajectories: Sequence[Trajectory]
    shown: int
    """Number of the trajectory that is followed."""
    benchmark: Benchmark
    task: Task
    seed: int


def page() -> Iterator[str]:
    """Yield the paragraphs of the page."""
    config = compose([*OVERRIDES])
    benchmark = make_benchmark(config)
    with create(config.model) as model:
        tools = make_tools(config, benchmark, config.encoder.create(), model)
        trajectories = collect(config, benchmark, silent).trajectories
        learned = make_method(config).build(trajectories, tools)
        assert isinstance(learned, LearnedMacla)
        (shown,) = (k for k, one in enumerate(trajectories) if one.task_id.startswith(SHOWN))
        (task,) = (one for one in benchmark.tasks("unseen") if one.id.startswith(PLAYED))
        run = Run(learned, tools, trajectories, shown, benchmark, task, config.seed)
        yield from construction(run)
        yield from episode(run)


def construction(run: Run) -> Iterator[str]:
    """Yield what became of the trajectory."""
    trajectory, memory = run.trajectories[run.shown], run.learned.memory
    yield HEAD
    yield block(played(trajectory.first_observation, trajectory.steps, f"outcome: {trajectory.outcome.value}"))
    events = [event for event in memory.events if isinstance(event, Extracted | Merged) and event.source == run.shown]
    defined = [event.segment for event in memory.events if isinstance(event, Defined)]
    named: dict[str, str] = {}
    for event in events:
        named |= {str(slot): kind for slot, kind in event.kinds.items() if str(slot)[1:-1].isdigit()}
    yield READ
    yield block(
        [trajectory.task, f"G  {defined[events[0].segment].goal}", *(f"{k} = {named[k]}" for k in sorted(named))]
    )
    yield SEGMENTS.format(theta_dup=run.learned.settings.theta_dup)
    for event in events:
        yield block([*segment(defined[event.segment]), *became(event)])
    yield PROCEDURES.format(n=len(run.trajectories))
    procedures = list(dict.fromkeys(event.procedure for event in events))
    for name in procedures:
        yield block(run.learned.describe(name))
    yield METAS
    metas = [meta.id for meta in memory.metas.values() if list(meta.children) == procedures]
    yield block(line for name in metas[:1] for line in run.learned.describe(name))


def segment(found: Segment) -> list[str]:
    """Return ⟨G, Ψ, π, Φ⟩ of one segment."""

    def texts(facts: Iterable[Fact]) -> str:
        return ", ".join(fact.words() for fact in facts if fact.slot)

    steps = [*(step.key for step in found.steps), found.milestone]
    return [
        f"G  {found.goal}",
        f"Ψ  {texts(found.before)}",
        f"π  {'; '.join(step.text() for step in steps)}",
        f"Φ  {texts(found.after)}",
    ]


def became(event: Extracted | Merged) -> list[str]:
    """Return which procedure a segment founded or joined."""
    kinds = ", ".join(f"{slot} = {kind}" for slot, kind in sorted(event.kinds.items()))
    if isinstance(event, Extracted):
        return [f"→ founds {event.procedure}, with {kinds}"]
    return [f"→ joins {event.procedure} (cosine {event.similarity:.2f}), with {kinds}"]


def episode(run: Run) -> Iterator[str]:
    """Yield what happened in the unseen game, and what memory makes of it."""
    learned, memory = run.learned, run.learned.memory
    made = play(learned.actor(), run.tools, run.benchmark, run.task, run.seed, 0)
    gate, prior = gate_of(memory, learned.settings), prior_of(memory, learned.settings)
    yield FILES
    yield block([made.first_observation])
    yield DECISIONS.format(gate=round(gate, 4))
    for number, decision in enumerate(made.decisions, 1):
        skill = memory.find(decision.chosen)
        why = Why(made, decision, learned.settings, prior, gate, skill, sources(memory, decision.chosen))
        yield f"### Decision {number}: {decision.chosen}\n"
        yield block(why.lines()[2:])
        yield f"Bound: {bound(made, number - 1, run.tools.reader)}. What was done:\n"
        yield block(
            played("", made.steps[decision.step : decision.step + decision.steps], f"y = {int(decision.success)}")
        )
    asked = ", ".join(f"{times} × `{purpose}`" for purpose, times in sorted(made.model_calls.items()))
    yield f"The episode ended in {made.outcome.value} after {made.n_steps} steps. The model was asked {asked}.\n"
    assert made.rejected, "the page says that a command was refused"
    failed = next(one.chosen for one in made.decisions if not one.success)
    names = [decision.chosen for decision in made.decisions]
    before = [learned.describe(name)[0].partition("\n")[0] for name in names]
    learned.absorb([made])
    after = [learned.describe(name)[0].partition("\n")[0] for name in names]
    yield CREDIT.format(failed=failed)
    yield block(
        line for pair in zip(before, after, strict=True) for line in (f"before  {pair[0]}", f"after   {pair[1]}")
    )
    yield TAIL.format(n_min=learned.settings.n_min)


def bound(made: Episode, number: int, reader: Reader) -> str:
    """Return which thing filled each slot of what a decision ran."""
    decision = made.decisions[number]
    said = [reader.lexicon.parse(step.action) for step in made.steps[decision.step : decision.step + decision.steps]]
    filled = {}
    for execution in Selection.model_validate(decision.details.model_dump()).executions:
        for key in execution.context.steps:
            commands = [command for command in said if command is not None and command.verb == key.verb]
            filled |= dict(zip(map(str, key.slots), commands[-1].arguments, strict=True)) if commands else {}
    return ", ".join(f"`{slot}` = {name}" for slot, name in sorted(filled.items()))


def played(first: str, steps: Iterable[Step], end: str) -> list[str]:
    """Return an episode as it went."""
    lines = [first] if first else []
    for step in steps:
        lines += [f"> {step.action}", step.observation]
    return [*lines, end]


def block(lines: Iterable[str]) -> str:
    """Return lines as they stand, the long ones wrapped."""
    wrapped: list[str] = []
    for line in (part for whole in lines for part in whole.splitlines()):
        wrapped += textwrap.wrap(line, WIDTH, subsequent_indent="    ", break_on_hyphens=False) or [""]
    return "\n".join(["```", *wrapped, "```\n"])


if __name__ == "__main__":
    print("\n".join(page()), end="")
