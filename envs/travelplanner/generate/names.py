"""Invented names. No official name is used on purpose; the shapes (commas, quotes, accents) follow the real tables."""

import random
from collections.abc import Callable, Collection

STATES = (
    "Avelmark", "Brennia", "Calder Coast", "Dorvane", "Eastmere", "Farrowland",
    "Galloway Plains", "Harrowdale", "Ilmaria", "Jorvik Bay", "Kestrelia", "Lorn Valley",
)  # fmt: skip
_CITY_FIRST = (
    "Alder", "Birch", "Cedar", "Drake", "Elm", "Fern", "Glen", "Hazel", "Iron", "Juniper", "Kings", "Larch",
    "Maple", "North", "Oak", "Pine", "Quarry", "Raven", "Silver", "Thorn", "Umber", "Vale", "Willow", "Yarrow",
)  # fmt: skip
_CITY_LAST = ("bridge", "combe", "dale", "field", "gate", "haven", "mouth", "port", "stead", "ton", "wick", " Falls")
_ADJECTIVES = (
    "Cozy", "Sunny", "Spacious", "Quiet", "Charming", "Bright", "Modern", "Rustic", "Elegant", "Airy", "Central",
    "Hip", "Lovely", "Renovated", "Peaceful", "Stylish", "Budget", "Grand", "Tiny", "Classic",
)  # fmt: skip
_ROOMS = (
    "Studio", "Loft", "Room", "Apartment", "1BR", "2BR Flat", "Cottage", "Duplex", "Suite", "Townhouse", "Bedroom",
    "Guest House", "Attic", "Garden Flat", "Penthouse", "Bunk Room",
)  # fmt: skip
_NEAR = (
    "near the Park", "by the River", "in the Old Town", "close to the Station", "with Terrace", "w/ Parking",
    "in a Brownstone", "on Market Street", "with a View", "by the Museum, Top Floor", "for Families", "in Downtown",
    "Steps to the Subway", "with Private Bath", "in the Artists' Quarter", "by the Lake",
)  # fmt: skip
_OWNERS = (
    "Anna's", "Bruno's", "Chez Léa", "Dimitri's", "El Patio", "Fuji", "Gita's", "Hank's", "Ivy", "José's", "Kiku",
    "La Perla", "Mama Rosa", "Nonna Pia", "Old Mill", "Patel's", "Quill", "Red Lantern", "Saffron", "Tío Pepe",
    "Uncle Bo's", "Velvet", "White Heron", "Xanadu", "Yara", "Zaytoun",
)  # fmt: skip
_KITCHENS = (
    "Kitchen", "Bistro", "Cafe", "Grill", "Diner", "Tavern", "Eatery", "Canteen", "Deli", "Corner", "Table", "House",
    "Bakehouse", "Smokehouse", "Garden",
)  # fmt: skip
_SUBJECTS = (
    "Railway", "Maritime", "Science", "Botanic", "Pioneer", "Aviation", "Children's", "Sculpture", "History", "Folk",
    "Glass", "Liberty", "Riverside", "Sunset", "Harbour", "Granite", "Heritage", "Observatory",
)  # fmt: skip
_SIGHTS = ("Museum", "Park", "Garden", "Gallery", "Bridge", "Market", "Trail", "Zoo", "Memorial", "Tower", "Plaza")
_STREETS = ("Main St", "Oak Ave", "2nd St", "Harbor Rd", "College Dr", "Mill Ln", "Union Blvd", "Station Sq")


def city_names(rng: random.Random, count: int) -> list[str]:
    """Return distinct city names, none inside another."""
    return distinct(rng, count, lambda: rng.choice(_CITY_FIRST) + rng.choice(_CITY_LAST))


def hotel_name(rng: random.Random) -> str:
    """Return the name of a place to stay; a few hold a comma or end in a blank, as in the real table."""
    name = f"{rng.choice(_ADJECTIVES)} {rng.choice(_ROOMS)} {rng.choice(_NEAR)}"
    return f"{name} " if rng.random() < 0.01 else name


def restaurant_name(rng: random.Random) -> str:
    """Return the name of a place to eat."""
    return f"{rng.choice(_OWNERS)} {rng.choice(_KITCHENS)}"


def attraction_name(rng: random.Random) -> str:
    """Return the name of a sight."""
    return f"{rng.choice(_SUBJECTS)} {rng.choice(_SIGHTS)}"


def address(rng: random.Random, city: str, state: str) -> str:
    """Return a postal address."""
    return f"{rng.randint(1, 999)} {rng.choice(_STREETS)}, {city}, {state}"


def distinct(rng: random.Random, count: int, draw: Callable[[], str], taken: Collection[str] = ()) -> list[str]:
    """Return ``count`` names of which none is part of another: the evaluator matches by substring.

    See ``docs/spec/travelplanner.md §6``.
    """
    names: list[str] = []
    while len(names) < count:
        name = draw()
        if not any(name.strip() in other or other.strip() in name for other in (*names, *taken)):
            names.append(name)
    return names
