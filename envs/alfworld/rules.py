"""Fixed rules for ALFWorld: look into every kind of place once, then again; treat what was found, put it.

No demonstrations, no hidden facts: they read the task by the wording of its templates, and observations.
"""

import re
from collections.abc import Collection, Generator

from envs.alfworld.lexicon import AlfworldLexicon
from macla.benchmarks.lexicon import Command, Mention
from macla.benchmarks.supplied import Script

_TASK = re.compile(
    r"(?:put a (?P<state>clean|hot|cool)|(?P<verb>clean|heat|cool) some|(?:put|find) (?P<two>two)|put (?:a|some)"
    r"|(?P<look>look at|examine)(?: the)?) (?P<thing>\w+)(?: and put (?:it|them))? (?:in|on|under|with)(?: the)?"
    r" (?P<place>\w+)"
)
_TREATED = {"clean": "sinkbasin", "heat": "microwave", "hot": "microwave", "cool": "fridge"}
"""What is asked for → the kind of place that does it."""


def script(lexicon: AlfworldLexicon, task: str, room: str) -> Script:
    """Find what is asked for, take it, have it treated, and put it (or use the lamp beside it)."""
    asked = _TASK.match(task)
    if asked is None:
        return
    search = _Search(lexicon, room)
    placed: list[str] = []
    for _ in range(2 if asked["two"] else 1):
        found = yield from search.find(asked["thing"], but=placed)
        if found is None:
            return
        yield f"take {found} from {search.where[found]}"
        placed.append(found)
        if asked["look"]:
            lamp = yield from search.find(asked["place"])
            if lamp is not None:
                yield f"use {lamp}"
            return
        if wanted := asked["state"] or asked["verb"]:
            appliance = yield from search.go_to_first(_TREATED[wanted])
            yield f"{'heat' if wanted == 'hot' else wanted} {found} with {appliance}"
        place = yield from search.go_to_first(asked["place"])
        yield lexicon.render(Command("move {} to {}", (found, place)))


class _Search:
    """What has been seen where, and the places not looked at yet."""

    def __init__(self, lexicon: AlfworldLexicon, room: str) -> None:
        self.lexicon = lexicon
        listed = [mention.name for mention in lexicon.mentions(room)]
        self.places = sorted(listed, key=lambda name: int(name.split()[1]))  # one of each kind, then the second ones
        self.left = list(self.places)
        self.where: dict[str, str] = {}

    def find(self, kind: str, but: Collection[str] = ()) -> Generator[str, str, str | None]:
        """Go to the first thing of a kind, seen before or not; return it, None when no place is left to look at."""
        known = [name for name in self.where if name.split()[0] == kind and name not in but]
        if known:
            yield from self._visit(self.where[known[0]])
            return known[0]
        while self.left:
            seen = yield from self._visit(self.left.pop(0))
            found = [mention.name for mention in seen if mention.type == kind and mention.name not in but]
            if found:
                return found[0]
        return None

    def go_to_first(self, kind: str) -> Generator[str, str, str]:
        """Go to the first place of a kind and return it; the kind itself where there is none."""
        place = next((name for name in self.places if name.split()[0] == kind), kind)
        yield from self._visit(place)
        return place

    def _visit(self, place: str) -> Generator[str, str, list[Mention]]:
        said = yield f"go to {place}"
        if self.lexicon.rejected(said):  # it stands where we are already
            said = yield f"examine {place}"
        if f"The {place} is closed" in said:
            said = yield f"open {place}"
        seen = [mention for mention in self.lexicon.mentions(said) if mention.name not in self.places]
        self.where.update((mention.name, place) for mention in seen)
        return seen
