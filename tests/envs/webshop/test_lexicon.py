"""Reading pages and instructions, writing actions."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envs.webshop.reader import ReadingLexicon, request_spans
from macla.benchmarks.lexicon import Command

lexicon = ReadingLexicon()


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
        ("dark blue", "option"),
        ("x-large", "option"),
        ("40.00", "price"),
    ]


@pytest.mark.parametrize(
    ("text", "request_", "others"),
    [
        ("i am looking for a soft scarf", "soft scarf", []),
        ("im looking for some tea, and price lower than 9.00 dollars", "tea", [("9.00", "price")]),
        ("can you find me a lamp in size 6 count", "lamp in size 6 count", [("6 count", "option")]),
        (
            "locate a gold color band, size 7.5 wide",
            "locate a gold color band, size 7.5 wide",
            [("gold", "option"), ("7.5 wide", "option")],
        ),
        ("i need shoes in the color dusty-rose", "shoes in the color dusty-rose", [("dusty-rose", "option")]),
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
        ("$9.5", "price"),
    ]


ITEM = (
    "Instruction: [SEP] i need a blue scarf, size xx-large, and price lower than 40.00 dollars [SEP] Back to Search "
    "[SEP] < Prev [SEP] color [SEP] blue [SEP] dark blue [SEP] size [SEP] large [SEP] xx-large [SEP] Blue Scarf [SEP] "
    "Price: $9.5 [SEP] Rating: N.A. [SEP] Description [SEP] Features [SEP] Reviews [SEP] Buy Now"
)


def test_an_item_page_holds_groups_of_options_that_are_found_in_the_instruction():
    assert named(ITEM) == [
        ("blue scarf, size xx-large", "request"),
        ("blue", "option"),
        ("xx-large", "option"),
        ("40.00", "price"),
        ("color", "group"),
        ("blue", "option"),
        ("dark blue", "option"),
        ("size", "group"),
        ("large", "option"),
        ("xx-large", "option"),
        ("$9.5", "price"),
    ]


def test_values_stand_inside_their_group_and_prices_inside_their_product():
    found = lexicon.mentions(ITEM)
    groups = {m.name: ITEM[m.start : m.end] for m in found if m.type == "group"}
    assert groups == {"color": "color [SEP] blue [SEP] dark blue", "size": "size [SEP] large [SEP] xx-large"}
    row = "B012345678 [SEP] Green Tea [SEP] $9.5 to $12.0"
    page = (
        f"Instruction: [SEP] i need tea [SEP] Back to Search [SEP] Page 1 (Total results: 1) [SEP] Next > [SEP] {row}"
    )
    product, price = lexicon.mentions(page)[-2:]
    assert page[product.start : product.end] == row.removesuffix(" to $12.0") + " to $12.0"
    assert (price.name, price.type) == ("$9.5", "price"), "of a range the lowest counts"


def test_a_group_of_a_name_never_met_is_read_from_its_place():
    page = ITEM.replace("color", "gemstone cut", 1)
    assert [m.name for m in lexicon.mentions(page) if m.type == "group"] == ["gemstone cut", "size"]


def test_a_wish_that_its_wording_gives_with_its_group_is_not_spelled_again():
    page = ITEM.replace(
        "i need a blue scarf, size xx-large", "Find me blue scarf with color: dark blue, and size: large"
    )
    wishes = [m.name for m in lexicon.mentions(page) if m.type == "option" and m.end < page.index("Back to")]
    assert wishes == ["dark blue", "large"]


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
                whole = mention.type in ("product", "group")
                assert spelled.startswith(mention.name.lower()) if whole else spelled == mention.name


PIECES = st.sampled_from(
    [*ITEM.split(" [SEP] "), "B012345678", "$9.5 to $12.0", "Price: $1.0 to $2", "", " ", "Instruction:", "color: blue"]
)


@given(
    st.lists(PIECES, max_size=14).map(" [SEP] ".join)
    | st.lists(PIECES.map("[button] {} [button_]".format)).map("\n".join)
)
def test_any_page_can_be_read(page):
    """Fields in any order: every mention stands where it says, and a part stands wholly inside its whole."""
    found = lexicon.mentions(page)
    for mention in found:
        assert page[mention.start : mention.end].lower().startswith(mention.name.lower())
    wholes = [mention for mention in found if mention.type in ("group", "product")]
    for one, other in itertools.pairwise(wholes):
        assert one.end <= other.start
    for start, end in lexicon.statements(page):
        assert page[start:end].strip()


@given(st.text(max_size=80))
def test_any_text_can_be_read(text):
    for mention in lexicon.mentions(text):
        assert text[mention.start : mention.end].lower().startswith(mention.name.lower())
    for span in request_spans(text):
        assert text[span.start : span.end] == span.text


def test_the_shop_never_says_that_an_action_was_rejected():
    assert not lexicon.rejected(ITEM)
