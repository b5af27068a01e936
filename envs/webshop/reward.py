"""The official reward of a purchase, to its last branch (``docs/spec/webshop.md §6``)."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass

from envs.webshop.catalogue import Product
from envs.webshop.colour import normalize_colour
from envs.webshop.fuzzy import token_set_ratio
from envs.webshop.goals import Goal
from envs.webshop.tagger import Tagger

MATCH = 85
"""Two texts match when their token-set ratio is above this."""


@dataclass(frozen=True, slots=True)
class RewardParts:
    """A reward and its parts, under the official names. All shares lie in [0, 1]."""

    reward: float
    r_type: float
    r_att: float
    w_att: float
    r_option: float | None
    """None when the goal names no option."""
    w_option: float | None
    r_price: bool
    w_price: float
    query_match: bool
    category_match: bool
    title_score: float

    def as_dict(self) -> dict[str, float | bool | None]:
        """Return the parts as a plain dictionary for reports."""
        return asdict(self)


def reward(product: Product, goal: Goal, *, price: float, options: Mapping[str, str], nouns: Tagger) -> RewardParts:
    """Return the reward of buying ``product`` at ``price`` dollars with the chosen ``options``."""
    r_type, query_match, category_match, title_score = type_match(product, goal, nouns)
    attributes = matched_attributes(product, goal.attributes)
    wanted = list(goal.options.items()) if isinstance(goal.options, Mapping) else list(goal.options)
    chosen = matched_options(options.values(), wanted)
    within = price <= goal.price_upper
    parts = len(goal.attributes) + len(wanted) + 1
    return RewardParts(
        reward=r_type * ((attributes + chosen + within) / parts),
        r_type=r_type,
        r_att=attributes / len(goal.attributes),
        w_att=len(goal.attributes) / parts,
        r_option=chosen / len(wanted) if wanted else None,
        w_option=len(wanted) / parts if wanted else None,
        r_price=within,
        w_price=1 / parts,
        query_match=query_match,
        category_match=category_match,
        title_score=title_score,
    )


def type_match(product: Product, goal: Goal, nouns: Tagger) -> tuple[float, bool, bool, float]:
    """Return (r_type, query match, category match, title score): is it the kind of thing that was asked for?"""
    query_match = product.query == goal.query
    category_match = len(_categories(product.product_category) & _categories(goal.product_category)) >= 2
    wanted = nouns(goal.name)
    title_score = len(set(nouns(product.title)) & set(wanted)) / len(wanted) if wanted else 0.2
    r_type = 1.0 if query_match or category_match or title_score > 0.2 else 0.5
    # A title without a common noun overrides even an equal query or category.
    if title_score < 0.1:
        r_type = 0.1
    if title_score == 0.0:
        r_type = 0.0
    return r_type, query_match, category_match, title_score


def _categories(path: str) -> set[str]:
    return {part.strip() for part in path.split("›")}


def matched_attributes(product: Product, wanted: Collection[str]) -> int:
    """Return how many wanted attributes the product has, by its attribute list or literally in its texts."""
    texts = (product.title.lower(), " ".join(product.bullets).lower(), product.description.lower())
    return sum(
        any(token_set_ratio(attribute, name) > MATCH for attribute in product.attributes)
        or any(name in text for text in texts)
        for name in wanted
    )


def matched_options(chosen: Collection[str], wanted: Collection[str | tuple[str, str]]) -> int:
    """Return how many wanted options some chosen value matches.

    Synthetic goals give (group, value) pairs: compared as Python prints them, so that the group's words count too.
    """
    values = [str(normalize_colour(value)) for value in chosen]
    targets = [str(normalize_colour(target)) for target in wanted]
    return sum(any(token_set_ratio(value, target) > MATCH for value in values) for target in targets)
