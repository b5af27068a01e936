"""Episodes that others recorded: the game of one that names none, and its words in the grammar of our games."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from typing import NamedTuple

from envs.alfworld.engine.grammar import BANNER, TASK_PREFIX
from envs.alfworld.games import Game
from envs.alfworld.lexicon import Grammar

_PLACING = re.compile(r"(?:put (?P<put>.+?) (?:in/on|in|on)|move (?P<move>.+?) to) (?P<where>.+)", re.I)
_PLACED = re.compile(r"^You put the (.+?) in/on the (.+)")
_ARRIVED = re.compile(r"^You arrive at [^.]*\. ")
_OFFERED = "AVAILABLE ACTIONS: "
_SEEN = "you see "
_THING = re.compile(r"\ban? ([a-z]+ \d+)")


class Opening(NamedTuple):
    """What a game begins with: the receptacles that the room has, and the sentence that says what to do."""

    receptacles: frozenset[str]
    task: str


def read_opening(text: str) -> Opening | None:
    """Return the last opening in a text, blanks, case and articles aside; None when it holds none.

    Recordings may show worked examples before it, and the admissible commands after it.

    >>> read_opening("… you see a bed 1, and a desk 2.\\n\\nYour task is to: put a mug in desk.").task
    'put a mug in desk'
    """
    before, mark, after = " ".join(text.casefold().replace("\n", " . ").split()).rpartition(TASK_PREFIX.casefold())
    receptacles = frozenset(_THING.findall(before.rpartition(_SEEN)[2]))
    task = after.partition(".")[0].strip()
    return Opening(receptacles, task) if mark and receptacles and task else None


class Openings:
    """Finds games by their opening; of each game it is read at most once, and only where the game can be meant."""

    def __init__(self, games: Iterable[Game], opening: Callable[[Game], str]) -> None:
        """``opening`` returns the first observation of a game."""
        self._by_things: dict[frozenset[str], list[Game]] = defaultdict(list)
        for game in games:
            self._by_things[frozenset(thing.lower() for thing in game.params.values())].append(game)
        self._opening = cache(lambda game: read_opening(opening(game)))

    def alike(self, wanted: Opening) -> list[Game]:
        """Return the games that open so, sorted by id; where none does, those whose rooms hold all that is named.

        Object and place of a game stand in its sentence. People shorten what a room holds; what was answered tells.
        """
        named = [
            game
            for things, games in self._by_things.items()
            if all(thing in wanted.task for thing in things)
            for game in games
        ]
        opened = [(game, self._opening(game)) for game in sorted(named, key=lambda game: game.id)]
        same = [game for game, opening in opened if opening == wanted]
        return same or [
            game
            for game, opening in opened
            if opening and opening.task == wanted.task and opening.receptacles >= wanted.receptacles
        ]


def in_grammar(action: str, grammar: Grammar) -> str:
    """Return a recorded action in one of the grammars: "put O in/on R" is "move O to R" since 0.4.2."""
    found = _PLACING.fullmatch(action.strip())
    if found is None:
        return action
    thing, place = found["put"] or found["move"], found["where"]
    return f"move {thing} to {place}" if grammar == "0.4.2" else f"put {thing} in/on {place}"


def feedback(observation: str) -> str:
    """Return an observation without what recordings leave out or add, and worded as since 0.4.2.

    Left out are the banner, the place of arrival (also where the text after it names it) and the admissible commands.

    >>> feedback("You arrive at loc 3. On the desk 1, you see nothing.\\nAVAILABLE ACTIONS: look")
    'On the desk 1, you see nothing.'
    """
    plain = observation.replace(BANNER, "").partition(_OFFERED)[0].strip()
    return _PLACED.sub(r"You move the \1 to the \2", _ARRIVED.sub("", plain))
