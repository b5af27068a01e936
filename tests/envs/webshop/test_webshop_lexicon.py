"""Reading pages and instructions, writing actions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envs.webshop.instruction import request_spans
from envs.webshop.lexicon import WebShopLexicon
from macla.lexicon import Command

lexicon = WebShopLexicon()


def named(text: str) -> list[tuple[str, str]]:
    return [(mention.name, mention.type) for mention in lexicon.mentions(text)]


@pytest.mark.parametrize(
    ("action", "command"),
    [
        ("search[red shoes]", Command("search[{}]", ("red shoes",))),
        ("click[B012345678]", Command("click[{}]", ("B012345678",))),
        ("click[x-large]", Command("click[{}]", ("x-large",))),
        ("click[buy now]", Command("click[Buy Now]", ())),
        ("click[< Prev]", Command("click[< Prev]", ())),
        ("think[hm]", None),
        ("search[]", None),
        ("buy", None),
    ],
)
def test_parse(action, command):
    assert lexicon.parse(action) == command


@given(st.sampled_from(["search", "click"]), st.text(min_size=1))
def test_render_is_the_inverse_of_parse(name, argument):
    command = lexicon.parse(f"{name}[{argument}]")
    assert lexicon.parse(lexicon.render(command)) == command
    if command.arguments:
        assert lexicon.render(command) == f"{name}[{argument}]"


def test_a_synthetic_instruction():
    text = (
        "Find me easy wash, soft women's scarves with long fringe, wool for winter with color: dark blue, and size: "
        "x-large, and price lower than 40.00 dollars"
    )
    assert named(text) == [
        (text[len("Find me ") : text.index(", and price")], "request"),
        ("long fringe", "attribute"),
        ("wool for winter", "attribute"),
        ("dark blue", "color"),
        ("x-large", "size"),
        ("40.00", "price"),
    ]


@pytest.mark.parametrize(
    ("text", "request_", "others"),
    [
        ("i am looking for a soft scarf", "soft scarf", []),
        ("im looking for some tea, and price lower than 9.00 dollars", "tea", [("9.00", "price")]),
        ("can you find me a lamp in size 6 count", "lamp in size 6 count", [("6 count", "size")]),
        (
            "locate a gold color band, size 7.5 wide",
            "locate a gold color band, size 7.5 wide",
            [("gold", "color"), ("7.5 wide", "size")],
        ),
        ("i need shoes in the color dusty-rose", "shoes in the color dusty-rose", [("dusty-rose", "color")]),
    ],
)
def test_a_human_instruction(text, request_, others):
    assert named(text) == [(request_, "request"), *others]


def test_a_results_page():
    page = (
        "Instruction: [SEP] i need tea [SEP] Back to Search [SEP] Page 1 (Total results: 50) [SEP] Next > [SEP] "
        "B012345678 [SEP] Green Tea BUYNOWTEAS [SEP] $9.5"
    )
    assert named(page) == [
        ("tea", "request"),
        ("B012345678", "product"),
        ("9.5", "price"),
    ]


ITEM = (
    "Instruction: [SEP] i need a blue scarf, size xx-large, and price lower than 40.00 dollars [SEP] Back to Search "
    "[SEP] < Prev [SEP] color [SEP] blue [SEP] dark blue [SEP] size [SEP] large [SEP] xx-large [SEP] Blue Scarf [SEP] "
    "Price: $9.5 [SEP] Rating: N.A. [SEP] Description [SEP] Features [SEP] Reviews [SEP] Buy Now"
)


def test_an_item_page_types_values_by_group_and_finds_them_in_the_instruction():
    assert named(ITEM) == [
        ("blue scarf, size xx-large", "request"),
        ("blue", "color"),
        ("xx-large", "size"),
        ("40.00", "price"),
        ("blue", "color"),
        ("dark blue", "color"),
        ("large", "size"),
        ("xx-large", "size"),
    ]


def test_both_observation_modes_hold_the_same_entities(data_dir, generated):
    from envs.webshop.benchmark import WebShop

    rich = WebShop(WebShop.Options(data_dir=data_dir, products=1500, tagger="rules", observation="text_rich"))
    task = generated.tasks("train")[0]
    plain_env, rich_env = generated.make(task, seed=0), rich.make(task, seed=0)
    plain, marked = plain_env.reset()[0], rich_env.reset()[0]
    for _ in range(3):
        assert sorted(set(named(plain))) == sorted(set(named(marked)))
        products = [name for name, kind in named(plain) if kind == "product"]
        action = f"click[{products[0]}]" if products else "search[free]"
        plain, marked = plain_env.step(action)[0], rich_env.step(action)[0]


def test_mentions_stand_where_they_say(generated):
    for trajectory in generated.experts(generated.tasks("train")[:30], seed=0):
        for text in (trajectory.task, *(step.observation for step in trajectory.steps)):
            for mention in lexicon.mentions(text):
                spelled = text[mention.start : mention.end].lower()
                assert (
                    spelled.startswith(mention.name.lower()) if mention.type == "product" else spelled == mention.name
                )


@given(st.text(max_size=80))
def test_any_text_can_be_read(text):
    for mention in lexicon.mentions(text):
        assert text[mention.start : mention.end].lower() == mention.name.lower()
    for span in request_spans(text):
        assert text[span.start : span.end] == span.text


def test_the_shop_never_says_that_an_action_was_rejected():
    assert not lexicon.rejected(ITEM)
