"""How a grounded task is understood while acting with a language model.

Memory says what is due (Ψ of its procedures) and what every demonstration kept to (conditions on arguments). The model
read the task, recognises what of a page is wished, chooses among the candidates that are left, and writes statements.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log

from macla.benchmarks.lexicon import Command, Looks, Surveying
from macla.methods.asking.ask import Asker
from macla.methods.asking.examples import Examples
from macla.methods.asking.given import Given
from macla.methods.asking.looks import left_open, shows
from macla.methods.cloning.argument_model import RankedCandidate
from macla.methods.cloning.bind import Open, fill
from macla.methods.cloning.grounded import Grounded
from macla.methods.cloning.segments import STATEMENT
from macla.methods.macla.acting.grounding import Recorder, Result
from macla.methods.macla.acting.roles import Binding
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.segment import Context


@dataclass(eq=False, kw_only=True)
class AskedGrounded(Grounded):
    """See :class:`macla.methods.macla.acting.grounding.Grounding`; what is not said otherwise here is as in cloning."""

    asker: Asker
    examples: Examples

    def __post_init__(self) -> None:
        super().__post_init__()
        procedures = self.memory.procedures.values()
        self._argument_kinds = {kind for known in procedures for slot in known.slots.values() for kind in slot.kinds}
        self._nameable = set(self.examples.kinds)
        self._asked: set[str] = set()
        """Wholes among whose parts the model was asked to choose."""
        self._at_once: list[str] = []
        """What looking at all things at once showed, a line a thing."""

    def facts(self) -> frozenset[str]:
        """Return the facts, once the model has recognised what of the page is wished."""
        belief = self.session.belief
        belief.derived.get(AskedGrounded.facts, self._recognise)
        return super().facts()

    def _recognise(self) -> bool:
        """Ask, of alternatives that came into sight, which one the task wishes; it is named from then on.

        Alternatives are the parts of a whole that is itself no argument of any command, such as the options of a
        group, where tasks name parts of that kind. It is not asked about what the task spells.
        """
        belief, things = self.session.belief, self.session.belief.things
        nameable, used = self._nameable, self._argument_kinds
        spelled = {name.lower() for name in belief.named}
        for whole in dict.fromkeys(things.whole[name] for name in things.sight if name in things.whole):
            if belief.types[whole] in used or whole in self._asked:
                continue
            parts = [name for name in things.sight if things.whole.get(name) == whole]
            wanted = {belief.types[name] for name in parts}
            if not wanted <= nameable & used:
                continue
            if read := [name for name in parts if name.lower() in spelled]:
                belief.named |= {name: belief.types[name] for name in read}
                continue
            self._asked.add(whole)
            chosen = self.asker.choose(f"look at {whole}", whole, {name: name for name in parts}, or_none=True)
            if chosen is not None:
                belief.named[chosen] = belief.types[chosen]
        return True

    def execute(self, procedure: Procedure, recorder: Recorder, part_of: str = "") -> Result | None:
        """Look at all things at once, where the interface can, in place of one; then nothing is left but the statement.

        See :class:`Grounded` for the rest.
        """
        if not isinstance(self.session.reader.lexicon, Surveying):
            return super().execute(procedure, recorder, part_of)
        verb, text = procedure.milestone.verb, self.contexts()[0]
        statements = [known for known in self.memory.procedures.values() if known.milestone == STATEMENT]
        if not statements or verb not in {look.verb for look in self._unseen()} or not self._survey():
            return super().execute(procedure, recorder, part_of)
        recorder.record(
            procedure.id, True, Context(text=text, facts=(), steps=(procedure.milestone,), after=()), part_of
        )
        return self._put_together(statements[0], recorder, part_of)

    def fill(self, procedure: Procedure) -> Binding:
        """Return entities for the slots: of what breaks the fewest conditions, what the model chooses."""
        return fill(procedure, self.session.belief, self.cloned, self.settings.arguments, self._choose).binding

    def _choose(self, wanted: Open, candidates: list[RankedCandidate]) -> RankedCandidate | None:
        """Return what the model chooses of the candidates that demonstrators would have chosen about as likely."""
        belief, settings = self.session.belief, self.asker.settings
        kept = [one for one in candidates if one.broken == candidates[0].broken]
        kept = [one for one in kept if one.name in belief.named] or kept
        likely = {one.name: one for one in kept if kept[0].score - one.score <= log(settings.odds)}
        shown = {name: belief.things.text.get(name, name) for name in list(likely)[: settings.longest]}
        if len(shown) == 1 or self.session.over:
            return kept[0]
        chosen = self.asker.choose(_filled_in(wanted.verb, wanted.bound), str(wanted.slot), shown)
        return likely[chosen] if chosen is not None else None

    def _put_together(self, procedure: Procedure, recorder: Recorder, part_of: str) -> Result:
        """Look at what was not looked at yet, then let the model write statements; those that agree are the answer."""
        session, context = self.session, self.contexts()[0]
        known = self._at_once or self._survey() or self._look()
        here = self.examples.here(session.task, session.belief.types.keys(), self.asker.settings.here, self.encoder)
        rejected, given = session.rejected, Given(self.asker.settings.agree, self.asker.gave_nothing)
        for action in self.asker.write(known, () if here else self.examples.answers, here):
            again = given.best is not None  # after another statement the best one has to be said again
            if not self._room(again):
                break
            if given.new(action):
                given.add(action, self._feedback(action))
            else:
                given.repeat(action)
            if given.settled:
                break
        best = given.best
        if best is not None and best != given.last and self._room():
            session.say(best)
        achieved = best is not None
        recorder.record(procedure.id, achieved, Context(text=context, facts=(), steps=(STATEMENT,), after=()), part_of)
        return Result(achieved, achieved and session.rejected == rejected)

    def _room(self, more: int = 0) -> bool:
        """Whether there is a step for a statement, ``more`` after it, and what ends the episode."""
        left = self.session.horizon - len(self.session.steps)
        return not self.session.over and left > self.settings.statements.spare + more

    def _survey(self) -> list[str]:
        """Look at all things at once where the interface can, then at examples, while there are steps to spare.

        Returns what is known, a line a thing, the same for all tasks of one place; nothing where the interface has no
        such action or memory knows of nothing to look at.
        """
        lexicon, belief = self.session.reader.lexicon, self.session.belief
        unseen = list(self._unseen())
        kinds = {belief.types[look.arguments[0]] for look in unseen}
        left = sorted(name for kind in kinds for name in belief.of_type(kind))
        if not (left and isinstance(lexicon, Surveying) and self.asker.settings.looks):
            return []
        found: dict[str, str] = {}
        while left and (feedback := self._spare_say(lexicon.survey(left))) is not None:
            shown = lexicon.surveyed(feedback)
            if not shown.keys() & set(left):
                break
            found |= shown
            left = [name for name in left if name not in shown]
        if not found:
            return []
        for verb in dict.fromkeys(look.verb for look in unseen):
            belief.saw_at_once(verb, [*found, *left])
        known = [f"{name}: {parts}" for name, parts in found.items()] + [f"{name}: not looked at" for name in left]
        self._at_once = known + self._shown_examples(shows(self.session, found))
        return self._at_once

    def _shown_examples(self, looks: Mapping[str, Looks]) -> list[str]:
        """Look at examples of what things hold, while there are steps to spare; return them, a line a thing."""
        lines = list[str]()
        for name, look in looks.items():
            if look.examples and (shown := self._spare_say(look.examples)) is not None:
                lines.append(f"{name} holds, for example: {shown}")
        return lines

    def _look(self) -> list[str]:
        """Look at what the task needs, while there are steps to spare; return what is known, a line a thing.

        First at the things that the model chooses, then at what was cut off of them, at the others, at examples.
        """
        self._look_where_asked()
        looks = left_open(self.session) if self.asker.settings.looks else {}
        for rest in filter(None, (look.rest for look in looks.values())):
            self._spare_say(rest)
        self._look_around()
        return self._known() + self._shown_examples(looks)

    def _look_where_asked(self) -> None:
        """Look at the things that the model chooses, one by one; at all where they are few enough."""
        belief, most = self.session.belief, self.asker.settings.looked_at
        while unseen := list(self._unseen()):
            verb, kind = unseen[0].verb, belief.types[unseen[0].arguments[0]]
            seen = sum(verb in belief.explored.get(name, ()) for name in belief.of_type(kind))
            names = [look.arguments[0] for look in unseen if look.verb == verb]
            if seen >= most or not self._spare():
                return
            chosen: str | None = names[0]
            if seen + len(names) > most:
                shown = {name: name for name in sorted(names)}
                chosen = self.asker.choose(_filled_in(verb, {}), kind, shown, or_none=seen > 0)
            if chosen is None:
                return
            self.session.perform(Command(verb, (chosen,)))

    def _spare(self) -> bool:
        """Whether there are steps for more than statements."""
        return self.session.horizon - len(self.session.steps) > self.asker.settings.reserve

    def _spare_say(self, action: str) -> str | None:
        """Execute an action where that leaves steps enough for statements; see ``_feedback``."""
        return self._feedback(action) if self._spare() else None

    def _feedback(self, action: str) -> str | None:
        """Execute an action, whether or not the adapter can take it apart; return its feedback, None when rejected."""
        self.session.say(action)
        feedback = self.session.belief.last_observation
        return None if self.session.reader.read(feedback).rejected else feedback

    def _known(self) -> list[str]:
        """Return what was looked up, by what revealed it, in the same order for all tasks.

        For example ``singer: name (text column), age (number column)``.
        """
        belief, found = self.session.belief, dict[str, list[str]]()
        for name, kind in belief.types.items():
            for by in sorted(belief.things.revealers.get(name, ())):
                found.setdefault(by, []).append(f"{name.removeprefix(by + '.')} ({kind})")
        return [f"{by}: {', '.join(names)}" for by, names in sorted(found.items()) if by in belief.types]


def _filled_in(verb: str, bound: Mapping[int, str]) -> str:
    """Return a command as far as it is filled: ``fly from Lyon to …``."""
    pieces = verb.split("{}")
    return "".join(piece + (bound.get(n, "…") if n < len(pieces) - 1 else "") for n, piece in enumerate(pieces))
