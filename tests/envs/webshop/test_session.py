"""What each action does (``docs/spec/webshop.md §5``): by hand, and on thousands of random and malformed actions."""

import random

import pytest

from envs.webshop.catalogue import Product
from envs.webshop.goals import Goal
from envs.webshop.session import Session, parse_action


def product(asin: str, **changes) -> Product:
    fields = {
        "asin": asin,
        "title": f"Scarf {asin}",
        "description": "Warm.",
        "bullets": ("Soft", ""),
        "price_tag": "$9.5",
        "price_range": (9.5,),
        "options": {"color": ("red", "blue", "shared"), "size": ("small", "shared")},
        "attributes": ("machine wash",),
        "category": "fashion",
        "query": "scarves",
        "product_category": "Clothing › Scarves",
    }
    return Product(**{**fields, **changes})


GOAL = Goal(
    "B000000000", "i need a red scarf", ("machine wash",), ("red",), 20.0, "Scarf", "scarves", "fashion", "A › B"
)


class FakeShop:
    """Twelve products; a query finds them all unless it says nothing."""

    def __init__(self) -> None:
        listed = [product(f"B{number:09d}") for number in range(11)]
        listed.append(product("B000000011", options={"do": ("buy now", "description", "search", "a[b]")}))
        self.products = {item.asin: item for item in listed}

    def search(self, query):
        return list(self.products.values()) if query.strip() else []

    def reward(self, goal, asin, options):
        return 0.25 * len(options)


@pytest.fixture
def visit() -> Session:
    return Session(FakeShop(), GOAL)


def act(visit: Session, *actions: str) -> str:
    for action in actions:
        assert visit.act(action), action
    return visit.text()


HEAD = "Instruction: [SEP] i need a red scarf [SEP] Back to Search"


@pytest.mark.parametrize(
    ("action", "parsed"),
    [
        ("search[Red Scarf]", ("search", "red scarf")),
        ("click[Buy Now] now", ("click", "buy now")),
        ("click[ buy now]", ("click", " buy now")),
        ("search[a [b] c]", None),
        ("search[x\ny]", None),
        ("search[]", None),
        ("Search[x]", None),
        (" click[x]", None),
        ("think[x]", None),
        ("", None),
        ("click[x", None),
    ],
)
def test_parse_action(action, parsed):
    assert parse_action(action) == parsed


def test_pages_by_hand(visit):
    assert visit.text() == "WebShop [SEP] Instruction: [SEP] i need a red scarf [SEP] Search"
    assert visit.available() == {"has_search_bar": True, "clickables": ["search"]}
    first = act(visit, "search[scarf]")
    assert first.startswith(f"{HEAD} [SEP] Page 1 (Total results: 12) [SEP] Next > [SEP] B000000000 [SEP] Scarf")
    assert "< Prev" not in first
    assert act(visit, "click[Next >]") == (
        f"{HEAD} [SEP] Page 2 (Total results: 12) [SEP] < Prev [SEP] Next > [SEP] B000000010 [SEP] Scarf B000000010 "
        "[SEP] $9.5 [SEP] B000000011 [SEP] Scarf B000000011 [SEP] $9.5"
    )
    past = act(visit, "click[next >]")
    assert past == f"{HEAD} [SEP] Page 3 (Total results: 12) [SEP] < Prev [SEP] Next >"
    page = act(visit, "click[< prev]", "click[b000000010]")
    assert page == (
        f"{HEAD} [SEP] < Prev [SEP] color [SEP] red [SEP] blue [SEP] shared [SEP] size [SEP] small [SEP] shared [SEP] "
        "Scarf B000000010 [SEP] Price: $9.5 [SEP] Rating: N.A. [SEP] Description [SEP] Features [SEP] Reviews [SEP] "
        "Buy Now"
    )
    assert visit.available()["clickables"] == [
        *(
            "back to search",
            "< prev",
            "description",
            "features",
            "reviews",
            "buy now",
            "red",
            "blue",
            "shared",
            "small",
        ),
    ]
    assert act(visit, "click[red]") == page
    assert act(visit, "click[Features]") == f"{HEAD} [SEP] < Prev [SEP] Soft [SEP] "
    assert visit.options == {"color": "red"}
    assert act(visit, "click[< Prev]") == page
    assert act(visit, "click[reviews]") == f"{HEAD} [SEP] < Prev"
    assert visit.options == {"color": "red"}, "sub-pages and < Prev keep the options"
    back = act(visit, "click[< Prev]", "click[< Prev]")
    assert back.startswith(f"{HEAD} [SEP] Page 2"), "an item's < Prev returns to its results page"
    assert visit.options == {}
    assert visit.asin is None


def test_options_one_per_group_last_click_wins_and_a_shared_value_goes_to_the_last_group(visit):
    act(visit, "search[x]", "click[B000000000]", "click[red]", "click[blue]", "click[shared]")
    assert visit.options == {"color": "blue", "size": "shared"}


def test_an_option_named_like_a_button_acts_as_the_button(visit):
    page = act(visit, "search[x]", "click[next >]", "click[B000000011]")
    assert act(visit, "click[description]").endswith("< Prev [SEP] Warm.")
    assert act(visit, "click[< Prev]") == page
    assert not visit.act("click[search]"), "'search' is never a click"
    assert not visit.act("click[a[b]]"), "a value with a bracket cannot be clicked"
    assert act(visit, "click[buy now]").startswith("Thank you")


def test_text_rich_marks_what_was_clicked(visit):
    act(visit, "search[x]", "click[B000000000]", "click[red]")
    text = visit.rich_text()
    assert text.startswith(
        "You have clicked red.\nInstruction:\ni need a red scarf\n[button] Back to Search [button_]\n"
    )
    assert "  [clicked button] red [clicked button_]\n  [button] blue [button_]\n" in text
    act(visit, "click[< Prev]")
    assert "\n\n[clicked button] B000000000 [clicked button_]\nScarf" in visit.rich_text()
    assert "\n\n[button] B000000001 [button_]\n" in visit.rich_text()
    act(visit, "click[back to search]")
    assert visit.rich_text() == "WebShop\nInstruction: \ni need a red scarf\n[button] Search [button_]\n"
    act(visit, "search[x]")
    assert "clicked" not in visit.rich_text(), "the home page forgets which products were opened"


def test_the_done_page(visit):
    done = act(visit, "search[x]", "click[B000000000]", "click[small]", "click[blue]", "click[Buy Now]")
    assert visit.reward == 0.5
    assert 'options [SEP] {"color": "blue", "size": "small"} [SEP] attrs [SEP] None' in done
    assert "Your score (min 0.0, max 1.0) [SEP] 0.5 [SEP] Reward Details [SEP] None" in done
    assert visit.available() == {"has_search_bar": False, "clickables": []}
    assert act(visit, "search[x]").startswith(HEAD), "search works even here"


@pytest.mark.parametrize("query", ["<r>", "<a> machine wash", "<c> fashion", "<q> scarves"])
def test_queries_that_leak_the_catalogue_are_refused(visit, query):
    before = visit.text()
    assert not visit.act(f"search[{query}]")
    assert visit.text() == before


def test_a_blank_query_finds_nothing(visit):
    assert act(visit, "search[ ]") == f"{HEAD} [SEP] Page 1 (Total results: 0) [SEP] Next >"


def random_action(rng: random.Random, visit: Session, words: list[str]) -> str:
    clickables = visit.available()["clickables"]
    roll = rng.random()
    if roll < 0.5 and clickables:
        value = rng.choice(clickables)
        return f"click[{value.upper() if rng.random() < 0.2 else value}]"
    if roll < 0.65:
        return f"search[{' '.join(rng.choices(words, k=rng.randint(1, 8)))}]"
    pieces = ["click", "search", "[", "]", " ", "\n", "buy now", "< prev", "B0", "é★", "<r>", "", "{}", "\\", '"', "%s"]
    return "".join(rng.choices(pieces, k=rng.randint(0, 6)))


def test_twenty_thousand_random_actions_keep_the_rules(generated):
    shop = generated._shop
    rng = random.Random(7)
    words = ["red", "size", "shirt", "cream", "cable", "free", "for", "the", "6", "easy", "clean,", "★", "l'eau"]
    understood = bought = kept = 0
    visit = Session(shop, shop.goals[0])
    for _ in range(20_000):
        if rng.random() < 0.03:
            visit = Session(shop, rng.choice(shop.goals), show_attributes=rng.random() < 0.5)
        before = (visit.text(), visit.rich_text(), dict(visit.options), visit.asin, visit.reward)
        options, asin = dict(visit.options), visit.asin
        place, clickables = visit._place, visit.available()["clickables"]
        action = random_action(rng, visit, words)
        parsed = parse_action(action)
        if not visit.act(action):
            assert parsed is None or parsed[0] == "click" or parsed[1].split(" ")[0] in ("<r>",)
            assert before == (visit.text(), visit.rich_text(), dict(visit.options), visit.asin, visit.reward)
            continue
        understood += 1
        name, argument = parsed
        assert name == "search" or argument in clickables
        if argument == "buy now":
            bought += 1
            assert 0.0 <= visit.reward <= 1.0
            assert visit.text().startswith("Thank you for shopping with us!")
        elif place == "sub_page" and argument == "< prev":
            kept += 1
            assert (visit.options, visit.asin, visit._place) == (options, asin, "item")
        elif name == "search" or argument in ("back to search", "next >"):
            assert visit.options == {}
            assert visit.asin is None
    assert understood > 8_000
    assert bought > 100
    assert kept > 100
