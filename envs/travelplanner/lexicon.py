"""How TravelPlanner's text is read: typed entities in tables and answers, and the action grammar.

A row of a table is one entity (its span is the row); what its cells say (price, cuisines, rules …) are mentions inside
that span. Names are spelt as plans spell them: "Name, City", a whole flight, a whole road.
"""

import re
from collections.abc import Iterable

from envs.travelplanner.gathering import INVALID_ACTION, NULL_ACTION, REPEATED
from envs.travelplanner.gazetteer import Gazetteer
from envs.travelplanner.plan_text import command_fields
from envs.travelplanner.table_reading import JOURNEY, table_mentions
from macla.benchmarks.lexicon import Command, Mention

_REJECTIONS = (
    INVALID_ACTION[:14],
    NULL_ACTION[:11],
    "Illegal ",
    "The plan could not be read",
    "The sub plan can not be parsed",
    f"The episode is over: {REPEATED}",
)
_IMPOSSIBLE = re.compile(
    r"There is no (?:flight|attraction|restaurant)\b|No valid information\.|.*, no valid information\.$"
)
"""A journey or a stay that the tables do not offer: not possible, as good a "no" as bad grammar."""
_MISUNDERSTOOD = re.compile(
    r"^(?:" + "|".join(map(re.escape, _REJECTIONS)) + r"|.* is not valid city in \[|'.*' is not in the format YYYY"
    r"|Action \w+ is not supported|Invalid State$)"
)
_ROAD = re.compile(
    r"\b(self-driving|taxi|driving), from (.+?) to (.+?), duration: [^,\n]+, distance: [\d,.]+ km, cost: (\d+)",
    re.IGNORECASE,
)
_OBSERVED = re.compile(
    r"\[|There is no |(?:Attractions|Restaurants|Accommodations) in |(?:Flight|Self-driving|Taxi) from |Broken: "
    r"|.+?, from .+? to .+?, (?:duration: |no valid information\.)"
)
"""How lines of an observation begin that name cities or dates and are no rows: lists and notes, answers of tools, what
is handed out in sole planning, and what a training plan broke. Lines of a request do not."""
_CALL = re.compile(r"^(\w+)\[(.+)\]$", re.DOTALL)
_LEG = re.compile(r"^from (.+?) to (.+)$")
_ARGUMENTS = {
    "FlightSearch": 3,
    "AccommodationSearch": 1,
    "RestaurantSearch": 1,
    "AttractionSearch": 1,
    "CitySearch": 1,
}


class TravelLexicon:
    """The lexicon of one world: it knows the names of its cities and states, nothing else."""

    def __init__(self, cities: Iterable[str], states: Iterable[str]) -> None:
        self.gazetteer = Gazetteer(cities, states)

    def mentions(self, text: str) -> list[Mention]:
        """Return the typed entities of an observation, in order of appearance, rows before their cells.

        What was not understood shows nothing (one such answer lists every city there is), and so does a request.
        """
        if _MISUNDERSTOOD.match(text):
            return []
        found, prose = table_mentions(text)
        for start, end in prose:
            if _OBSERVED.match(text, start, end):
                found += self._prose(text, start, end)
        return sorted(found, key=lambda mention: (mention.start, -mention.end))

    def _prose(self, text: str, start: int, end: int) -> list[Mention]:
        """Return roads, and the cities and dates outside them."""
        found: list[Mention] = []
        for road in _ROAD.finditer(text, start, end):
            found.append(Mention(road.group()[0].upper() + road.group()[1:], JOURNEY, *road.span()))
            found.append(Mention(road.group(1).lower(), "transport", *road.span(1)))
            found.append(Mention(road.group(2), "city", *road.span(2)))
            found.append(Mention(road.group(3), "city", *road.span(3)))
            found.append(Mention(road.group(4), "price", *road.span(4)))
            found += self.gazetteer.plain(text, start, road.start())
            start = road.end()
        return found + self.gazetteer.plain(text, start, end)

    def parse(self, action: str) -> Command | None:
        """Split an action into verb and arguments; None when it is not of the grammar (e.g. a plan in free text)."""
        action = action.strip()
        call = _CALL.match(action)
        if call is None or "{}" in action:
            return None
        name, argument = call.groups()
        if name == "Day":
            return _parse_day(action)
        if name in _ARGUMENTS:
            parts = tuple(argument.split(", "))
            return Command(f"{name}[{_slots(len(parts))}]", parts) if len(parts) == _ARGUMENTS[name] else None
        if name == "GoogleDistanceMatrix":
            parts = tuple(argument.split(", "))
            return Command(f"{name}[{{}}, {{}}, {parts[2]}]", parts[:2]) if len(parts) == 3 else None
        if name == "NotebookWrite":
            return self._parse_note(argument)
        if name == "Planner":
            return Command(action, ())
        return Command(f"{name}[{{}}]", (argument,)) if name in ("CostEnquiry", "Finish") else None

    def _parse_note(self, description: str) -> Command:
        """Split a note's description at the cities and dates in it."""
        verb, at = "NotebookWrite[", 0
        arguments: list[str] = []
        for mention in self.gazetteer.plain(description, 0, len(description)):
            verb += description[at : mention.start] + "{}"
            arguments.append(mention.name)
            at = mention.end
        return Command(f"{verb}{description[at:]}]", tuple(arguments))

    def render(self, command: Command) -> str:
        """Return the action string; the inverse of :meth:`parse`."""
        first, *rest = command.verb.split("{}")
        return first + "".join(part for pair in zip(command.arguments, rest, strict=True) for part in pair)

    def rejected(self, feedback: str) -> bool:
        """Whether the last action came to nothing: bad grammar or arguments, an unreadable plan, no such journey."""
        return _MISUNDERSTOOD.match(feedback) is not None or _IMPOSSIBLE.match(feedback) is not None


def _slots(count: int) -> str:
    return ", ".join(["{}"] * count)


def _parse_day(action: str) -> Command | None:
    """Split ``Day[…]`` into its labels (the verb) and what stands behind them (the arguments)."""
    fields = command_fields(action)
    if fields is None:
        return None
    verb, arguments = [], []
    for label, text in fields:
        values = [text.strip()]
        form = "{}"
        if text.strip() in ("-", ""):
            values, form = [], "-"
        elif label == "Current City" and (leg := _LEG.match(text.strip())):
            values, form = list(leg.groups()), "from {} to {}"
        elif label == "Attraction":
            values = [piece.strip() for piece in text.split(";") if piece.strip()]
            form = "; ".join(["{}"] * len(values))
        verb.append(f"{label}: {form}")
        arguments += values
    return Command(f"Day[{'; '.join(verb)}]", tuple(arguments))
