"""The reward, branch by branch (``docs/spec/webshop.md §6``), and the noun tagger (``docs/spec/webshop.md §10``)."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envs.webshop import tagger
from envs.webshop.catalogue import Product
from envs.webshop.colour import COLOURS, normalize_colour
from envs.webshop.fuzzy import token_set_ratio
from envs.webshop.goals import Goal
from envs.webshop.reward import matched_attributes, matched_options, reward, type_match
from envs.webshop.tagger import nouns_by_rule
from macla.errors import UserError


def product(**changes) -> Product:
    fields = {
        "asin": "B000000001",
        "title": "Velvet Cushion Cover",
        "description": "Machine Washable fabric.",
        "bullets": ("Easy care", "Hidden zipper"),
        "price_tag": "$15.0",
        "price_range": (15.0,),
        "options": {},
        "attributes": ("super soft",),
        "category": "garden",
        "query": "cushions",
        "product_category": "Home › Bedding › Cushions",
    }
    return Product(**{**fields, **changes})


def goal(**changes) -> Goal:
    fields = {
        "asin": "B000000001",
        "instruction": "",
        "attributes": ("super soft", "machine washable"),
        "options": ("blue",),
        "price_upper": 20.0,
        "name": "Velvet Cushion Cover",
        "query": "cushions",
        "category": "garden",
        "product_category": "Home › Bedding › Cushions",
    }
    return Goal(**{**fields, **changes})


@pytest.mark.parametrize(
    ("a", "b", "ratio"),
    [
        ("large", "x-large", 100),
        ("black", "black | white", 100),
        ("Easy Clean!", "clean easy", 100),
        ("", "red", 0),
        ("!!", "!!", 0),
        ("café", "caf", 100),
        ("a_b", "a b", 100),
        ("machine wash", "machine washable", 86),
        ("6 count", "2 count", 86),
        ("6 count", "12 count", 83),
        ("easy clean", "easy to clean", 100),
        ("long sleeve", "short sleeve", 71),
    ],
)
def test_token_set_ratio(a, b, ratio):
    assert token_set_ratio(a, b) == ratio
    assert token_set_ratio(b, a) == ratio


@given(st.text("abc ", max_size=12), st.text("abc ", max_size=12))
def test_token_set_ratio_against_a_plain_computation(a, b):
    def lcs(x: str, y: str) -> int:
        row = [0] * (len(y) + 1)
        for p in x:
            row = [0, *row[1:]] if not y else _next(row, p, y)
        return row[-1]

    def _next(row: list[int], p: str, y: str) -> list[int]:
        new = [0]
        for place, q in enumerate(y, 1):
            new.append(row[place - 1] + 1 if p == q else max(row[place], new[-1]))
        return new

    def similarity(x: str, y: str) -> float:
        return 200.0 * lcs(x, y) / (len(x) + len(y))

    words_a, words_b = set(a.split()), set(b.split())
    both = words_a & words_b
    if not words_a or not words_b:
        expected = 0
    elif both and (words_a <= words_b or words_b <= words_a):
        expected = 100
    else:
        # Words in common stand first in both texts, so their order does not matter.
        base = " ".join(sorted(both))
        full_a = " ".join([*sorted(both), *sorted(words_a - words_b)])
        full_b = " ".join([*sorted(both), *sorted(words_b - words_a)])
        shared = len(base) + (1 if both else 0)
        rest = lcs(full_a[shared:], full_b[shared:])
        scores = [200.0 * (shared + rest) / (len(full_a) + len(full_b))]
        if both:
            scores += [similarity(base, full_a), similarity(base, full_b)]
        expected = max(scores)
    assert abs(token_set_ratio(a, b) - expected) <= 0.5 + 1e-9


@pytest.mark.parametrize(
    ("value", "colour"),
    [
        ("dark blue", "blue"),
        ("violet lavender", "lavender"),
        ("tailored", "red"),
        ("standard", "tan"),
        ("Blue", "Blue"),
        ("xl", "xl"),
        (("color", "red"), "red"),
        (("color", "dark red"), ("color", "dark red")),
    ],
)
def test_the_first_colour_of_the_list_inside_a_value(value, colour):
    assert normalize_colour(value) == colour
    assert list(COLOURS) == sorted(COLOURS)


def test_a_perfect_purchase_and_each_part():
    parts = reward(product(), goal(), price=15.0, options={"color": "navy blue"}, nouns=nouns_by_rule)
    assert parts.reward == 1.0
    assert (parts.w_att, parts.w_option, parts.w_price) == (0.5, 0.25, 0.25)
    dear = reward(product(), goal(), price=20.01, options={"color": "blue"}, nouns=nouns_by_rule)
    assert dear.reward == 0.75
    assert dear.r_price is False
    bare = reward(product(), goal(), price=15.0, options={}, nouns=nouns_by_rule)
    assert (bare.reward, bare.r_option) == (0.75, 0.0)
    none_wanted = reward(product(), goal(options=()), price=15.0, options={"color": "red"}, nouns=nouns_by_rule)
    assert (none_wanted.reward, none_wanted.r_option, none_wanted.w_option) == (1.0, None, None)


def test_attributes_by_list_or_literally_in_the_texts():
    assert matched_attributes(product(), ("super soft", "soft super")) == 2
    assert matched_attributes(product(), ("machine washable",)) == 1, "description, in lower case"
    assert matched_attributes(product(), ("care hidden",)) == 1, "bullets are joined by a blank"
    assert matched_attributes(product(), ("Velvet",)) == 0, "the goal's own case is kept"
    assert matched_attributes(product(), ("velvet",)) == 1
    assert matched_attributes(product(), ("wash machine",)) == 0


def test_options_ignore_groups_for_human_goals_and_count_them_for_synthetic_ones():
    assert matched_options(["blue"], ["blue", "dark blue"]) == 2, "one value may satisfy two wishes"
    assert matched_options(["red", "blue", "green"], ["blue"]) == 1, "extra values cost nothing"
    assert matched_options(["x-large"], ["large"]) == 1
    assert matched_options(["12 count"], ["6 count"]) == 0
    assert matched_options(["6 count"], [("size", "6 count")]) == 1, "a subset of the pair's words"
    assert matched_options(["size"], [("size", "12")]) == 1, "the group's name is one of the pair's words"
    assert matched_options(["large"], [("size", "x-large")]) == 1
    assert matched_options(["small"], [("size", "large")]) == 0


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (1.0, True, True, 1.0)),
        ({"query": "rugs"}, (1.0, False, True, 1.0)),
        ({"query": "rugs", "product_category": "Home › Rugs"}, (1.0, False, False, 1.0)),
        ({"title": "Wool Rug"}, (0.0, True, True, 0.0)),
        ({"title": ""}, (0.0, True, True, 0.0)),
    ],
)
def test_type(changes, expected):
    assert type_match(product(**changes), goal(), nouns_by_rule) == expected


def test_type_bands_of_the_title():
    other = product(query="rugs", product_category="")
    ten = goal(name="cover " + " ".join(f"noun{chr(97 + n)}" for n in range(10)))
    assert type_match(other, ten, nouns_by_rule)[0] == 0.1, "one of eleven nouns"
    assert type_match(product(), ten, nouns_by_rule)[0] == 0.1, "even with an equal query"
    five = goal(name="cover lamp desk chair stool")
    assert type_match(other, five, nouns_by_rule)[0] == 0.5, "a fifth is not above a fifth"
    assert type_match(other, goal(name="2 in 1"), nouns_by_rule) == (0.5, False, False, 0.2), "no noun wanted"
    assert type_match(product(title="2 in 1"), goal(name="of the"), nouns_by_rule)[0] == 1.0


def test_rewards_lie_between_0_and_1(generated):
    shop = generated._shop
    rng = random.Random(0)
    asins = list(shop.products)
    for wish in rng.sample(list(shop.goals), 100):
        bought = shop.products[rng.choice(asins)]
        options = {group: rng.choice(values) for group, values in bought.options.items()}
        assert 0.0 <= shop.reward(wish, bought.asin, options) <= 1.0


def test_nouns_by_rule():
    assert nouns_by_rule("The 2-Pack of Extremely Soft Women's Socks & X") == ("pack", "soft", "women's", "socks")


def test_choosing_a_tagger():
    assert tagger.choose("rules") == ("rules", nouns_by_rule)
    assert tagger.choose("auto")[0] in ("rules", *tagger.MODELS)
    with pytest.raises(UserError, match="unknown tagger 'x'"):
        tagger.choose("x")
