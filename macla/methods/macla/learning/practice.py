"""Learning from the agent's own episodes: credit, refine, compose, prune (Algorithm 1, l.18-27)."""

from collections.abc import Sequence

from macla.methods.base import Tools
from macla.methods.episode import Episode
from macla.methods.macla.acting.select import Selection
from macla.methods.macla.handover import HandOver
from macla.methods.macla.learning.metas import MetaComposer
from macla.methods.macla.learning.prune import shrink
from macla.methods.macla.learning.recurrence import MetaRun, Sequences
from macla.methods.macla.learning.refine import refine
from macla.methods.macla.memory.events import Credited, Faded, Practised
from macla.methods.macla.memory.segment import Execution
from macla.methods.macla.memory.store import Memory


class Practice:
    """Folds batches of episodes into a memory, in task order, so that the number of workers changes nothing."""

    def __init__(self, memory: Memory, composer: MetaComposer, tools: Tools, handover: HandOver | None) -> None:
        self.memory = memory
        self.composer = composer
        self.tools = tools
        self.handover = handover
        self.absorber = handover.absorber(tools) if handover is not None else None
        self.episodes = 0
        """Episodes absorbed …"""
        self._before = max((e.execution.context.episode for e in memory.events if isinstance(e, Credited)), default=0)
        """… and the episode that the memory had come to: dates go on from there."""

    def absorb(self, batch: Sequence[Episode]) -> None:
        """Fold one batch in: credits episode by episode, then one round of refinement, composition and pruning."""
        settings = self.memory.settings
        if settings.fading < 1:
            self.memory.apply(Faded(kept=settings.fading))
        for episode in batch:
            self.episodes += 1
            executions = executions_of(episode)
            for execution in executions:
                self._credit(execution)
            self.composer.observe(self._sequences(episode, executions))
            if self.absorber is not None:
                self.absorber.note(episode, self.memory)
        self.memory.apply(Practised(tasks=tuple(episode.task for episode in batch)))
        if settings.contrastive:
            refine(self.memory, self.tools.model)
        if settings.choice_contrast and self.absorber is not None:
            self.absorber.contrast(self.memory)
        if settings.metas:
            self.composer.compose(self.memory, self.tools.model)
        shrink(self.memory)

    def _credit(self, execution: Execution) -> None:
        """Credit what was executed, unless it was pruned since the snapshot the episode ran on.

        What a meta-procedure ran is credited as well, unless that departure is switched off.
        """
        name, memory = execution.procedure, self.memory
        if execution.part_of in memory.metas and not memory.settings.departures.credit_children:
            return
        if name not in memory.procedures and name not in memory.metas:
            return
        context = execution.context.model_copy(update={"episode": self._before + self.episodes})
        dated = execution.model_copy(update={"context": context})
        memory.apply(Credited(execution=dated, k_fail=memory.settings.k_fail))

    def _sequences(self, episode: Episode, executions: Sequence[Execution]) -> Sequences:
        """Return the atoms that succeeded, in order, with what had been done to the task's entities before each.

        The parts that a statement was put together from are what one atom did, not atoms of their own.
        """
        procedures = {name: known for name, known in self.memory.procedures.items() if not known.part}
        atoms = [execution for execution in executions if execution.procedure in procedures and execution.success]
        return Sequences(
            goal=episode.goal,
            procedures=tuple(execution.procedure for execution in atoms),
            before=tuple(procedures[execution.procedure].needs for execution in atoms),
            success=episode.success,
            shown=False,
            steps=episode.n_steps,
            metas=meta_runs(executions),
        )


def executions_of(episode: Episode) -> tuple[Execution, ...]:
    """Return everything that was executed in an episode, in order."""
    logged = [Selection.model_validate(decision.details.model_dump()) for decision in episode.decisions]
    return tuple(execution for selection in logged for execution in selection.executions)


def meta_runs(executions: Sequence[Execution]) -> tuple[MetaRun, ...]:
    """Return the runs of meta-procedures among executions: each is recorded right after what it ran."""
    runs, ran = [], set[str]()
    for execution in executions:
        if execution.part_of:
            ran.add(execution.procedure)
            continue
        runs.append(MetaRun(meta=execution.procedure, success=execution.success, ran=frozenset(ran)))
        ran = set()
    return tuple(run for run in runs if run.ran)
