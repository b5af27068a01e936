"""The situation of a task that names things outright, as facts: what was done last, what is said, what is left open.

Where tasks name only kinds of things, which the agent must find, the facts about the entities in the task's roles say
how far it is. Where they name the things themselves, those facts say little, and these take their place.
"""

import re
from collections import Counter
from functools import lru_cache

from macla.belief import Belief
from macla.lexicon import Command

NOTHING = "last: nothing"
"""The fact that no command was accepted yet."""
LONGEST = 100
"""Characters of a statement: a longer pattern is content, not a statement (Default)."""
LONGEST_NAME = 4
"""Words of a name that may be recognised word by word in an instruction (Default)."""
_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?")


def facts(belief: Belief) -> frozenset[str]:
    """Return the facts about the situation as a whole: what was said and, where the task names things, the rest."""
    said = belief.about(None)
    if not belief.outright:
        return said
    last = f"last: {abstract(belief, belief.last_command)}" if belief.last_command else NOTHING
    refused = {"refused"} if belief.refused else set()
    stated = {f"stated: {pattern}" for pattern in belief.patterns if len(pattern) <= LONGEST}
    return frozenset({last, *refused, *stated, *_of_task(belief), *_in_sight(belief), *_used(belief)})


def abstract(belief: Belief, command: Command) -> str:
    """Return a command with the kinds of its arguments in their places; of one put together, how it begins."""
    if belief.reader.parts(command):
        return f"{command.verb.split()[0]} …"
    pieces = command.verb.split("{}")
    kinds = [f"<{belief.types.get(name, 'new')}>" for name in command.arguments]
    return "".join(piece + kind for piece, kind in zip(pieces, [*kinds, ""], strict=True))


def _of_task(belief: Belief) -> set[str]:
    """Return which kinds the task names how often, and what it names of each."""
    counts = Counter(belief.named.values())
    return {f"task has {n} {kind}" for kind, n in counts.items()} | {
        f"task {kind} is {name.lower()}" for name, kind in belief.named.items() if len(name) <= LONGEST
    }


def _in_sight(belief: Belief) -> set[str]:
    """Return which kinds are in sight, and of which kinds something in sight is named by the task and unused."""
    kinds = {belief.types[name] for name in belief.things.sight}
    task = words(belief.task)
    worded = {
        kind
        for name, kind in belief.types.items()
        if name not in belief.named and name not in belief.explored and (its := words(name)) and its <= task
    }
    return (
        {f"in sight: {kind}" for kind in kinds}
        | {f"open: {belief.types[name]}" for name in pending(belief)}
        | {f"in the task's words: {kind}" for kind in worded}
    )


def _used(belief: Belief) -> set[str]:
    """Return how many different entities of each kind, and how many by each command, were used."""
    used = {name for command in belief.things.used for name in command.arguments}
    counts = Counter(belief.types[name] for name in used if name in belief.types)
    return {f"used {n} {kind}" for kind, n in counts.items()}


def pending(belief: Belief) -> list[str]:
    """Return what is in sight and named by the task, in order, of kinds of which nothing in sight was used yet."""
    used = {belief.types[name] for name in belief.things.sight if name in belief.explored}
    return [name for name in belief.things.sight if name in belief.named and belief.types[name] not in used]


def outline(belief: Belief) -> str:
    """Return which kinds of things the task names: G of a procedure that any task of its sort needs."""
    counts = Counter(belief.named.values())
    return "names " + (", ".join(f"{n} {kind}" for kind, n in sorted(counts.items())) or "nothing")


def goal(belief: Belief) -> str:
    """Return the instruction with everything known in it cut out: G of a task that names things outright.

    Cut out, each as its kind, are the entities that the task names and the words that name something seen since.
    """
    text = belief.task
    for name, kind in sorted(belief.named.items(), key=lambda item: (-len(item[0]), item[0])):
        text = re.sub(rf"(?<![\w<]){re.escape(name)}(?![\w>])", f"<{kind}>", text, flags=re.IGNORECASE)
    known: dict[str, str] = {}
    for name, kind in belief.types.items():
        its = words(name)
        if name not in belief.named and len(its) <= LONGEST_NAME:
            known.update((word, kind) for word in its if not word.isdigit() and word not in known)

    def cut(match: re.Match[str]) -> str:
        (word,) = words(match.group()) or ("",)
        return f"<{known[word]}>" if word in known else match.group()

    return re.sub(r"(?<![\w<])[A-Za-z]+(?![\w>])", cut, text)


@lru_cache(maxsize=65536)
def words(text: str) -> frozenset[str]:
    """Return the words of a text or name in lower case, without a plural's s; parts of joined names count apart."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", text).lower()
    return frozenset(map(singular, _WORD.findall(apart)))


def singular(word: str) -> str:
    """Return a word in lower case without the ending of a plural."""
    if len(word) < 4 or not word.endswith("s") or word.endswith("ss"):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("ches", "shes", "sses", "xes")) else word[:-1]
