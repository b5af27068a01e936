"""A trajectory read through the lexicon: per step the command, whether it was accepted, and what was known."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from macla.benchmarks.lexicon import Command
from macla.benchmarks.trajectory import Trajectory
from macla.methods import facts as situation
from macla.methods.belief import Belief, Reader
from macla.methods.cloning.candidate_features import Slate
from macla.methods.cloning.fit_arguments import Choice
from macla.methods.macla.memory.exploration import Exploration
from macla.models.requests import ParsedTask
from macla.seeding import python_rng

Relevance = dict[tuple[str, int], float]
"""(verb, argument position) → share of uses whose argument is of a kind that the task names."""

USUAL = 0.5
"""Share of a verb's uses in which the task names an argument, from which on that argument plays a task's role."""


RIVALS = 15
"""Candidates beside the chosen one that a choice is learned from, drawn at random when there were more (Default)."""


@dataclass(frozen=True)
class TraceStep:
    """One step: the command (None when not of the grammar) and what was known right before it."""

    action: str
    observation: str
    command: Command | None
    accepted: bool
    known: dict[str, frozenset[str]]
    """Facts about every entity that some command of the episode touches."""
    general: frozenset[str]
    holders: dict[str, str]
    """For each argument nothing was done to yet: the entity that had revealed it."""
    goal: str = ""
    """The instruction as far as it was understood then, where it names things outright, …"""
    outline: str = ""
    """… and which kinds of things it was then seen to name."""
    choices: tuple[Choice, ...] = ()
    """Among which candidates the arguments of an accepted command were chosen."""
    revealers: dict[str, frozenset[str]] = field(default_factory=dict)
    """For each argument: the entities whose commands had revealed it."""
    parts: tuple[Command, ...] = ()
    """The parts that the command is put together from; none when it is not."""


@dataclass(frozen=True)
class Trace:
    """One trajectory, read."""

    trajectory: Trajectory
    task: ParsedTask
    steps: tuple[TraceStep, ...]
    kinds: dict[str, str]
    final: dict[str, frozenset[str]]
    """Facts after the last step about the entities that some command touches …"""
    final_general: frozenset[str]
    """… and about the situation."""
    outline: str = ""
    """Which kinds of things the task names outright, as read first; empty where it names none."""
    exemplary: bool = True
    """Whether it shows how the task is done."""

    def known(self, index: int, name: str) -> frozenset[str]:
        """Return the facts about ``name`` right before step ``index`` (or after the last)."""
        known = self.steps[index].known if index < len(self.steps) else self.final
        return known.get(name, frozenset())


def vocabulary(reader: Reader, trajectories: Iterable[Trajectory]) -> set[str]:
    """Return every kind of entity that the trajectories' observations mention."""
    kinds: set[str] = set()
    for trajectory in trajectories:
        for text in (trajectory.first_observation, *(step.observation for step in trajectory.steps)):
            kinds.update(kind for _, kind in reader.read(text).types)
    return kinds


def exemplary(trajectories: Iterable[Trajectory]) -> list[bool]:
    """Return, per trajectory, whether it shows how its task is done.

    Successes do. Where a task has none, and reward is partial, its best demonstrations do: they show how to come as far
    as anyone came (Default).
    """
    everything = list(trajectories)
    best: dict[str, tuple[bool, float]] = {}
    for each in everything:
        best[each.task_id] = max(best.get(each.task_id, (False, 0.0)), (each.success, each.score))
    return [each.success or (each.score > 0 and (False, each.score) == best[each.task_id]) for each in everything]


def read(reader: Reader, trajectory: Trajectory, task: ParsedTask, exemplary: bool) -> Trace:
    """Fold a trajectory and note what was known before each step."""
    belief = Belief(reader, trajectory.task)
    belief.start(trajectory.first_observation)
    commands = [reader.parse(step.action) for step in trajectory.steps]
    touched = {name for command in commands if command for name in command.arguments}
    steps = []
    outline = situation.outline(belief)
    for step, command in zip(trajectory.steps, commands, strict=True):
        arguments = command.arguments if command else ()
        known = {name: belief.about(name) for name in touched}
        holders = {
            name: belief.holder[name] for name in arguments if name in belief.holder and not belief.explored.get(name)
        }
        general = situation.facts(belief)
        named = _named(belief, trajectory, command, exemplary) if belief.outright else ("", (), {})
        goal, chosen, revealers = named
        by_then = situation.outline(belief)
        accepted = belief.update(step.action, step.observation)
        steps.append(
            TraceStep(
                step.action, step.observation, command, accepted, known, general, holders, goal,
                by_then, chosen if accepted else (), revealers, tuple(reader.parts(command)) if command else (),
            )
        )  # fmt: skip
    final = {name: belief.about(name) for name in touched}
    return Trace(trajectory, task, tuple(steps), dict(belief.types), final, situation.facts(belief), outline, exemplary)


def _named(
    belief: Belief, trajectory: Trajectory, command: Command | None, exemplary: bool
) -> tuple[str, tuple[Choice, ...], dict[str, frozenset[str]]]:
    """Return the goal as understood, the choices behind a command, and what had revealed its arguments."""
    if command is None:
        return situation.goal(belief), (), {}
    revealers = {name: frozenset(belief.things.revealers.get(name, ())) for name in command.arguments}
    chosen = tuple(_choices(belief, trajectory, command)) if exemplary else ()
    return situation.goal(belief), chosen, revealers


def _choices(belief: Belief, trajectory: Trajectory, command: Command) -> Iterator[Choice]:
    """Yield the choice behind each argument that was known before: the chosen entity against others of its kind.

    A command put together from parts has none: what fills its parts is learned apart (``drafts.py``).
    """
    if belief.reader.parts(command):
        return
    bound: dict[int, str] = {}
    for position in filling_order(command, belief):
        name = command.arguments[position]
        kind = belief.types.get(name)
        if kind is not None:
            others = [other for other in belief.of_type(kind) if other != name]
            slate = Slate(belief, command.verb, position, [name, *others], bound)
            if len(others) > RIVALS:
                rng = python_rng(0, "rivals", trajectory.task_id, len(belief.things.used), position)
                others = rng.sample(others, RIVALS)
            yield Choice(command.verb, position, kind, tuple(slate.row(each) for each in (name, *others)))
        bound[position] = name


def choices(reader: Reader, trajectory: Trajectory) -> tuple[Choice, ...]:
    """Return the choices behind all accepted commands of an episode; none where its task names only kinds of things."""
    belief = Belief(reader, trajectory.task)
    belief.start(trajectory.first_observation)
    found: list[Choice] = []
    for step in trajectory.steps if belief.outright else ():
        command = reader.parse(step.action)
        its = list(_choices(belief, trajectory, command)) if command else []
        if belief.update(step.action, step.observation):
            found += its
    return tuple(found)


def filling_order(command: Command, belief: Belief) -> list[int]:
    """Return the positions of the arguments: what revealed other arguments first, then from left to right."""
    revealing = [
        any(name in belief.things.revealers.get(other, ()) for other in command.arguments) for name in command.arguments
    ]
    return sorted(range(len(revealing)), key=lambda position: not revealing[position])


def relevance(traces: Iterable[Trace]) -> Relevance:
    """Return, per verb and argument position, the share of its accepted uses whose argument the task names."""
    uses: Counter[tuple[str, int]] = Counter()
    hits: Counter[tuple[str, int]] = Counter()
    for trace in traces:
        for step in trace.steps:
            if step.accepted and step.command is not None:
                for position, name in enumerate(step.command.arguments):
                    uses[step.command.verb, position] += 1
                    hits[step.command.verb, position] += trace.kinds.get(name) in trace.task.slots
    return {key: hits[key] / n for key, n in uses.items()}


def relevance_of(trace: Trace, command: Command, relevance: Relevance) -> float:
    """Return how surely a command works on what the task names: 0 when a usual place holds something else.

    A usual place of a verb is an argument position that tasks name in more than :data:`USUAL` of its uses.
    """
    best = 0.0
    for position, name in enumerate(command.arguments):
        share = relevance.get((command.verb, position), 0.0)
        if trace.kinds.get(name) in trace.task.slots:
            best = max(best, share)
        elif share >= USUAL:
            return 0.0
    return best


def explore(reader: Reader, traces: Iterable[Trace]) -> Exploration:
    """Return what first-time commands on single entities revealed, over all steps of all traces."""
    result = Exploration()
    for trace in traces:
        seen: dict[str, set[str]] = defaultdict(set)
        for step in trace.steps:
            if not step.accepted or step.command is None or len(step.command.arguments) != 1:
                continue
            verb, (name,) = step.command
            if verb in seen[name]:
                continue
            seen[name].add(verb)
            found = frozenset(kind for other, kind in reader.read(step.observation).types if other != name)
            result.observe(verb, trace.kinds.get(name, ""), found)
    return result
