"""The situation of a grounded task, as facts: what was done last, what is said, what is left open.

Where tasks name only kinds of things, which the agent must find, the facts about the entities in the task's roles say
how far it is. Where they name the things themselves, those facts say little, and these take their place. Examples::

    last: open <room>        task has 2 city        in sight: hotel        used 3 hotel or more
    stated: no room is left  task city is lyon      open: hotel            as many day as the task's 3
"""

import re
from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from macla.benchmarks.lexicon import Command
from macla.methods.belief import Belief
from macla.methods.cloning.settings import PreconditionTreeSettings
from macla.methods.words import read_number, words

NOTHING = "last: nothing"
"""The fact that no command was accepted yet."""
T = TypeVar("T")


def _kept(
    compute: Callable[[Belief, PreconditionTreeSettings], T],
) -> Callable[[Belief, PreconditionTreeSettings], T]:
    """Compute once as long as the belief stays as it is: every procedure's Ψ asks for the same facts."""

    @wraps(compute)
    def kept(belief: Belief, settings: PreconditionTreeSettings) -> T:
        return belief.derived.get(compute, lambda: compute(belief, settings))

    return kept


@_kept
def facts(belief: Belief, settings: PreconditionTreeSettings) -> frozenset[str]:
    """Return the facts about the situation as a whole."""
    last = f"last: {abstract(belief, belief.last_command)}" if belief.last_command else NOTHING
    refused = {"refused"} if belief.refused else set()
    longest = settings.longest_statement
    stated = {f"stated: {pattern}" for pattern in belief.patterns if len(pattern) <= longest}
    return frozenset({last, *refused, *stated, *_of_task(belief, longest), *_in_sight(belief), *_used(belief)})


def abstract(belief: Belief, command: Command) -> str:
    """Return a command with the kinds of its arguments in their places; of one put together, how it begins."""
    if belief.reader.parts(command):
        return f"{command.verb.split()[0]} …"
    pieces = command.verb.split("{}")
    kinds = [f"<{belief.types.get(name, 'new')}>" for name in command.arguments]
    return "".join(piece + kind for piece, kind in zip(pieces, [*kinds, ""], strict=True))


def _of_task(belief: Belief, longest: int) -> set[str]:
    """Return which kinds the task names how often, and what it names of each."""
    counts = Counter(belief.named.values())
    return {f"task has {n} {kind}" for kind, n in counts.items()} | {
        f"task {kind} is {name.lower()}" for name, kind in belief.named.items() if len(name) <= longest
    }


def _in_sight(belief: Belief) -> set[str]:
    """Return which kinds are in sight, and of which kinds something in sight is named by the task and unused."""
    kinds = {belief.types[name] for name in belief.things.sight}
    task = words(belief.task)
    worded = {
        kind
        for name, kind in belief.types.items()
        if (own := words(name)) and own <= task and name not in belief.named and name not in belief.explored
    }
    return (
        {f"in sight: {kind}" for kind in kinds}
        | {f"open: {belief.types[name]}" for name in pending(belief)}
        | {f"of which the task names nothing: {belief.types[whole]}" for whole in _unnamed(belief)}
        | {f"named but not in sight: {kind}" for name, kind in belief.named.items() if name not in belief.things.sight}
        | {f"in the task's words: {kind}" for kind in worded}
    )


def _used(belief: Belief) -> set[str]:
    """Return how many different entities of each kind were used at least, and what as often as the task has it.

    What holds of many holds of still more, so that thresholds reach beyond what demonstrations used.
    """
    used = {name for command in belief.things.used for name in command.arguments}
    counts = Counter(belief.types[name] for name in used if name in belief.types)
    commands = Counter(abstract(belief, command) for command in belief.things.used)
    numbers = _task_numbers(belief)
    reached = {
        f"as many {what} as the task's {number}"
        for what, n in (*counts.items(), *commands.items())
        for number in numbers.get(n, ())
    }
    return {f"used {k} {kind} or more" for kind, n in counts.items() for k in range(1, n + 1)} | reached


def _task_numbers(belief: Belief) -> dict[int, list[str]]:
    """Return {number: kinds} of the whole numbers that the task names, one of a kind."""
    kinds = Counter(belief.named.values())
    found: dict[int, list[str]] = {}
    for name, kind in belief.named.items():
        number = read_number(name)
        if kinds[kind] == 1 and number is not None and number.is_integer():
            found.setdefault(int(number), []).append(kind)
    return found


def pending(belief: Belief) -> list[str]:
    """Return what is in sight and named by the task, in order, of kinds of which nothing in sight was used yet.

    Of the parts of a whole, those count of whose whole nothing was used since it came into sight.
    """
    things = belief.things
    used = {belief.types[name] for name in things.sight if name in belief.explored and name not in things.whole}

    def settled(name: str) -> bool:
        return things.whole[name] in things.settled if name in things.whole else belief.types[name] in used

    return [name for name in things.sight if name in belief.named and not settled(name)]


def _unnamed(belief: Belief) -> set[str]:
    """Return the wholes in sight of whose parts the task names none."""
    whole = belief.things.whole
    return {*whole.values()} - {whole[name] for name in whole if name in belief.named}


def outline(belief: Belief) -> str:
    """Return which kinds of things the task names: G of a procedure that any task of its sort needs."""
    counts = Counter(belief.named.values())
    if not counts:
        return "names nothing"
    return "names " + ", ".join(f"{n} {kind}" for kind, n in sorted(counts.items()))


@_kept
def goal(belief: Belief, settings: PreconditionTreeSettings) -> str:
    """Return the instruction with everything known in it cut out: G of one task in particular.

    Cut out, each as its kind, are the entities that the task names and the words that name something seen since.
    """
    text = belief.task
    for name, kind in sorted(belief.named.items(), key=lambda item: (-len(item[0]), item[0])):
        text = re.sub(rf"(?<![\w<]){re.escape(name)}(?![\w>])", f"<{kind}>", text, flags=re.IGNORECASE)
    known: dict[str, str] = {}
    task = frozenset(word for word in words(text) if not word.isdigit())
    for name, kind in belief.types.items():
        own = words(name)
        if not task.isdisjoint(own) and name not in belief.named and len(own) <= settings.longest_name:
            known.update((word, kind) for word in own & task if word not in known)

    def cut(match: re.Match[str]) -> str:
        found = words(match.group())
        word = next(iter(found)) if len(found) == 1 else ""  # a joined name has several
        return f"<{known[word]}>" if word in known else match.group()

    return re.sub(r"(?<![\w<])[A-Za-z]+(?![\w>])", cut, text)
