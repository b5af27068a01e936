"""The generated catalogue (``docs/spec/webshop.md §11``)."""

import json

from envs.webshop.generate import catalogue
from envs.webshop.generate.families import family
from envs.webshop.generate.vocabulary import product_types
from envs.webshop.generate.wording import instruction
from envs.webshop.reward import matched_attributes, matched_options
from macla.seeding import python_rng


def test_same_seed_same_files_and_another_seed_others(tmp_path):
    first = catalogue.generate(200, 1)
    assert first == catalogue.generate(200, 1)
    assert first != catalogue.generate(200, 2)
    files = catalogue.generated_files(tmp_path, products=200, seed=1)
    assert json.loads(files.items.read_text(encoding="utf-8")) == first[0]
    stamp = files.items.stat().st_mtime_ns
    assert catalogue.generated_files(tmp_path, products=200, seed=1).items.stat().st_mtime_ns == stamp
    assert [path.name for path in tmp_path.iterdir()] == [files.items.parent.name], "nothing half-written is left"


def test_the_official_schema():
    items, attributes, human = catalogue.generate(500, 0)
    assert len(items) == len({item["asin"] for item in items}) == 500
    for item in items:
        assert len(item["asin"]) == 10
        assert item["asin"].isupper()
        assert " › " in item["product_category"]
        assert item["asin"] in attributes
    assert 95 <= len(human) <= 105, "one goal in five products"
    for asin, [entry] in human.items():
        assert set(entry["instruction_attributes"]) <= set(attributes[asin]["attributes"])
        for words in (*entry["instruction_attributes"], *entry["instruction_options"]):
            assert words in entry["instruction"]
        assert "price" not in entry["instruction"]
        assert "$" not in entry["instruction"]


def test_every_value_can_be_missed():
    """The reward takes some values for one another ('2 count', '6 count'): never all of a group."""
    for kind in product_types():
        for _, values in kind.groups:
            for wanted in values:
                assert not all(matched_options([value.lower()], [wanted.lower()]) for value in values)


def test_each_near_miss_lacks_exactly_what_it_should():
    rng = python_rng(0, "test")
    for kind in product_types():
        target, attribute_miss, dear, option_miss = family(kind, rng)
        wish = target.wish
        assert set(wish.attributes) - set(attribute_miss.attributes)
        assert min(dear.prices) > target.top_price + 40, "above every bound the target's price can draw"
        if wish.options:
            chosen = [value.lower() for values in option_miss.options.values() for value in values]
            wanted = [value.lower() for value in wish.options.values()]
            assert matched_options(chosen, wanted) < len(wanted)
        assert instruction(kind, wish, rng)


def test_near_misses_lack_the_attribute_in_their_words_too(generated):
    shop = generated._shop
    met = missed = 0
    for goal in list(shop.goals)[:60]:
        for product in shop.products.values():
            if product.query == goal.query and product.asin != goal.asin:
                full = matched_attributes(product, goal.attributes) == len(goal.attributes)
                met, missed = met + full, missed + (not full)
    assert missed > met
