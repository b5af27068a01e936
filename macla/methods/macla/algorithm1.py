"""Algorithm 1: observe, retrieve, rank, execute or fall back, until the episode ends. One page, in the paper's order.

What it leaves behind (credit, refinement, composition, pruning: l.18-27) is folded in after the episode, by
:mod:`macla.methods.macla.learning.practice`, so that the number of workers changes nothing.
"""

from collections.abc import Callable, Hashable, Sequence

from macla.methods.base import Tools
from macla.methods.instruction import ParsedTask
from macla.methods.macla.acting.control import run_meta
from macla.methods.macla.acting.execute import Executor
from macla.methods.macla.acting.grounding import Grounding, Lifted
from macla.methods.macla.acting.put_back import put_back
from macla.methods.macla.acting.read_task import read_task
from macla.methods.macla.acting.reread import read_otherwise
from macla.methods.macla.acting.roles import Roles
from macla.methods.macla.acting.select import Candidate, Selector, selection
from macla.methods.macla.handover import HandOver
from macla.methods.macla.memory.meta import MetaProcedure
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.skill import Skill
from macla.methods.none import ModelAlone
from macla.methods.session import Decision, Session
from macla.seeding import python_rng


class Algorithm1:
    """One episode of a frozen model with a procedural memory."""

    def __init__(self, selector: Selector, tools: Tools, handover: HandOver | None, *, explore: bool = False) -> None:
        self.selector = selector
        self.tools = tools
        self.handover = handover
        self.explore = explore
        """Whether arguments are drawn by the odds of the candidates, instead of the best."""
        self.departures = selector.settings.departures
        self.fallback = ModelAlone(tools.model, tools.interface)
        self.readings: list[ParsedTask] = []
        """How the instruction was read, the last reading the one that is acted upon."""
        self.tabu: dict[str, Hashable] = {}
        """Skill → the state in which it came to nothing: chosen again in that state, it would be for ever."""

    def begin(self, session: Session) -> None:
        """Read the instruction and choose, once, how the task is grounded."""
        if self.explore:
            session.belief.dice = python_rng(session.seed, "explore")
        memory, tools = self.selector.memory, self.tools
        taken_by = self.handover if self.handover is not None and self.handover.acts_on(session, memory) else None
        task = taken_by.read(session, memory, tools) if taken_by is not None else read_task(session, memory, tools)
        if task is not None:
            self._take_up(session, task, taken_by)

    def _take_up(self, session: Session, task: ParsedTask, taken_by: HandOver | None = None) -> None:
        """Act from now on upon an instruction as it was read; what was seen and done so far stays known."""
        memory, roles = self.selector.memory, Roles(task)
        self.readings.append(task)
        if taken_by is not None:
            self.grounding: Grounding = taken_by.grounding(session, roles, self.selector, self.tools)
        else:
            self.grounding = Lifted(session, roles, memory)
        session.goal = self.grounding.goal()
        self.executor = Executor(session, roles, memory, model=self.tools.model, grounding=self.grounding)

    def act(self, session: Session) -> Decision:
        """Take one turn: the best skill if it is worth it (l.3-7), else one step of the model."""
        contexts = self.grounding.contexts()
        state = self.grounding.state(contexts[0])
        ranked = self._ranked(contexts, state)
        lost = not ranked or not self.selector.confident(ranked[0]) or not self._may_run(ranked[0].skill)
        if (lost or self._strange(ranked)) and (other := self._other_reading(session)) is not None:
            return self._go_on(session, other) or self.act(session)
        if lost:
            self.tabu.clear()
            decision = self.fallback.act(session)
            return decision.model_copy(update={"context": contexts[0], "details": selection(None, ranked, ())})
        best, before = ranked[0], len(session.steps)
        self.executor.executions = []
        if isinstance(best.skill, MetaProcedure):
            result = run_meta(self.executor, best.skill)
        else:
            result = self.executor.run(_procedure(best.skill))
        if not result.achieved or len(session.steps) == before:
            self._came_to_nothing(best.skill, state, session, performed=len(session.steps) > before)
        return Decision(
            step=before,
            kind="meta" if isinstance(best.skill, MetaProcedure) else "skill",
            chosen=best.skill.id,
            steps=len(session.steps) - before,
            success=result.success,
            context=contexts[0],
            details=selection(best, ranked, self.executor.executions),
        )

    def _ranked(self, contexts: tuple[str, ...], state: Hashable) -> list[Candidate]:
        """Return the applicable skills, highest expected utility first; else those that come nearest to being so.

        Algorithm 1 ranks the nearest of all and checks Ψ of the best alone (``departures.psi_first=false``).
        """

        def free(skill: Skill) -> bool:
            part = isinstance(skill, Procedure) and skill.part
            return not part and self.tabu.get(skill.id) != state

        if not self.departures.psi_first:
            return self.selector.rank(contexts, free)
        ranked = self.selector.rank(contexts, lambda skill: free(skill) and self._applicable(skill))
        return ranked or self.selector.rank(contexts, self._nearest(state))

    def _strange(self, ranked: Sequence[Candidate]) -> bool:
        """Whether no demonstration of such a goal was ever in this situation: by then it had been achieved."""
        return max(one.relevance for one in ranked) < self.selector.settings.reading.familiar

    def _other_reading(self, session: Session) -> ParsedTask | None:
        """Return another reading of the instruction, where one is left (``reading.again``)."""
        return read_otherwise(session, self.selector.memory, self.tools, self.readings)

    def _go_on(self, session: Session, other: ParsedTask) -> Decision | None:
        """Take up another reading; return what was done with things that it has no use for, if anything was."""
        before = self.executor.roles
        self.tabu.clear()
        self._take_up(session, other)
        self._hand_on(before)
        roles = self.executor.roles.bound.values()
        useless = [thing for thing in before.bound.values() if thing not in roles]
        return put_back(session, self.selector.memory, self.tools, useless)

    def _hand_on(self, before: Roles) -> None:
        """Let things keep the roles that they had under the last reading, if demonstrations of this goal went on so."""
        roles = self.executor.roles
        roles.bound |= {slot: name for slot, name in before.bound.items() if roles.kind(slot) == before.kind(slot)}
        if not roles.bound:
            return
        contexts = self.grounding.contexts()
        ranked = self._ranked(contexts, self.grounding.state(contexts[0]))
        if not ranked or self._strange(ranked):
            roles.bound.clear()

    def _applicable(self, skill: Skill) -> bool:
        """Whether Ψ holds; of a meta-procedure its first procedure's as well."""
        if isinstance(skill, MetaProcedure):
            first = self.selector.memory.procedures[skill.children[0]]
            return self.executor.holds(skill.preconditions) and self.grounding.applicable(first)
        return self.grounding.applicable(_procedure(skill))

    def _may_run(self, skill: Skill) -> bool:
        """Whether the best skill runs (l.8-13): a meta-procedure under Θ, a procedure if Ψ holds.

        Where Ψ filtered the candidates it does already, or comes as near to it as any.
        """
        return self.departures.psi_first or isinstance(skill, MetaProcedure) or self._applicable(skill)

    def _came_to_nothing(self, skill: Skill, state: Hashable, session: Session, *, performed: bool) -> None:
        """See to it that the episode ends although a skill changed nothing: it is tabu here, or its turn costs a step.

        A step is lost as for a reply of the model that cannot be used (``departures.tabu=false``; Algorithm 1 would
        choose the same skill for ever, for its t grows by 1 a procedure whatever that did). The procedure at which a
        meta-procedure gave up is tabu where it left things.
        """
        if self.departures.tabu:
            self.tabu[skill.id] = state
            ran = [execution for execution in self.executor.executions if execution.part_of == skill.id]
            if ran and not ran[-1].success:
                self.tabu[ran[-1].procedure] = self.grounding.state(self.grounding.contexts()[0])
        elif not performed and not session.over:
            session.lose_step()

    def _nearest(self, state: Hashable) -> Callable[[Skill], bool]:
        """Return which procedures fall short of being applicable by the least, where the grounding can say so.

        A situation that no demonstration showed fits no Ψ exactly; what is done in the most similar one is a better
        guess than a step of a model that knows nothing of the interface, unless the gate says otherwise (Default).
        """
        procedures = self.selector.memory.procedures.values()
        nearest = self.grounding.nearest(known for known in procedures if self.tabu.get(known.id) != state)
        return lambda skill: skill.id in nearest


def _procedure(skill: Skill) -> Procedure:
    assert isinstance(skill, Procedure)
    return skill
