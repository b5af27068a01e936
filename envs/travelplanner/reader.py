"""Read a request by rule, for a model that knows no language: cities, dates, budget, people and wishes.

They are spelt as tools and tables spell them.
"""

import datetime
import re

from envs.travelplanner.gazetteer import Gazetteer
from envs.travelplanner.lexicon import TravelLexicon
from macla.benchmarks.lexicon import Mention

_REQUEST = re.compile(r"\$\s?\d[\s\S]*\b20\d\d\b|\b20\d\d\b[\s\S]*\$\s?\d")

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_MONTH = "|".join(_MONTHS)
_DAY_IN_MONTH = re.compile(
    rf"\b(?:({_MONTH})\s+)(\d{{1,2}})(?:st|nd|rd|th)?\b|\b(\d{{1,2}})(?:st|nd|rd|th)\b(?:\s+of\s+({_MONTH}))?"
)
_YEAR = re.compile(r"\b(20\d\d)\b")
_BUDGET = re.compile(r"\$\s?(\d[\d,]*)")
_NUMBER = r"(\d+|one|two|three|four|five|six|seven|eight)"
_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
_UNITS = {"people": "people", "days": "days", "city count": "cities"}
_PEOPLE = (
    re.compile(rf"\b(?:group|party|family|team) of {_NUMBER}\b", re.IGNORECASE),
    re.compile(
        rf"\b{_NUMBER} (?:people|persons?|individuals?|travell?ers?|adults|friends|of us)\b"
        rf"|\b(?:for|individual,) {_NUMBER}\b(?![- ](?:days?|weeks?|cit|different|distinct|separate|unique))"
    ),
)
_ONE_PERSON = re.compile(r"\b(?:solo|single[- ](?:person|traveler)|an individual|myself|alone|me|my)\b", re.IGNORECASE)
_PAIR = re.compile(r"\b(?:couple|pair)\b")
_CITY_COUNT = re.compile(
    rf"\b{_NUMBER} (?:\w+ )?cities\b|\b(?:only one|just one|a solitary|single) city\b", re.IGNORECASE
)
_DAYS = re.compile(rf"\b{_NUMBER}[- ]days?\b|\b(?:one|a)?-?\s?week(?:-long)?\b", re.IGNORECASE)
_ORIGIN_CUE = re.compile(
    r"(?:\bfrom|\bstart(?:s|ing)?(?: off)?(?: (?:our|my|the) \w+)?(?: in| at| out in)?|\bbegin(?:s|ning)?(?: in| at)?"
    r"|\bdepart(?:s|ing|ure)?(?: out of)?|\bleav(?:e|es|ing)(?: from| out of)?|\boriginat(?:es|ing)(?: in)?|\bout of"
    r"|\bcommenc(?:es|ing)(?: in)?|\binitiat(?:es|ing)(?: in)?|\bset(?:ting)? (?:off|out)(?: in)?"
    r"|\btaking off(?: in)?)(?: the city of)?\s+$",
    re.IGNORECASE,
)
_STATE_CUE = re.compile(
    r"\b(?:cities|places|destinations)\b[\w\s]*\b(?:in|across|within|throughout|of)\s+(?:the state of\s+)?$",
    re.IGNORECASE,
)
_STATE_AFTER = re.compile(r"\s+state\b", re.IGNORECASE)
_SEVERAL_CITIES = re.compile(r"\b(?:[23]|two|three) (?:\w+ )?cities\b", re.IGNORECASE)
_CUISINES = re.compile(r"\b(Chinese|American|Italian|Mexican|Indian|Mediterranean|French)\b")
_RULES = {
    "children under 10": re.compile(r"\b(?:children|kids|child-friendly|children-friendly)\b", re.IGNORECASE),
    "parties": re.compile(r"\bpart(?:ies|ying)\b", re.IGNORECASE),
    "pets": re.compile(r"\bpets?\b", re.IGNORECASE),
    "smoking": re.compile(r"\bsmok(?:ing|e|ers?)\b", re.IGNORECASE),
    "visitors": re.compile(r"\bvisitors?\b", re.IGNORECASE),
}
_ROOMS = {
    "not Shared room": re.compile(
        r"\b(?:not (?:be )?shared|non-shared|not\b[^.]{0,20}\bshared? rooms?|unshared)\b", re.IGNORECASE
    ),
    "Private room": re.compile(r"\bprivate rooms?\b", re.IGNORECASE),
    "Entire home/apt": re.compile(r"\bentire rooms?\b", re.IGNORECASE),
    "Shared room": re.compile(r"\bshared rooms?\b", re.IGNORECASE),
}
_NO_TRANSPORT = {
    "self-driving": re.compile(r"\bself-driv\w*|\bdriv(?:e|ing) ourselves\b|\bself driving\b", re.IGNORECASE),
    "flight": re.compile(
        r"\bflights?\b|\bflying\b|\bfly\b|\bby air\b|\bair (?:travel|transport)|\bairline", re.IGNORECASE
    ),
}


class ReadingLexicon(TravelLexicon):
    """The lexicon that reads requests too.

    In a request in words too far from the benchmark's own it finds names of places and dates, as in an observation.
    """

    def mentions(self, text: str) -> list[Mention]:
        """Return what an observation shows, or what a request says, in order of appearance."""
        shown = super().mentions(text)
        if shown or self.rejected(text):
            return shown
        return request_mentions(text, self.gazetteer) if _REQUEST.search(text) else self._prose(text, 0, len(text))


def request_mentions(text: str, gazetteer: Gazetteer) -> list[Mention]:
    """Return what a request says, by position.

    Types: ``origin`` (the city the trip starts from), ``city``, ``state``, ``date`` (ISO, every day of the trip),
    ``budget``, ``people``, ``days``, ``city count``, ``cuisine``, ``house rule``, ``room type``, ``transport`` (the
    means that the request speaks of; all requests that do, exclude it).
    """
    found = [*_places(text, gazetteer), *_dates(text), *_numbers(text)]
    found += [Mention(match.group(1), "cuisine", *match.span()) for match in _CUISINES.finditer(text)]
    for type_, patterns in (("house rule", _RULES), ("room type", _ROOMS), ("transport", _NO_TRANSPORT)):
        for name, pattern in patterns.items():
            if match := pattern.search(text):
                found.append(Mention(name, type_, *match.span()))
                if type_ == "room type":
                    break  # "not shared" also reads as "shared"
    dates = [mention for mention in found if mention.type == "date"]
    if dates and not any(mention.type == "days" for mention in found):
        found.append(Mention(f"{len(dates)} days", "days", dates[0].start, dates[-1].end))
    return sorted(found, key=lambda mention: (mention.start, mention.end))


def _places(text: str, gazetteer: Gazetteer) -> list[Mention]:
    found = []
    for match in gazetteer.found(text, 0, len(text)):
        before, after = text[: match.start()], text[match.end() :]
        leaves = _ORIGIN_CUE.search(before) is not None
        through_state = _STATE_CUE.search(before) or _STATE_AFTER.match(after) or _SEVERAL_CITIES.search(text)
        if match.group() not in gazetteer.cities or (
            match.group() in gazetteer.states and not leaves and through_state
        ):
            type_ = "state"
        else:
            type_ = "origin" if leaves else "city"
        found.append(Mention(match.group(), type_, *match.span()))
    return found


def _dates(text: str) -> list[Mention]:
    """Return every day from the first date to the last; days between stand between them."""
    days = list(_DAY_IN_MONTH.finditer(text))
    months = [match.group(1) or match.group(4) for match in days]
    year = _YEAR.search(text)
    if year is None or not any(months):
        return []
    default = next(month for month in months if month)
    try:
        dates = [
            datetime.date(
                int(year.group(1)), _MONTHS.index(month or default) + 1, int(match.group(2) or match.group(3))
            )
            for month, match in zip(months, days, strict=True)
        ]
    except ValueError:  # no such day
        return []
    first, last = dates[0], max(dates)
    start, end = days[0], days[dates.index(last)]
    between = (start.end(), max(start.end(), end.start()))
    found = [Mention(first.isoformat(), "date", *start.span())]
    if last == first:
        return found
    inner = (first + datetime.timedelta(offset) for offset in range(1, min((last - first).days, 60)))
    found += [Mention(day.isoformat(), "date", *between) for day in inner]
    return [*found, Mention(last.isoformat(), "date", *end.span())]


def _numbers(text: str) -> list[Mention]:
    found = [Mention(m.group(1).replace(",", ""), "budget", *m.span()) for m in _BUDGET.finditer(text)][:1]
    for type_, patterns, default in (("people", _PEOPLE, 1), ("days", (_DAYS,), 7), ("city count", (_CITY_COUNT,), 1)):
        match = next((match for pattern in patterns if (match := pattern.search(text))), None)
        if match is not None:
            number = next((group for group in match.groups() if group), None)
            found.append(_count(_value(number, default), type_, match))
        elif type_ == "people" and (pair := _PAIR.search(text)):
            found.append(_count(2, type_, pair))
        elif type_ == "people" and (one := _ONE_PERSON.search(text)):
            found.append(_count(1, type_, one))
    return found


def _count(number: int, type_: str, match: re.Match[str]) -> Mention:
    """Return a number with what it counts, so that two people are not taken for two cities."""
    return Mention(f"{number} {_UNITS[type_]}", type_, *match.span())


def _value(number: str | None, default: int) -> int:
    if number is None:
        return default
    return int(number) if number.isdigit() else _WORDS[number.lower()]
