"""A trajectory read through the lexicon: per step the command, whether it was accepted, and what was known."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from macla.benchmarks.lexicon import Command
from macla.benchmarks.trajectory import Trajectory
from macla.methods.belief import Belief
from macla.methods.instruction import ParsedTask
from macla.methods.macla.memory.exploration import Exploration
from macla.methods.reading import Reader

_NOBODY: Mapping[str, str] = {}
"""Of the many steps whose arguments nobody revealed."""


class StepNotes(Protocol):
    """Follows one trajectory that is being read."""

    def outline(self) -> str:
        """Return the goal pattern of the episode as a whole, as far as it is understood now."""
        ...

    def facts(self) -> frozenset[str]:
        """Return what is known of the situation as a whole, right now."""
        ...

    def before(self, command: Command | None) -> Any:
        """Return what learning will need of the present step, right before its command is given."""
        ...


class TakesOver(Protocol):
    """A method that takes over some tasks (``memory.grounded``), as far as reading their trajectories goes."""

    def takes(self, belief: Belief) -> bool:
        """Whether it takes the task of an episode that has just begun."""
        ...

    def reading(self, belief: Belief, trajectory: Trajectory, exemplary: bool) -> StepNotes:
        """Return what follows a trajectory of such a task; ``exemplary``: it shows how the task is done."""
        ...


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step: the command (None when not of the grammar) and what was known right before it."""

    action: str
    observation: str
    command: Command | None
    accepted: bool
    general: frozenset[str]
    """Facts about the situation as a whole."""
    holders: Mapping[str, str]
    """For each argument nothing was done to yet: the entity that had revealed it."""
    notes: Any = None
    """What the method that the task was handed over to noted of the step."""


History = tuple[tuple[int, frozenset[str]], ...]
"""Facts about one entity, each set with the first step right before which it was known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trace:
    """One trajectory, read."""

    trajectory: Trajectory
    task: ParsedTask
    steps: tuple[TraceStep, ...]
    shown: tuple[bool, ...]
    """Per kind that the task names: whether the first observation showed one."""
    kinds: dict[str, str]
    facts: Mapping[str, History]
    """What was known of every entity that some command touches."""
    final_general: frozenset[str]
    """Facts after the last step about the situation as a whole."""
    exemplary: bool = True
    """Whether it shows how the task is done."""
    goal: str = ""
    """The goal pattern that its episode has as a whole."""
    handed_over: bool = False
    """Whether its task was handed over to another method."""

    def known(self, index: int, name: str) -> frozenset[str]:
        """Return the facts about ``name`` right before step ``index`` (or after the last)."""
        known = frozenset[str]()
        for since, facts in self.facts.get(name, ()):
            if since > index:
                break
            known = facts
        return known


def vocabulary(reader: Reader, trajectories: Sequence[Trajectory]) -> set[str]:
    """Return every kind of entity that the trajectories' observations mention."""
    texts = {step.observation for trajectory in trajectories for step in trajectory.steps}
    texts.update(trajectory.first_observation for trajectory in trajectories)
    return {mention.type for text in texts for mention in reader.lexicon.mentions(text)}


def exemplary(trajectories: Iterable[Trajectory]) -> list[bool]:
    """Return, per trajectory, whether it shows how its task is done.

    Successes do. Where a task has none, and reward is partial, its best demonstrations do: they show how to come as far
    as anyone came (Default).
    """
    everything = list(trajectories)
    best: dict[str, tuple[bool, float]] = {}
    for shown in everything:
        best[shown.task_id] = max(best.get(shown.task_id, (False, 0.0)), (shown.success, shown.score))
    return [shown.success or (shown.score > 0 and (False, shown.score) == best[shown.task_id]) for shown in everything]


def read(
    reader: Reader, trajectory: Trajectory, task: ParsedTask, exemplary: bool, handover: TakesOver | None
) -> Trace:
    """Fold a trajectory and note what was known before each step."""
    belief = Belief(reader, trajectory.task)
    belief.start(trajectory.first_observation)
    taken = handover is not None and handover.takes(belief)
    notes = handover.reading(belief, trajectory, exemplary) if handover is not None and taken else None

    def general() -> frozenset[str]:
        return notes.facts() if notes is not None else belief.about(None)

    here = {*belief.types.values()}
    commands = [reader.parse(step.action) for step in trajectory.steps]
    touched = {name for command in commands if command for name in command.arguments}
    facts = {name: [(0, belief.about(name))] for name in touched}
    goal = notes.outline() if notes is not None else task.goal
    steps = []
    for number, (step, command) in enumerate(zip(trajectory.steps, commands, strict=True), 1):
        before = general(), _holders(belief, command), notes.before(command) if notes is not None else None
        accepted = belief.update(step.action, step.observation)
        steps.append(TraceStep(step.action, step.observation, command, accepted, *before))
        for name in touched & belief.renewed:
            if (now := belief.about(name)) != facts[name][-1][1]:
                facts[name].append((number, now))
    return Trace(
        trajectory=trajectory,
        task=task,
        steps=tuple(steps),
        shown=tuple(kind in here for kind in task.slots),
        kinds=dict(belief.types),
        facts={name: tuple(history) for name, history in facts.items()},
        final_general=general(),
        exemplary=exemplary,
        goal=goal,
        handed_over=taken,
    )


def _holders(belief: Belief, command: Command | None) -> Mapping[str, str]:
    arguments = command.arguments if command else ()
    found = {name: belief.holder[name] for name in arguments if name in belief.holder and not belief.explored.get(name)}
    return found or _NOBODY


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
            found = Counter({kind for other, kind in reader.read(step.observation).types if other != name})
            result.fold(verb, trace.kinds.get(name, ""), 1, found)
    return result
