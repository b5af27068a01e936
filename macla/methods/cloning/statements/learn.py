"""Learn how statements are put together: which parts go with which wording, and what fills them.

Only the last statement of a successful demonstration teaches: what was tried before it was no answer.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field

from macla.benchmarks.lexicon import Command
from macla.encoder import Encoder
from macla.methods.belief import Belief
from macla.methods.cloning import facts
from macla.methods.cloning.choices import Choice
from macla.methods.cloning.events import ArgumentsLearned, PartsOrdered
from macla.methods.cloning.fit_arguments import fit_parts_arguments
from macla.methods.cloning.precondition_tree import PreconditionTree
from macla.methods.cloning.segments import STATEMENT, answer, first_answer, last_statement
from macla.methods.cloning.settings import CloningConstants
from macla.methods.cloning.statements.fit_parts import fit_parts
from macla.methods.cloning.statements.lookups import Lookups
from macla.methods.cloning.statements.partial import Hole, PartialStatement, candidates, head, part_place
from macla.methods.cloning.statements.wording import Cues, Wording
from macla.methods.macla.learning.abstract import Abstracted
from macla.methods.macla.learning.trace import Trace
from macla.methods.macla.memory.events import MemoryEvent
from macla.methods.macla.memory.segment import Segment, SegmentSlot, StepKey
from macla.methods.macla.memory.slot import Slot
from macla.methods.reading import Reader

NONE = ""
"""Stands for the part that a command does without."""


@dataclass
class Answer:
    """The command that answered one task, taken apart."""

    trace: Trace
    step: int
    wording: Wording
    parts: tuple[Command, ...]
    """With the constants of the interface written out, where every argument is known otherwise …"""
    usable: tuple[bool, ...] = ()
    """… which is said here."""

    @property
    def belief(self) -> Belief:
        """What was believed right before the command."""
        return self.wording.belief


@dataclass
class Answers:
    """The answers of all successful demonstrations."""

    settings: CloningConstants
    by_trace: dict[int, Answer] = field(default_factory=dict)
    """Number of the trace → its answer."""
    tried: list[Answer] = field(default_factory=list)
    """The last tries at tasks that no demonstration answered: their wording calls for such parts all the same."""
    kinds: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Place of an argument → the kinds of entity that filled it."""
    nameable: frozenset[str] = frozenset()
    """The kinds of entity that tasks name."""

    def events(self, encoder: Encoder) -> Iterator[MemoryEvent]:
        """Yield what memory keeps of wordings and of choices."""
        different = list(
            {(answer.trace.trajectory.task_id, answer.parts): answer for answer in self.by_trace.values()}.values()
        )
        if not different:
            return
        order = _order(different)
        yield PartsOrdered(heads=tuple(order), nameable=tuple(sorted(self.nameable)))
        yield from _part_models([*different, *self.tried], order, encoder, self.settings)
        yield from self._arguments(different)

    def segments(self, number: int, tree: PreconditionTree) -> list[Abstracted]:
        """Return a segment for each usable part of a trace's answer, then one for the whole."""
        found = self.by_trace.get(number)
        if found is None:
            return []
        goal = facts.goal(found.belief, self.settings.tree)
        result = []
        for part, usable in zip(found.parts, found.usable, strict=True):
            if usable:
                slots = tuple(Slot(number=place) for place in range(len(part.arguments)))
                kinds = {slot: found.belief.types[name] for slot, name in zip(slots, part.arguments, strict=True)}
                named = tuple(SegmentSlot(name=slot) for slot in slots)
                segment = Segment(goal=goal, milestone=StepKey(part.verb, slots), slots=named, part=True)
                result.append(Abstracted(segment, kinds))
        if first_answer(found.trace) is None:
            return result
        path = tree.path(found.trace.steps[found.step].general)
        return [*result, Abstracted(Segment(goal=found.trace.goal, milestone=STATEMENT, path=path), {})]

    def _arguments(self, different: Sequence[Answer]) -> Iterator[ArgumentsLearned]:
        places: dict[str, list[Choice]] = defaultdict(list)
        own: dict[tuple[str, int], list[Choice]] = defaultdict(list)
        for found in different:
            for choice in self._choices(found):
                places[part_place(choice.verb, choice.position)].append(choice)
                own[choice.verb, choice.position].append(choice)
        yield from fit_parts_arguments(places, own, self.settings.arguments)

    def _choices(self, found: Answer) -> Iterator[Choice]:
        """Yield the choice behind every argument of usable parts: the chosen entity against all others."""
        partial = PartialStatement()
        for part, usable in zip(found.parts, found.usable, strict=True):
            partial = partial.begin()
            for position, name in enumerate(part.arguments):
                where = part_place(part.verb, position)
                if usable:
                    names = candidates(found.belief, self.kinds[where], self.nameable)
                    hole, others = Hole(found.wording, names), (other for other in names if other != name)
                    rows = tuple(hole.features(candidate, partial) for candidate in (name, *others))
                    yield Choice(part.verb, position, "", rows)
                partial = partial.fill(where, name)
            partial = partial.end(part.verb)


def read_answers(reader: Reader, traces: Sequence[Trace], settings: CloningConstants) -> Answers:
    """Return the answers of the successful ones among ``traces``."""
    answers = Answers(settings)
    if not reader.composes:
        return answers
    lookups = Lookups(reader, traces)
    solved = {trace.trajectory.task_id for trace in traces if trace.trajectory.success}
    for number, trace in enumerate(traces):
        step = answer(trace) if trace.trajectory.task_id in solved else last_statement(trace)
        if step is None:
            continue
        belief, parts = _before(reader, trace, step), trace.steps[step].notes.parts
        wanted = [name for part in parts for name in part.arguments if name not in belief.types]
        lookups.show(belief, [*wanted, *belief.types])
        found = Answer(trace, step, Wording(belief, settings), parts)
        if trace.trajectory.success:
            answers.by_trace[number] = found
        else:
            answers.tried.append(found)
    answers.nameable = frozenset(
        kind for text in {trace.trajectory.task for trace in traces} for _, kind in reader.read(text).types
    )
    _write_out(answers)
    return answers


def _write_out(answers: Answers) -> None:
    """Write the constants of the interface into the parts of all answers, and note which parts are usable."""
    constants = _constants(answers)
    for tried in answers.tried:
        tried.parts = tuple(_written_out(tried.belief, part, constants, answers.nameable)[0] for part in tried.parts)
    for found in answers.by_trace.values():
        parts = [_written_out(found.belief, part, constants, answers.nameable) for part in found.parts]
        found.parts = tuple(part for part, _ in parts)
        found.usable = tuple(usable for _, usable in parts)
        for part, usable in parts:
            for position, name in enumerate(part.arguments):
                if usable:
                    answers.kinds[part_place(part.verb, position)].add(found.belief.types[name])


def _before(reader: Reader, trace: Trace, step: int) -> Belief:
    belief = Belief(reader, trace.trajectory.task)
    belief.start(trace.trajectory.first_observation)
    for earlier in trace.trajectory.steps[:step]:
        belief.update(earlier.action, earlier.observation)
    return belief


def _known(belief: Belief, name: str, nameable: Set[str]) -> bool:
    """Whether an argument is something seen; what is of a kind that tasks name has to be named by this one."""
    kind = belief.types.get(name)
    return kind is not None and (name in belief.named or kind not in nameable)


def _constants(answers: Answers) -> set[tuple[str, int, str]]:
    """Return the arguments that recur over tasks though none names them, where tasks name others: parts of the part."""
    tasks: dict[tuple[str, int, str], set[str]] = defaultdict(set)
    fillers: dict[str, Counter[str]] = defaultdict(Counter)
    for found in answers.by_trace.values():
        for part in found.parts:
            for position, name in enumerate(part.arguments):
                if _known(found.belief, name, answers.nameable):
                    fillers[part_place(part.verb, position)][found.belief.types[name]] += 1
                else:
                    tasks[part.verb, position, name].add(found.trace.trajectory.task)
    return {
        (verb, position, name)
        for (verb, position, name), having in tasks.items()
        if len(having) >= answers.settings.tree.rare and set(fillers[part_place(verb, position)]) <= answers.nameable
    }


def _written_out(
    belief: Belief, part: Command, constants: Set[tuple[str, int, str]], nameable: Set[str]
) -> tuple[Command, bool]:
    """Return a part with its constants in its words, and whether all else is known."""
    spelled = {named.lower(): named for named in belief.named}
    pieces, verb, arguments, usable = part.verb.split("{}"), "", [], True
    for position, name in enumerate(part.arguments):
        verb += pieces[position]
        name = spelled.get(name.lower(), name)
        known = _known(belief, name, nameable)
        if not known and (part.verb, position, name) in constants:
            verb += name
            continue
        verb += "{}"
        arguments.append(name)
        usable = usable and known
    return Command(verb + pieces[-1], tuple(arguments)), usable


def _order(answers: Sequence[Answer]) -> list[str]:
    """Return the kinds of part in the order in which they usually stand."""
    before: Counter[tuple[str, str]] = Counter()
    for found in answers:
        heads = [head(part.verb) for part in found.parts]
        for index, first in enumerate(heads):
            for second in heads[index + 1 :]:
                before[first, second] += 1
    names = sorted({head(part.verb) for found in answers for part in found.parts})
    return sorted(names, key=lambda one: (sum(before[other, one] > before[one, other] for other in names), one))


def _part_models(
    answers: Sequence[Answer], order: Sequence[str], encoder: Encoder, settings: CloningConstants
) -> Iterator[MemoryEvent]:
    """Yield what memory keeps of which parts go with which wordings; the answers of one task count as one."""
    examples: dict[str, list[tuple[Cues, str]]] = defaultdict(list)
    for found in answers:
        cues, partial = found.wording.cues(encoder), PartialStatement()
        by_head = {head(part.verb): part for part in found.parts}
        for name in order:
            said = cues | dict.fromkeys(partial.said(found.wording), 1.0)
            examples[name].append((said, by_head[name].verb if name in by_head else NONE))
            if name in by_head:
                partial = partial.add(by_head[name])
    times = Counter(found.trace.trajectory.task_id for found in answers)
    shares = [1 / times[found.trace.trajectory.task_id] for found in answers]
    yield from fit_parts(examples, shares, settings.statements)
