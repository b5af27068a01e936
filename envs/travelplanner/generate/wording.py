"""The text of a query (``docs/spec/travelplanner.md §2, §9.2``): openings, dates, budgets and wishes, combined."""

import datetime
import random
from collections.abc import Mapping, Sequence
from typing import Any

_OPENINGS = (
    "Please plan a {days}-day trip for {people} from {org} to {where}",
    "Could you create a {days}-day travel plan for {people}, departing from {org} and heading to {where}",
    "Can you help with a {days}-day itinerary for {people}, starting in {org} and going to {where}",
    "Could you design a {days}-day journey for {people}, leaving from {org} and visiting {where}",
    "Please draw up a {days}-day travel plan for {people}, beginning in {org} and bound for {where}",
    "I need a {days}-day travel itinerary for {people}, setting off from {org} and travelling to {where}",
    "Help us arrange a {days}-day tour for {people} that starts from {org} and leads to {where}",
    "Can you put together a {days}-day travel plan that takes {people} from {org} to {where}",
    "Could you assist in organizing a {days}-day trip to {where} for {people}, departing from {org}",
    "Please prepare a {days}-day visit to {where} for {people}, starting from {org}",
    "Would you devise a {days}-day holiday in {where} for {people} who set off from {org}",
    "Kindly suggest a {days}-day programme in {where} for {people}, leaving from {org}",
)
_DATES = ("from {start} to {end}, 2022", "between {start} and {end}, 2022", "from {start} through {end}, 2022")
_BUDGETS = (
    "The budget is ${budget:,}.",
    "Our total budget is set at ${budget:,}.",
    "The trip should not cost more than ${budget:,}.",
    "We have a budget of ${budget:,}.",
)
_RULES = {
    "smoking": ("Our accommodations must allow smoking.", "We need places to stay where smoking is allowed."),
    "parties": ("Our accommodations must allow parties.", "We would like to stay where parties are allowed."),
    "children under 10": (
        "Our accommodations must allow children under 10.",
        "We travel with kids, so lodgings must welcome children under 10.",
    ),
    "visitors": ("Our accommodations must allow visitors.", "We need accommodations where visitors are welcome."),
    "pets": ("Our accommodations must allow pets.", "We bring our pets, so lodgings must be pet-friendly."),
}
_ROOMS = {
    "shared room": ("We would like shared rooms.", "Shared rooms are what we prefer to stay in."),
    "not shared room": ("Our rooms should not be shared.", "We prefer rooms that are not shared."),
    "private room": ("We require private rooms.", "We would prefer to have private rooms for our stay."),
    "entire room": ("We require entire rooms.", "We would like to have entire rooms to ourselves."),
}
_TRANSPORT = {
    "no flight": ("We do not want to travel by flight.", "Please make sure that no flights are involved."),
    "no self-driving": ("We do not plan on self-driving.", "Please leave out any self-driving."),
}
_FOOD = ("We would love to try {} cuisines.", "As for food, we are interested in {} cuisines.")
_NUMBERS = {2: "two", 3: "three"}


def query_text(rng: random.Random, query: Mapping[str, Any]) -> str:
    """Return the request in words; it says everything that the record says."""
    opening = rng.choice(_OPENINGS).format(
        days=query["days"], people=_people(rng, query["people_number"]), org=query["org"], where=_where(rng, query)
    )
    start, end = (_day(query["date"][index]) for index in (0, -1))
    sentences = [f"{opening}, {rng.choice(_DATES).format(start=start, end=end)}."]
    sentences.append(rng.choice(_BUDGETS).format(budget=query["budget"]))
    return " ".join([*sentences, *_wishes(rng, query["local_constraint"])])


def _where(rng: random.Random, query: Mapping[str, Any]) -> str:
    number = query["visiting_city_number"]
    if number == 1:
        return str(query["dest"])
    return f"{rng.choice((str(number), _NUMBERS[number]))} cities in {query['dest']}"


def _people(rng: random.Random, number: int) -> str:
    if number == 1:
        return rng.choice(("one person", "1 person", "a solo traveler"))
    return rng.choice(
        (f"{number} people", f"a group of {number}", "two people" if number == 2 else f"a party of {number}")
    )


def _day(iso: str) -> str:
    day = datetime.date.fromisoformat(iso).day
    suffix = "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"March {day}{suffix}"


def _wishes(rng: random.Random, wishes: Mapping[str, Any]) -> list[str]:
    sentences = [
        rng.choice(texts[wishes[key]])
        for key, texts in (("house rule", _RULES), ("room type", _ROOMS), ("transportation", _TRANSPORT))
        if wishes[key]
    ]
    if wishes["cuisine"]:
        sentences.append(rng.choice(_FOOD).format(_listed(wishes["cuisine"])))
    return sentences


def _listed(words: Sequence[str]) -> str:
    comma = "," if len(words) > 2 else ""
    return f"{', '.join(words[:-1])}{comma} and {words[-1]}"
