"""Training trajectories: an oracle that knows what is wanted, with detours and failures (never for test goals)."""

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from envs.webshop import pages
from envs.webshop.catalogue import Product
from envs.webshop.goals import Goal
from envs.webshop.reward import matched_options
from envs.webshop.session import PRODUCTS_PER_PAGE
from envs.webshop.shop import WebShopData
from macla.benchmarks.base import Task, TaskEnv
from macla.benchmarks.replaying import play
from macla.benchmarks.trajectory import Trajectory
from macla.seeding import python_rng

Manner = Literal["careful", "curious", "hasty", "forgetful", "careless", "endless"]
"""How the oracle shops. Careful and curious (which reads a sub-page on the way) shop well, the others badly: buying the
first hit at once whatever it costs, choosing no option, choosing a wrong value, paging on without buying."""

FAILURE_SHARE = 0.4
"""Share of the tasks that also get a trajectory meant to fail."""

MOST_LOOKED_AT = 3
"""Products the oracle opens at most: the last is bought even if it does not offer all that is asked."""


def demonstrations(
    shop: WebShopData, tasks: list[Task], make: Callable[[Task], TaskEnv], *, seed: int, horizon: int
) -> Iterator[Trajectory]:
    """Yield one trajectory meant to succeed per task and, for some tasks, one meant to fail after it."""
    for task in tasks:
        rng = python_rng(seed, "webshop", "expert", task.id)
        manners: list[Manner] = [rng.choice(("careful", "careful", "careful", "curious"))]
        if rng.random() < FAILURE_SHARE:
            manners.append(rng.choice(("hasty", "forgetful", "careless", "endless")))
        for manner in manners:
            actions = plan(shop, shop.goals[task.payload], manner, rng, horizon)
            if len(actions) > horizon and manner == "curious":
                actions = plan(shop, shop.goals[task.payload], "careful", rng, horizon)
            yield play(make(task), task, actions, "expert")


def plan(shop: WebShopData, goal: Goal, manner: Manner, rng: random.Random, horizon: int) -> list[str]:
    """Return the actions of one visit. Queries hold the instruction's own words only, nothing the goal hides.

    What the oracle knows of the goal decides between products and options that a page shows side by side.
    """
    from envs.webshop.reader import request_spans  # here alone: all else works without the reader

    query = next((span.text for span in request_spans(goal.instruction) if span.kind == "request"), goal.instruction)
    hits = shop.search(query.lower())
    actions = [f"search[{query}]"]
    if not hits:
        return actions
    if manner == "endless":
        return actions + [_click(pages.NEXT)] * 9
    if manner == "hasty":
        return [*actions, _click(hits[0].asin), _click(pages.BUY)]
    *passed, chosen = _walk(shop, goal, hits)
    passed = passed[: MOST_LOOKED_AT - 1]
    for product in passed:
        actions += [_click(product.asin), _click(pages.PREVIOUS)]
    actions += [_click(pages.NEXT)] * (0 if passed else hits.index(chosen) // PRODUCTS_PER_PAGE)
    actions.append(_click(chosen.asin))
    if manner == "curious":
        actions += [_click(rng.choice(pages.SUB_PAGES[:2])), _click(pages.PREVIOUS)]
    if manner != "forgetful":
        values = wanted_values(chosen, goal)
        if manner == "careless":
            values = _with_mistake(chosen, values, rng)
        actions += [_click(value) for value in values.values()]
    actions.append(_click(pages.BUY))
    return actions


def _walk(shop: WebShopData, goal: Goal, hits: list[Product]) -> list[Product]:
    """Return the products to open one after the other, the last of which is bought.

    They are taken from the first results page that shows anything within the price bound, in the page's order. One
    that does not offer every wished option, as its page shows, is left again. Of those that do the oracle opens only
    the one it knows to be best: what it saves is reading every other one's sub-pages. If none does, the best is last.
    """
    shown = next(
        (page for page in _result_pages(hits) if any(_affordable(product, goal) for product in page)),
        hits[:PRODUCTS_PER_PAGE],
    )
    within = [product for product in shown if _affordable(product, goal)] or shown
    best = max(within, key=lambda product: shop.reward(goal, product.asin, wanted_values(product, goal)))
    before = within[: within.index(best)] if _offers_all(best, goal) else [item for item in within if item is not best]
    return [*(product for product in before if not _offers_all(product, goal)), best]


def _offers_all(product: Product, goal: Goal) -> bool:
    """Whether a page shows every wished value as it is wished."""
    if isinstance(goal.options, Mapping):
        return all(value in product.options.get(group, ()) for group, value in goal.options.items())
    return all(any(value in values for values in product.options.values()) for value in goal.options)


def _result_pages(hits: list[Product]) -> Iterator[list[Product]]:
    for start in range(0, len(hits), PRODUCTS_PER_PAGE):
        yield hits[start : start + PRODUCTS_PER_PAGE]


def _affordable(product: Product, goal: Goal) -> bool:
    """Whether the price that the results page shows, the lower end of a range, is within the bound."""
    return product.price_range[0] <= goal.price_upper


def wanted_values(product: Product, goal: Goal) -> dict[str, str]:
    """Return the values of ``product`` to choose for ``goal``, by group: the very value if there, else one that
    the reward accepts."""
    pairs = list(goal.options.items()) if isinstance(goal.options, Mapping) else [("", value) for value in goal.options]
    chosen: dict[str, str] = {}
    for group, wanted in pairs:
        groups = [group] if group in product.options else [name for name in product.options if name not in chosen]
        target = (group, wanted) if group else wanted
        offers = [(name, value) for name in groups for value in product.options[name]]
        exact = [offer for offer in offers if offer[1] == wanted]
        near = [offer for offer in offers if matched_options([offer[1]], [target])]
        if exact or near:
            name, value = (exact or near)[0]
            chosen[name] = value
    return {name: chosen[name] for name in product.options if name in chosen}


def _with_mistake(product: Product, chosen: dict[str, str], rng: random.Random) -> dict[str, str]:
    if not chosen:
        return chosen
    group = rng.choice(list(chosen))
    others = [value for value in product.options[group] if value != chosen[group]]
    return {**chosen, group: rng.choice(others)} if others else chosen


def _click(target: str) -> str:
    return f"click[{target}]"
