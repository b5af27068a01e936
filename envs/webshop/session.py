"""One visit to the shop: the state behind the pages and what each action does to it (``docs/spec/webshop.md §5``)."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from envs.webshop import pages
from envs.webshop.catalogue import Product
from envs.webshop.goals import Goal
from envs.webshop.pages import Kind, Page

PRODUCTS_PER_PAGE = 10

_ACTION = re.compile(r"(.+)\[(.+)\]")
_LEAKING = frozenset(("<r>", "<a>", "<c>", "<q>"))
"""First words by which the official search lists products by hidden facts. Refused here."""


class Shop(Protocol):
    """What a visit needs of the shop."""

    products: Mapping[str, Product]

    def search(self, query: str) -> Sequence[Product]:
        """Return the products found, best first."""
        ...

    def reward(self, goal: Goal, asin: str, options: Mapping[str, str]) -> float:
        """Return the reward of buying ``asin`` with ``options``."""
        ...


def parse_action(action: str) -> tuple[str, str] | None:
    """Return (name, lower-cased argument) of ``search[..]`` or ``click[..]``; None for anything else.

    As in the official code the name runs to the last ``[`` before a ``]``, and text after the last ``]`` is ignored.
    """
    match = _ACTION.match(action)
    if match is None or match[1] not in ("search", "click"):
        return None
    return match[1], match[2].lower()


class Session:
    """The state of one visit for one goal. An action that is not understood changes nothing."""

    def __init__(self, shop: Shop, goal: Goal, *, show_attributes: bool = False) -> None:
        self._shop = shop
        self._goal = goal
        self._show_attributes = show_attributes
        self.reward: float | None = None
        """What the last purchase earned; None before one."""
        self.keywords: list[str] = []
        self.number = 1
        """The results page looked at, from 1."""
        self.asin: str | None = None
        self.options: dict[str, str] = {}
        """Chosen values by group."""
        self.opened: set[str] = set()
        """Asins opened since the home page."""
        self._go_home()

    # -- what is seen ---------------------------------------------------------------------------------------------

    def text(self) -> str:
        """Return the current page in ``text`` mode."""
        return pages.as_text(self.page)

    def rich_text(self) -> str:
        """Return the current page in ``text_rich`` mode."""
        location = f"{'+'.join(self.keywords)}/{self.number}/{json.dumps(self.options)}"
        return pages.as_rich_text(self.page, frozenset(self.opened), location)

    def available(self) -> dict[str, object]:
        """Return the official ``get_available_actions``: whether there is a search bar, and what can be clicked."""
        return {"has_search_bar": self._place == "home", "clickables": list(pages.clickables(self.page))}

    def admissible(self) -> list[str]:
        """Return what :meth:`available` means as actions; the search bar takes the words of the instruction."""
        searches = [f"search[{self._goal.instruction}]"] if self._place == "home" else []
        return searches + [f"click[{name}]" for name in pages.clickables(self.page) if name != pages.SEARCH.lower()]

    # -- what is done ---------------------------------------------------------------------------------------------

    def act(self, action: str) -> bool:
        """Carry out ``action``; return whether it was understood."""
        parsed = parse_action(action)
        if parsed is None:
            return False
        name, argument = parsed
        if name == "search":
            return self._search(argument.split(" "))
        meaning = pages.clickables(self.page)
        if argument not in meaning or argument == pages.SEARCH.lower():
            return False
        self._click(argument, meaning[argument])
        return True

    def _search(self, keywords: list[str]) -> bool:
        if keywords[0] in _LEAKING:
            return False
        self.keywords = keywords
        self._show_results(1)
        return True

    def _click(self, argument: str, kind: Kind) -> None:
        """Follow a link. Buttons are told by their name alone, as in the official code."""
        sub_pages = {name.lower(): name for name in pages.SUB_PAGES}
        if argument == pages.BUY.lower():
            self._buy()
        elif argument == pages.BACK.lower():
            self._go_home()
        elif argument == pages.NEXT.lower() and self._place == "results":
            self._show_results(self.number + 1)
        elif argument == pages.PREVIOUS.lower() and self._place == "results":
            self._show_results(self.number - 1)
        elif argument == pages.PREVIOUS.lower() and self._place == "item":
            self._show_results(self.number)
        elif argument in sub_pages:
            self._show_sub_page(sub_pages[argument])
        else:
            self._choose(argument, kind)
            self._show_item()

    def _choose(self, argument: str, kind: Kind) -> None:
        """Note the product opened or the option chosen; ``< Prev`` on a sub-page chooses nothing."""
        if kind is Kind.PRODUCT:
            self.asin = argument.upper()
            self.opened.add(self.asin)
        elif kind is Kind.OPTION:
            groups = [group for group, values in self._product.options.items() if argument in values]
            self.options[groups[-1].lower()] = argument

    # -- pages ----------------------------------------------------------------------------------------------------

    @property
    def _product(self) -> Product:
        assert self.asin is not None
        return self._shop.products[self.asin]

    def _go_home(self) -> None:
        self.keywords = []
        self.number = 1
        self.asin = None
        self.options = {}
        self.opened = set()
        self._place = "home"
        self.page: Page = pages.home(self._goal.instruction)

    def _show_results(self, number: int) -> None:
        self.number = number
        self.asin = None
        self.options = {}
        found = self._shop.search(" ".join(self.keywords))
        shown = found[(number - 1) * PRODUCTS_PER_PAGE : number * PRODUCTS_PER_PAGE]
        self._place = "results"
        self.page = pages.results(self._goal.instruction, number, len(found), shown)

    def _show_item(self) -> None:
        self._place = "item"
        self.page = pages.item(self._goal.instruction, self._product, show_attributes=self._show_attributes)

    def _show_sub_page(self, name: str) -> None:
        self._place = "sub_page"
        self.page = pages.sub_page(self._goal.instruction, self._product, name)

    def _buy(self) -> None:
        assert self.asin is not None
        self.reward = self._shop.reward(self._goal, self.asin, self.options)
        self._place = "done"
        self.page = pages.done(self.asin, self.options, self.reward)
