"""Goals: what an instruction asks for, how its text and price bound are made, and their order.

See ``docs/spec/webshop.md §3``.
"""

import itertools
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from envs.webshop.catalogue import Product

PRICE_BOUNDS = tuple(10.0 * step for step in range(1, 100))
"""Dollar values a bound is chosen from."""
NO_BOUND = 1_000_000.0
"""The bound of goals whose product costs 980 dollars or more."""
SHUFFLE_SEED = 233
"""The official order: every paper's goal index refers to it."""

_BOUND = re.compile(r"price lower than \d+\.\d\d dollars")


@dataclass(frozen=True, slots=True)
class Goal:
    """One shopping request with the facts the reward compares a purchase to. Never shown to the agent."""

    asin: str
    instruction: str
    attributes: tuple[str, ...]
    options: tuple[str, ...] | Mapping[str, str]
    """Wanted values: without group names (human goals) or by group (synthetic goals)."""
    price_upper: float
    name: str
    query: str
    category: str
    product_category: str


def price_bound(price: float, rng: random.Random) -> tuple[float, str]:
    """Return the bound (dollars) for a product of ``price`` and the words added to the instruction.

    Two of the first four bounds above the price are drawn and the larger is taken.
    """
    candidates = [bound for bound in PRICE_BOUNDS if bound > price][:4]
    if len(candidates) < 2:
        return NO_BOUND, ""
    upper = max(rng.sample(candidates, 2))
    return upper, f", and price lower than {upper:.2f} dollars"


def mask_bound(text: str) -> str:
    """Return ``text`` with the number of a price bound replaced: the official code draws it unseeded."""
    return _BOUND.sub("price lower than # dollars", text)


def human_goals(products: Iterable[Product], prices: Mapping[str, float], rng: random.Random) -> list[Goal]:
    """Return the goals of the human instructions in catalogue order; those without attributes are left out."""
    goals = []
    for product in products:
        for entry in product.human_instructions:
            attributes = tuple(entry["instruction_attributes"])
            if not attributes:
                continue
            upper, words = price_bound(prices[product.asin], rng)
            text = entry["instruction"].strip(".") + words
            goals.append(_goal(product, text, attributes, tuple(entry["instruction_options"]), upper))
    return goals


def synthetic_goals(products: Iterable[Product], prices: Mapping[str, float], rng: random.Random) -> list[Goal]:
    """Return one goal per product with an instruction and per combination of its option values."""
    goals: list[Goal] = []
    for product in products:
        if product.instruction is None or not product.instruction_attributes:
            continue
        upper, words = price_bound(prices[product.asin], rng)
        groups = sorted(product.options)
        for values in itertools.product(*(product.options[group] for group in groups)):
            options = dict(zip(groups, values, strict=True))
            wish = ", and ".join(f"{group}: {value}" for group, value in options.items())
            text = product.instruction + (f" with {wish}" if wish else "") + words
            goals.append(_goal(product, text, product.instruction_attributes, options, upper))
    return goals


def _goal(
    product: Product,
    text: str,
    attributes: tuple[str, ...],
    options: tuple[str, ...] | Mapping[str, str],
    upper: float,
) -> Goal:
    return Goal(
        asin=product.asin,
        instruction=text,
        attributes=attributes,
        options=options,
        price_upper=upper,
        name=product.title,
        query=product.query,
        category=product.category,
        product_category=product.product_category,
    )


def official_order(goals: Sequence[Goal]) -> list[Goal]:
    """Return ``goals`` shuffled as the official server does; position = the goal index recordings name."""
    shuffled = list(goals)
    random.Random(SHUFFLE_SEED).shuffle(shuffled)
    return shuffled
