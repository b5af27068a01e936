"""How a grounded task is understood while acting: by the precondition tree, the argument model and the invariants."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from macla.benchmarks.lexicon import Command
from macla.encoder import Encoder
from macla.methods.cloning import facts
from macla.methods.cloning.bind import Filled, fill
from macla.methods.cloning.segments import STATEMENT
from macla.methods.cloning.settings import CloningConstants
from macla.methods.cloning.state import Cloned
from macla.methods.cloning.statements.search import Scored, StatementSearch
from macla.methods.macla.acting.grounding import Lifted, Recorder, Result
from macla.methods.macla.acting.roles import Binding
from macla.methods.macla.equations.beta import Prior
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.segment import Context


@dataclass(eq=False, kw_only=True)
class Grounded(Lifted):
    """See :class:`macla.methods.macla.acting.grounding.Grounding`; what is not said otherwise here is as there."""

    settings: CloningConstants
    encoder: Encoder
    prior: Prior

    def __post_init__(self) -> None:
        self.cloned = self.memory.extension(Cloned)

    def goal(self) -> str:
        """Return which kinds of things the task names."""
        return facts.outline(self.session.belief)

    def facts(self) -> frozenset[str]:
        """Return what was done last, what is stated, what the task names and what of it is still open."""
        return facts.facts(self.session.belief, self.settings.tree)

    def contexts(self) -> tuple[str, ...]:
        """Return the task in two ways: as it is understood by now, and in outline."""
        belief = self.session.belief
        return facts.goal(belief, self.settings.tree), facts.outline(belief)

    def state(self, context: str) -> Hashable:
        """Return the facts and what was refused: another candidate may do, and the context does not tell."""
        return self.facts(), frozenset(self.session.belief.refused)

    def bind(self, procedure: Procedure) -> Binding:
        """Return the entities that the argument model prefers."""
        return self._fill(procedure).binding

    def applicable(self, procedure: Procedure) -> bool:
        """Whether Ψ holds and the best candidates break no condition; what no demonstration puts off is due before."""
        if procedure.part:
            return False
        if due := self.cloned.invariants.due(self.session.belief, len(self.session.steps)):
            return procedure.milestone in due and self._filled(procedure) is not None
        if any(slot.of_task and self.roles.kind(slot) is None for slot in procedure.slots):
            return False
        if not self.all_hold(procedure.needed, self.roles.bound):
            return False
        if procedure.path:
            filled = self._filled(procedure)
            if filled is None or filled.broken:
                return False
        return not procedure.learned or self.all_hold(procedure.learned, self.bind(procedure))

    def nearest(self, procedures: Iterable[Procedure]) -> frozenset[str]:
        """Return the procedures with the least shortfall.

        Filling slots is what takes time, so the situation is asked first, and who misses more than the best is left.
        """
        missing = sorted((self._missing(known), known.id, known) for known in procedures if known.path)
        least: tuple[int, ...] | None = None
        found: list[str] = []
        for missed, name, procedure in missing:
            if least is not None and missed > least[0]:
                break
            short = self.shortfall(procedure)
            if short is None:
                continue
            if least is None or short < least:
                least, found = short, [name]
            elif short == least:
                found.append(name)
        return frozenset(found)

    def shortfall(self, procedure: Procedure) -> tuple[int, ...] | None:
        """Return (conditions of Ψ that do not hold and refusals of its command just now, conditions broken).

        The situation comes first, for it says what is to be done. None where Ψ is no path of the tree, or a slot has
        no candidate.
        """
        filled = self._filled(procedure) if procedure.path else None
        if filled is None:
            return None
        failing = sum(not self.all_hold((condition,), filled.binding) for condition in procedure.learned)
        return self._missing(procedure) + failing, filled.broken

    def _missing(self, procedure: Procedure) -> int:
        """Return how many conditions of the situation do not hold, and how often its command was refused just now."""
        refused = sum(command.verb == procedure.milestone.verb for command in self.session.belief.refused)
        return refused + sum(not self.all_hold((condition,), self.roles.bound) for condition in procedure.needed)

    def execute(self, procedure: Procedure, recorder: Recorder, part_of: str = "") -> Result | None:
        """Put a statement together where that is the procedure's milestone."""
        return self._put_together(procedure, recorder, part_of) if procedure.milestone == STATEMENT else None

    def _fill(self, procedure: Procedure) -> Filled:
        return fill(procedure, self.session.belief, self.cloned, self.settings.arguments)

    def _filled(self, procedure: Procedure) -> Filled | None:
        """Return how all slots of a procedure are filled; None where one has no candidate."""
        filled = self._fill(procedure)
        return filled if len(filled.binding) == len(procedure.slots) else None

    def _put_together(self, procedure: Procedure, recorder: Recorder, part_of: str) -> Result:
        """Look at what was not looked at yet, then try the likeliest statements until one shows something.

        The parts of the statement that came last are recorded as executed, whatever came of it.
        """
        session, context = self.session, self.contexts()[0]
        self._look_around()
        rejected, tried, success = session.rejected, 0, False
        for candidate in self._statements():
            command = session.reader.whole(candidate.parts)
            if command in session.belief.refused:
                continue
            accepted = session.perform(command)
            tried += 1
            success = accepted and bool(session.belief.things.sight)
            for part in candidate.procedures:
                part_context = Context(text=context, facts=(), steps=(STATEMENT,), after=())
                recorder.record(part.id, success, part_context, procedure.id)
            if success or session.over or session.horizon - len(session.steps) <= self.settings.statements.spare:
                break
        achieved = tried > 0 and success
        whole = Context(text=context, facts=(), steps=(STATEMENT,) * bool(tried), after=())
        recorder.record(procedure.id, achieved, whole, part_of)
        return Result(achieved, achieved and session.rejected == rejected)

    def _statements(self) -> list[Scored]:
        if self.session.over:
            return []
        search = StatementSearch(
            self.memory, self.session.belief, encoder=self.encoder, settings=self.settings, prior=self.prior
        )
        return search.statements()

    def _look_around(self) -> None:
        """Execute what reveals things on whatever it was not executed on, while there are steps to spare.

        What a statement is put together from can only be compared once it was seen.
        """
        for look in self._unseen():
            if not self._spare():
                return
            self.session.perform(look)

    def _spare(self) -> bool:
        """Whether there are steps for more than statements."""
        return self.session.horizon - len(self.session.steps) > self.settings.statements.reserve

    def _unseen(self) -> Iterator[Command]:
        """Yield what reveals things, on whatever it was not executed on: of one kind of thing the best one first."""
        belief = self.session.belief
        by_support = sorted(self.memory.procedures.values(), key=lambda known: (-known.support, known.id))
        for procedure in by_support:
            if procedure.part or len(procedure.milestone.slots) != 1 or len(procedure.plan) != 1:
                continue
            verb, kinds = procedure.milestone.verb, procedure.slots[procedure.milestone.slots[0]].kinds
            for kind in sorted(kinds):
                ranked = self.cloned.arguments.ranked(belief, self.settings.arguments, verb, 0, kind, {})
                for name in [one.name for one in ranked if verb not in belief.explored.get(one.name, ())]:
                    yield Command(verb, (name,))
