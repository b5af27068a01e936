"""Learn how commands are put together: which parts go with which wording, and what fills them.

Only the last such command of a successful demonstration teaches: what was tried before it was no answer.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from string import ascii_lowercase

from macla.benchmarks.lexicon import Command
from macla.encoder import Encoder
from macla.methods import facts as situation
from macla.methods.belief import Belief, Reader
from macla.methods.cloning.fit_arguments import Choice, weighted
from macla.methods.cloning.precondition_tree import RARE, Decider
from macla.methods.cloning.segments import answer, first_answer, last_composed
from macla.methods.cloning.statements.fit_parts import wordings
from macla.methods.cloning.statements.lookups import Looks
from macla.methods.cloning.statements.partial import Blank, Draft, blank, candidates, head
from macla.methods.cloning.statements.wording import Cues, Wording
from macla.methods.macla.learning.trace import Trace
from macla.methods.macla.memory.events import Arranged, MemoryEvent, Preferred
from macla.methods.macla.memory.segment import COMPOSED, Segment, SegmentSlot, StepKey

NONE = ""
"""Stands for the part that a command does without."""


@dataclass
class Drafted:
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
class Drafts:
    """The answers of all successful demonstrations."""

    reader: Reader
    by_trace: dict[int, Drafted] = field(default_factory=dict)
    """Number of the trace → its answer."""
    tried: list[Drafted] = field(default_factory=list)
    """The last tries at tasks that no demonstration answered: their wording calls for such parts all the same."""
    kinds: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Place of an argument → the kinds of entity that filled it."""
    nameable: frozenset[str] = frozenset()
    """The kinds of entity that tasks name."""

    def events(self, encoder: Encoder) -> Iterator[MemoryEvent]:
        """Yield what memory keeps of wordings and of choices."""
        different = list(
            {(each.trace.trajectory.task_id, each.parts): each for each in self.by_trace.values()}.values()
        )
        if not different:
            return
        order = _order(different)
        yield Arranged(heads=tuple(order), nameable=tuple(sorted(self.nameable)))
        yield from _wordings([*different, *self.tried], order, encoder)
        yield from self._preferences(different)

    def segments(self, number: int, decides: Decider) -> list[tuple[Segment, dict[str, str]]]:
        """Return a segment, with the kinds of its slots, for each usable part of a trace's answer and the whole."""
        its = self.by_trace.get(number)
        if its is None:
            return []
        goal = situation.goal(its.belief)
        result = []
        for part, usable in zip(its.parts, its.usable, strict=True):
            if usable:
                slots = tuple(f"<{letter}>" for letter in ascii_lowercase[: len(part.arguments)])
                kinds = {slot: its.belief.types[name] for slot, name in zip(slots, part.arguments, strict=True)}
                segment = _segment(goal, StepKey(part.verb, slots), part=True)
                result.append((segment.model_copy(update={"slots": tuple(SegmentSlot(name=s) for s in slots)}), kinds))
        if first_answer(its.trace) is None:
            return result
        path = decides.path(its.trace.steps[its.step].general)
        whole = _segment(its.trace.outline, COMPOSED, part=False)
        return [*result, (whole.model_copy(update={"holding": path.holding, "lacking": path.lacking}), {})]

    def _preferences(self, different: Sequence[Drafted]) -> Iterator[Preferred]:
        places: dict[str, list[Choice]] = defaultdict(list)
        own: dict[tuple[str, int], list[Choice]] = defaultdict(list)
        for each in different:
            for choice in self._choices(each):
                places[blank(choice.verb, choice.position)].append(choice)
                own[choice.verb, choice.position].append(choice)
        yield from weighted(places, own)

    def _choices(self, its: Drafted) -> Iterator[Choice]:
        """Yield the choice behind every argument of usable parts: the chosen entity against all others."""
        draft = Draft()
        for part, usable in zip(its.parts, its.usable, strict=True):
            draft = draft.begin()
            for position, name in enumerate(part.arguments):
                where = blank(part.verb, position)
                if usable:
                    names = candidates(its.belief, self.kinds[where], self.nameable)
                    slate = Blank(its.wording, names)
                    rows = tuple(
                        slate.row(each, draft) for each in (name, *(other for other in names if other != name))
                    )
                    yield Choice(part.verb, position, "", rows)
                draft = draft.fill(where, name)
            draft = draft.end(part.verb)


def _segment(goal: str, milestone: StepKey, *, part: bool) -> Segment:
    return Segment(goal=goal, milestone=milestone, steps=(), before=(), at_milestone=(), after=(), slots=(), part=part)


def read_drafts(reader: Reader, traces: Sequence[Trace]) -> Drafts:
    """Return the answers of the successful ones among ``traces``."""
    drafts = Drafts(reader)
    if not reader.composes:
        return drafts
    looks = Looks(reader, traces)
    solved = {trace.trajectory.task_id for trace in traces if trace.trajectory.success}
    for number, trace in enumerate(traces):
        step = answer(trace) if trace.trajectory.task_id in solved else last_composed(trace)
        if step is None:
            continue
        belief = _before(reader, trace, step)
        wanted = [name for part in trace.steps[step].parts for name in part.arguments if name not in belief.types]
        looks.lend(belief, [*wanted, *belief.types])
        drafted = Drafted(trace, step, Wording(belief), trace.steps[step].parts)
        if trace.trajectory.success:
            drafts.by_trace[number] = drafted
        else:
            drafts.tried.append(drafted)
    drafts.nameable = frozenset(
        kind for text in {trace.trajectory.task for trace in traces} for _, kind in reader.read(text).types
    )
    constants = _constants(drafts)
    for its in drafts.tried:
        its.parts = tuple(_written_out(its.belief, part, constants, drafts.nameable)[0] for part in its.parts)
    for its in drafts.by_trace.values():
        parts = [_written_out(its.belief, part, constants, drafts.nameable) for part in its.parts]
        its.parts = tuple(part for part, _ in parts)
        its.usable = tuple(usable for _, usable in parts)
        for part, usable in parts:
            for position, name in enumerate(part.arguments):
                if usable:
                    drafts.kinds[blank(part.verb, position)].add(its.belief.types[name])
    return drafts


def _before(reader: Reader, trace: Trace, step: int) -> Belief:
    belief = Belief(reader, trace.trajectory.task)
    belief.start(trace.trajectory.first_observation)
    for each in trace.trajectory.steps[:step]:
        belief.update(each.action, each.observation)
    return belief


def _known(belief: Belief, name: str, nameable: Set[str]) -> bool:
    """Whether an argument is something seen; what is of a kind that tasks name has to be named by this one."""
    kind = belief.types.get(name)
    return kind is not None and (name in belief.named or kind not in nameable)


def _constants(drafts: Drafts) -> set[tuple[str, int, str]]:
    """Return the arguments that recur over tasks though none names them, where tasks name others: parts of the part."""
    tasks: dict[tuple[str, int, str], set[str]] = defaultdict(set)
    fillers: dict[str, Counter[str]] = defaultdict(Counter)
    for each in drafts.by_trace.values():
        for part in each.parts:
            for position, name in enumerate(part.arguments):
                if _known(each.belief, name, drafts.nameable):
                    fillers[blank(part.verb, position)][each.belief.types[name]] += 1
                else:
                    tasks[part.verb, position, name].add(each.trace.trajectory.task)
    return {
        (verb, position, name)
        for (verb, position, name), its in tasks.items()
        if len(its) >= RARE and set(fillers[blank(verb, position)]) <= drafts.nameable
    }


def _written_out(
    belief: Belief, part: Command, constants: Set[tuple[str, int, str]], nameable: Set[str]
) -> tuple[Command, bool]:
    """Return a part with its constants in its words, and whether all else is known."""
    spelled = {each.lower(): each for each in belief.named}
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


def _order(drafted: Sequence[Drafted]) -> list[str]:
    """Return the kinds of part in the order in which they usually stand."""
    before: Counter[str] = Counter()
    for each in drafted:
        heads = [head(part.verb) for part in each.parts]
        for index, first in enumerate(heads):
            for second in heads[index + 1 :]:
                before[f"{first}|{second}"] += 1
    names = sorted({head(part.verb) for each in drafted for part in each.parts})
    return sorted(
        names, key=lambda one: (sum(before[f"{other}|{one}"] > before[f"{one}|{other}"] for other in names), one)
    )


def _wordings(drafted: Sequence[Drafted], order: Sequence[str], encoder: Encoder) -> Iterator[MemoryEvent]:
    examples: dict[str, list[tuple[Cues, str]]] = defaultdict(list)
    for each in drafted:
        cues, draft = each.wording.cues(encoder), Draft()
        by_head = {head(part.verb): part for part in each.parts}
        for name in order:
            said = cues | dict.fromkeys(draft.said(each.wording), 1.0)
            examples[name].append((said, by_head[name].verb if name in by_head else NONE))
            if name in by_head:
                draft = draft.add(by_head[name])
    times = Counter(each.trace.trajectory.task_id for each in drafted)
    yield from wordings(examples, [1 / times[each.trace.trajectory.task_id] for each in drafted])
