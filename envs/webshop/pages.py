"""Pages as text: what a page shows, in the two observation modes (``docs/spec/webshop.md §4``).

A page is a list of the text nodes its HTML would hold. ``text`` joins them, ``text_rich`` marks buttons.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from envs.webshop.catalogue import Product

BUY = "Buy Now"
NEXT = "Next >"
PREVIOUS = "< Prev"
BACK = "Back to Search"
SEARCH = "Search"
SUB_PAGES = ("Description", "Features", "Reviews", "Attributes")

_WHITESPACE = " \n\t\f\r"


class Kind(Enum):
    """What a text node is part of."""

    TEXT = 0
    BUTTON = 1
    PRODUCT = 2
    OPTION = 3


class Node(NamedTuple):
    """One text node of a page, as the parsed HTML holds it."""

    text: str
    kind: Kind = Kind.TEXT


Page = list[Node]


def as_text(page: Page) -> str:
    """Return the page in ``text`` mode: nodes joined by `` [SEP] ``."""
    return " [SEP] ".join(node.text.strip() for node in _visible(page))


def as_rich_text(page: Page, opened: frozenset[str], location: str) -> str:
    """Return the page in ``text_rich`` mode: a node a line, buttons marked, those used marked as clicked.

    ``opened`` are the asins opened since the home page; ``location`` is the part of the address that names the
    query and the chosen options, where an option counts as chosen when its value stands there in quotes.
    """
    notices, body = "", ""
    for text, kind in _visible(page):
        if kind is Kind.BUTTON:
            line = _marked(text)
        elif kind is Kind.PRODUCT:
            line = "\n" + _marked(text, clicked=text in opened)
        elif kind is Kind.OPTION:
            clicked = f'"{text}"' in location
            line = "  " + _marked(text, clicked=clicked)
            if clicked:
                notices = f"You have clicked {text}.\n" + notices
        else:
            line = text
        body += line + "\n"
    return notices + body


def _marked(text: str, *, clicked: bool = False) -> str:
    mark = "clicked button" if clicked else "button"
    return f"[{mark}] {text} [{mark}_]"


def _visible(page: Page) -> Iterator[Node]:
    """Yield the nodes as the official HTML parser leaves them.

    Empty text makes no node; white space alone becomes a line break, which is dropped, or one blank, which stays.
    """
    for node in page:
        if node.text.strip(_WHITESPACE):
            yield node
        elif node.text and "\n" not in node.text:
            yield Node(" ", node.kind)


def home(instruction: str) -> Page:
    """The start page."""
    return [Node("WebShop"), Node("Instruction: "), Node(instruction), Node(SEARCH, Kind.BUTTON)]


def _header(instruction: str) -> Page:
    return [Node("Instruction:"), Node(instruction), Node(BACK, Kind.BUTTON)]


def results(instruction: str, number: int, total: int, products: Sequence[Product]) -> Page:
    """Page ``number`` of a search with ``total`` hits, showing ``products``."""
    page = [*_header(instruction), Node(f"Page {number} (Total results: {total})")]
    if number > 1:
        page.append(Node(PREVIOUS, Kind.BUTTON))
    page.append(Node(NEXT, Kind.BUTTON))
    for product in products:
        page += [Node(product.asin, Kind.PRODUCT), Node(product.title), Node(product.price_tag)]
    return page


def item(instruction: str, product: Product, *, show_attributes: bool) -> Page:
    """A product's own page."""
    page = [*_header(instruction), Node(PREVIOUS, Kind.BUTTON)]
    for group, values in product.options.items():
        page.append(Node(group))
        page += [Node(value, Kind.OPTION) for value in values]
    page += [Node(product.title), Node(f"Price: {product.price_tag}"), Node("Rating: N.A.")]
    shown = SUB_PAGES if show_attributes else SUB_PAGES[:-1]
    page += [Node(name, Kind.BUTTON) for name in shown]
    page.append(Node(BUY, Kind.BUTTON))
    return page


def sub_page(instruction: str, product: Product, name: str) -> Page:
    """One of :data:`SUB_PAGES` of a product."""
    return [*_header(instruction), Node(PREVIOUS, Kind.BUTTON), *_SUB_PAGE_BODY[name](product)]


_SUB_PAGE_BODY: Mapping[str, Callable[[Product], Page]] = {
    "Description": lambda product: [Node(product.description)],
    "Features": lambda product: [Node(f" {bullet}") for bullet in product.bullets],
    "Reviews": lambda product: [],
    "Attributes": lambda product: [
        *(Node(f" {attribute}") for attribute in product.attributes),
        Node(product.category),
        Node(product.query),
        Node(product.product_category),
    ],
}


def done(asin: str, options: Mapping[str, str], reward: float) -> Page:
    """The page after a purchase. It shows the score, as the official one does."""
    chosen = json.dumps(options, sort_keys=True)
    for character in "<>&'":
        chosen = chosen.replace(character, f"\\u{ord(character):04x}")
    bought = ["asin", asin, "options", chosen, "attrs", "None", "category", "None", "query", "None"]
    wanted = ["asin", "options", "attrs", "price upper", "instuction text", "category", "product category", "query"]
    texts = [
        *("Thank you for shopping with us!", "Your code: ", "None", " (Paste it in your MTurk interface.)"),
        *("Purchased", *bought, "product category", "None", "Target", *wanted, "Goal ", "None"),
        *("Reward", "Your score (min 0.0, max 1.0)", str(reward), "Reward Details ", "None"),
    ]
    return [Node(text) for text in texts]


def clickables(page: Page) -> dict[str, Kind]:
    """Return what can be clicked on ``page``, in the official order, and what each click means.

    Keys are lower case: buttons, then products, then option values; an option named like a button takes its place.
    """
    meaning: dict[str, Kind] = {}
    for kind in (Kind.BUTTON, Kind.PRODUCT, Kind.OPTION):
        for node in page:
            if node.kind is kind:
                meaning[node.text if kind is Kind.OPTION else node.text.lower()] = kind
    return meaning
