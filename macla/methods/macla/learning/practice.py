"""Learning from the agent's own episodes: credit, refine, compose, prune (Algorithm 1, l.18-27)."""

from collections.abc import Sequence
from dataclasses import dataclass

from macla.methods.cloning.choice_contrast import Outcomes
from macla.methods.cloning.fit_arguments import Choice
from macla.methods.macla.learning.build import BuildSettings, shrink
from macla.methods.macla.learning.metas import Composer, Lived
from macla.methods.macla.learning.refine import refine
from macla.methods.macla.memory.events import Credited, Practised
from macla.methods.macla.memory.meta import MetaProcedure, Skill
from macla.methods.macla.memory.segment import Execution
from macla.methods.macla.memory.store import Memory
from macla.models.requests import FrozenModel


@dataclass(frozen=True)
class Experience:
    """One episode of the agent itself."""

    goal: str
    executions: tuple[Execution, ...]
    success: bool
    task: str = ""
    """Its id."""
    choices: tuple[Choice, ...] = ()
    """The choices of arguments that it made."""


class Learner:
    """Folds batches of episodes into a memory, in task order, so that the number of workers changes nothing."""

    def __init__(self, memory: Memory, composer: Composer, model: FrozenModel, settings: BuildSettings) -> None:
        self.memory = memory
        self.composer = composer
        self.model = model
        self.settings = settings
        self.outcomes = Outcomes()
        self.episodes = 0
        """Episodes absorbed …"""
        self._before = max((e.execution.context.episode for e in memory.events if isinstance(e, Credited)), default=0)
        """… and the episode that the memory had come to: dates go on from there."""

    def absorb(self, batch: Sequence[Experience]) -> None:
        """Fold one batch in: credits episode by episode, then one round of refinement, composition and pruning."""
        for experience in batch:
            self.episodes += 1
            for execution in experience.executions:
                self._credit(execution)
            self.composer.observe(_lived(experience, self.memory))
            self.outcomes.note(experience.task, experience.choices, experience.success, self.memory.preferences)
        self.memory.apply(Practised(tasks=tuple(experience.task for experience in batch)))
        if self.settings.contrastive:
            refine(self.memory, self.model, self.settings.n_min)
            for event in self.outcomes.weighed():
                self.memory.apply(event)
        if self.settings.metas:
            self.composer.compose(self.memory, self.model)
        shrink(self.memory, self.settings)

    def _credit(self, execution: Execution) -> None:
        """Credit what was executed, unless it was pruned since the snapshot the episode ran on.

        Where Ψ was found by contrasting commands, a refusal is an answer, not a failure (there is no such road), and
        what made an episode fail are its choices: these are contrasted instead (Default of ours).
        """
        known = execution.procedure in self.memory.procedures or execution.procedure in self.memory.metas
        if known and not _decided(self.memory.find(execution.procedure), self.memory):
            context = execution.context.model_copy(update={"episode": self._before + self.episodes})
            dated = execution.model_copy(update={"context": context})
            self.memory.apply(Credited(execution=dated, k_fail=self.settings.k_fail))


def _decided(skill: Skill, memory: Memory) -> bool:
    """Whether the Ψ of a procedure, or of a child of a meta-procedure, was found by contrasting commands."""
    children = skill.children if isinstance(skill, MetaProcedure) else (skill.id,)
    return any(memory.procedures[child].decisive for child in children)


def _lived(experience: Experience, memory: Memory) -> Lived:
    """Return the atoms that succeeded, in order, with what had been done to the task's entities before each."""
    atoms = [each for each in experience.executions if each.procedure in memory.procedures and each.success]
    before = tuple(memory.procedures[each.procedure].needs for each in atoms)
    return Lived(experience.goal, tuple(each.procedure for each in atoms), before, experience.success, False)
