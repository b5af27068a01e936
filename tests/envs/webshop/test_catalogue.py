"""Loading products (``docs/spec/webshop.md §2``) and making goals of them (``docs/spec/webshop.md §3``)."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envs.webshop.catalogue import draw_prices, find_files, load_products, parse_price
from envs.webshop.goals import (
    NO_BOUND,
    PRICE_BOUNDS,
    human_goals,
    mask_bound,
    official_order,
    price_bound,
    synthetic_goals,
)
from macla.errors import UserError

ITEM = {
    "asin": "B000000001",
    "name": "Red Shoe",
    "full_description": "A shoe.",
    "small_description": ["Soft", ""],
    "pricing": "$12.50",
    "customization_options": {"Size": [{"value": " 7/SE ", "image": None}, {"value": "/X"}], "Color": None},
    "images": [""],
    "category": "fashion",
    "query": " Women's Shoes ",
    "product_category": "Clothing › Shoes",
    "brand": "ignored",
}


def write(folder, items, attributes=None, human=None):
    (folder / "items_shuffle.json").write_text(json.dumps(items))
    (folder / "items_ins_v2.json").write_text(json.dumps(attributes or {}))
    (folder / "items_human_ins.json").write_text(json.dumps(human or {}))
    return find_files(folder, products=None)


def test_fields_of_a_product(tmp_path):
    [product] = load_products(write(tmp_path, [ITEM], {"B000000001": {"attributes": []}}))
    assert product.options == {"size": ("7 | se", " | x")}
    assert product.query == "women's shoes"
    assert product.attributes == ()
    assert product.price_tag == "$12.5"
    assert product.document().text == "red shoe a shoe. soft size: 7 | se,  | x"


def test_without_attributes_a_dummy_and_a_single_bullet(tmp_path):
    [product] = load_products(write(tmp_path, [{**ITEM, "small_description": "One", "customization_options": ""}]))
    assert product.attributes == ("DUMMY_ATTR",)
    assert product.bullets == ("One",)
    assert product.options == {}


def test_odd_and_repeated_asins_are_skipped_after_the_limit(tmp_path):
    items = [
        ITEM,
        {**ITEM, "name": "Again"},
        {**ITEM, "asin": "nan"},
        {**ITEM, "asin": "TOOLONG00000"},
        {**ITEM, "asin": "B2"},
    ]
    files = write(tmp_path, items)
    assert [product.title for product in load_products(files)] == ["Red Shoe", "Red Shoe"]
    assert len(load_products(files, limit=4)) == 1


@pytest.mark.parametrize(
    ("pricing", "tag", "prices"),
    [
        (None, "$100.0", (100.0,)),
        ("", "$100.0", (100.0,)),
        ("$40.00", "$40.0", (40.0,)),
        ("$1,234.56", "$1234.56", (1234.56,)),
        ("$9.50 - $12", "$9.5 to $12.0", (9.5, 12.0)),
        ("$1$2$3", "$1.0 to $2.0", (1.0, 2.0)),
    ],
)
def test_prices(pricing, tag, prices):
    assert parse_price(pricing) == (tag, prices)


@pytest.mark.parametrize(
    ("change", "message"),
    [({"pricing": "free"}, "cannot read the price 'free'"), ({"query": ...}, "has no 'query'")],
)
def test_a_bad_product_is_named(tmp_path, change, message):
    item = {key: value for key, value in {**ITEM, **change}.items() if value is not ...}
    files = write(tmp_path, [item])
    with pytest.raises(UserError, match="product B000000001") as caught:
        load_products(files)
    assert message in str(caught.value)


def test_missing_files_say_what_to_type(tmp_path):
    with pytest.raises(UserError, match=r"env\.root=DIR"):
        find_files(tmp_path, products=None)
    (tmp_path / "items_shuffle.json").write_text("[")
    with pytest.raises(UserError, match="not valid JSON"):
        load_products(find_files(tmp_path, products=None))


def test_which_file_is_read(tmp_path):
    for suffix in ("", "_1000"):
        (tmp_path / f"items_shuffle{suffix}.json").write_text("[]")
    found = {products: find_files(tmp_path, products=products).items.stem for products in (None, 100, 1000, 5000)}
    assert found == {
        None: "items_shuffle",
        100: "items_shuffle_1000",
        1000: "items_shuffle_1000",
        5000: "items_shuffle",
    }
    (tmp_path / "items_shuffle.json").unlink()
    assert find_files(tmp_path, products=None).items.stem == "items_shuffle_1000"
    with pytest.raises(UserError, match=r"no items_shuffle\.json"):
        find_files(tmp_path, products=5000)


def test_statistics_of_the_official_products(official):
    products = list(official._shop.products.values())
    assert len(products) == 1000
    assert sum(bool(product.options) for product in products) == 423
    assert sum(len(product.price_range) == 2 for product in products) == 93
    assert sum(product.price_tag == "$100.0" for product in products) == 89
    assert sum("" in product.bullets for product in products) == 69
    assert len(official._shop.goals) == 6910


@given(st.floats(0.01, 2000), st.integers(0, 2**32))
def test_the_bound_is_one_of_the_next_four_but_not_the_lowest(price, seed):
    upper, words = price_bound(price, random.Random(seed))
    candidates = [bound for bound in PRICE_BOUNDS if bound > price][:4]
    if price >= 980:
        assert (upper, words) == (NO_BOUND, "")
    else:
        assert upper in candidates[1:]
        assert words == f", and price lower than {upper:.2f} dollars"


def test_synthetic_goals_one_per_combination(tmp_path):
    options = {"size": [{"value": "S"}, {"value": "M"}], "color": [{"value": "Red"}]}
    extra = {"attributes": ["soft"], "instruction": "Find me soft shoes", "instruction_attributes": ["soft", "red"]}
    files = write(tmp_path, [{**ITEM, "customization_options": options}], {"B000000001": extra})
    products = load_products(files)
    goals = synthetic_goals(products, {"B000000001": 12.5}, random.Random(0))
    assert [goal.options for goal in goals] == [{"color": "red", "size": "s"}, {"color": "red", "size": "m"}]
    assert len({goal.price_upper for goal in goals}) == 1
    assert mask_bound(goals[1].instruction) == (
        "Find me soft shoes with color: red, and size: m, and price lower than # dollars"
    )


def test_human_goals_skip_those_without_attributes(tmp_path):
    entry = {"instruction": "i need shoes.", "instruction_attributes": ["soft"], "instruction_options": ["red"]}
    files = write(
        tmp_path, [{**ITEM, "pricing": "$990"}], human={"B000000001": [{**entry, "instruction_attributes": []}, entry]}
    )
    [goal] = human_goals(load_products(files), {"B000000001": 990.0}, random.Random(0))
    assert goal.instruction == "i need shoes"
    assert goal.options == ("red",)
    assert goal.price_upper == NO_BOUND


def test_the_official_order_depends_on_the_number_of_goals_alone(official):
    assert official_order(list(range(10))) == official_order(list(range(10)))
    order = official_order(list(range(6910)))
    assert sorted(order) == list(range(6910))
    again = official_order(range(6910))
    assert order == again


def test_prices_are_drawn_once_from_the_seed(official):
    products = list(official._shop.products.values())
    first, second = (draw_prices(products, random.Random(seed)) for seed in (1, 1))
    assert first == second
    assert first != draw_prices(products, random.Random(2))
    for product in products:
        assert min(product.price_range) <= first[product.asin] <= max(product.price_range)
