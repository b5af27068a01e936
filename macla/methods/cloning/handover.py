"""What cloning does for a method that hands grounded tasks over to it (``memory.grounded=cloning``)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from macla.benchmarks.lexicon import Command
from macla.benchmarks.trajectory import Trajectory
from macla.methods.base import Tools
from macla.methods.belief import Belief
from macla.methods.cloning import facts
from macla.methods.cloning.choice_contrast import ChoiceContrast
from macla.methods.cloning.choices import Choice, choices, choices_of
from macla.methods.cloning.find_invariants import find_invariants
from macla.methods.cloning.fit_arguments import fit_arguments
from macla.methods.cloning.grounded import Grounded
from macla.methods.cloning.precondition_tree import PreconditionTree
from macla.methods.cloning.report import describe, state
from macla.methods.cloning.segments import GroundedAbstracter, precondition_tree
from macla.methods.cloning.settings import CloningConstants
from macla.methods.cloning.state import Cloned
from macla.methods.cloning.statements.learn import Answers, read_answers
from macla.methods.cloning.worked import TasksWorked, worked
from macla.methods.episode import Episode
from macla.methods.instruction import ParsedTask
from macla.methods.macla.acting.read_task import read_task
from macla.methods.macla.acting.roles import Roles
from macla.methods.macla.acting.select import Selector
from macla.methods.macla.learning.abstract import Relevance
from macla.methods.macla.learning.trace import Trace
from macla.methods.macla.memory.prior import prior_of
from macla.methods.macla.memory.store import Memory
from macla.methods.session import Session


@dataclass(frozen=True, kw_only=True)
class StepNote:
    """What cloning notes of a step right before it."""

    goal: str
    """The instruction as far as it was understood then."""
    outline: str
    """Which kinds of things the task was then seen to name."""
    parts: tuple[Command, ...] = ()
    """The parts that the command is put together from; none when it is not."""
    choices: tuple[Choice, ...] = ()
    """Among which candidates the arguments were chosen, where the trajectory is exemplary."""
    revealers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """For each argument: the entities whose commands had revealed it."""


class Notes:
    """Follows one trajectory of a grounded task."""

    def __init__(self, belief: Belief, task_id: str, exemplary: bool, settings: CloningConstants) -> None:
        self.belief = belief
        self.task_id = task_id
        self.exemplary = exemplary
        self.settings = settings

    def outline(self) -> str:
        """Return which kinds of things the task names."""
        return facts.outline(self.belief)

    def facts(self) -> frozenset[str]:
        """Return what is known of the situation as a whole."""
        return facts.facts(self.belief, self.settings.tree)

    def before(self, command: Command | None) -> StepNote:
        """Return what learning will need of the present step."""
        belief = self.belief
        goal, outline = facts.goal(belief, self.settings.tree), facts.outline(belief)
        if command is None:
            return StepNote(goal=goal, outline=outline)
        chosen = tuple(choices(belief, self.task_id, command, self.settings.arguments)) if self.exemplary else ()
        revealers = {name: frozenset(belief.things.revealers.get(name, ())) for name in command.arguments}
        parts = tuple(belief.reader.parts(command))
        return StepNote(goal=goal, outline=outline, parts=parts, choices=chosen, revealers=revealers)


@dataclass(frozen=True)
class Learned:
    """What cuts traces into segments: the tree, and the answers that were put together from parts."""

    tree: PreconditionTree
    answers: Answers

    def abstracter(self, number: int, trace: Trace, relevance: Relevance) -> GroundedAbstracter:
        """Return what abstracts the ``number``-th trace."""
        return GroundedAbstracter(trace, relevance, self.tree, self.answers.segments(number, self.tree))


class Absorber:
    """Contrasts the choices of the agent's own episodes."""

    def __init__(self, tools: Tools, handover: "CloningHandOver") -> None:
        self.tools = tools
        self.handover = handover
        self.contrasts = ChoiceContrast()

    def note(self, episode: Episode, memory: Memory) -> None:
        """Remember the choices of an episode whose task was handed over."""
        belief = Belief(self.tools.reader, episode.instruction)
        belief.start(episode.first_observation)
        if self.handover.takes(belief):
            made = choices_of(self.tools.reader, episode, self.handover.settings.arguments)
            self.contrasts.note(episode.task, made, episode.success, memory.extension(Cloned).arguments)

    def contrast(self, memory: Memory) -> None:
        """Learn from those tasks that were done both well and badly."""
        for event in self.contrasts.events(self.handover.settings.arguments.decimals):
            memory.apply(event)


class CloningHandOver:
    """See :class:`macla.methods.macla.handover.HandOver`; with ``everything`` it takes lifted tasks, too."""

    def __init__(self, settings: CloningConstants, *, everything: bool = False) -> None:
        self.settings = settings
        self.everything = everything

    def takes(self, belief: Belief) -> bool:
        """Whether the task names the things themselves."""
        return self.everything or belief.names_things

    def reading(self, belief: Belief, trajectory: Trajectory, exemplary: bool) -> Notes:
        """Return what follows a trajectory of a grounded task."""
        return Notes(belief, trajectory.task_id, exemplary, self.settings)

    def learn(self, traces: Sequence[Trace], memory: Memory, tools: Tools) -> Learned:
        """Learn the argument model, the invariants, the precondition tree and the parts of statements."""
        handed = [trace for trace in traces if trace.handed_over]
        made = (choice for trace in handed for step in trace.steps if step.accepted for choice in step.notes.choices)
        for event in fit_arguments(made, self.settings.arguments):
            memory.apply(event)
        memory.apply(find_invariants(handed, self.settings.invariants.no_accident))
        answers = read_answers(tools.reader, traces, self.settings)
        for more in answers.events(tools.encoder):
            memory.apply(more)
        if handed:
            memory.apply(TasksWorked(tasks=worked(handed, tools.reader)))
        return Learned(precondition_tree(handed, self.settings.tree), answers)

    def acts_on(self, session: Session, memory: Memory) -> bool:
        """Whether the task names the things themselves, as far as its instruction was read."""
        return self.takes(session.belief)

    def read(self, session: Session, memory: Memory, tools: Tools) -> ParsedTask | None:
        """Return the instruction as any is read."""
        return read_task(session, memory, tools)

    def grounding(self, session: Session, roles: Roles, selector: Selector, tools: Tools) -> Grounded:
        """Return how a grounded task is understood while acting."""
        prior = prior_of(selector.memory, selector.settings)
        return Grounded(session, roles, selector.memory, settings=self.settings, encoder=selector.encoder, prior=prior)

    def absorber(self, tools: Tools) -> Absorber:
        """Return what contrasts the choices of the agent's own episodes."""
        return Absorber(tools, self)

    def state(self, memory: Memory) -> Mapping[str, Any]:
        """Return what cloning adds to ``memory.json``."""
        return state(memory)

    def describe(self, memory: Memory) -> list[str]:
        """Return what cloning adds to ``macla memory show``."""
        return describe(memory)
