"""A wanted product and its near-misses: as findable, but one thing asked for is wrong."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from envs.webshop.generate.vocabulary import ProductType
from envs.webshop.reward import matched_options

_SOUNDS = "bel cor dan el fen gar hol iva jor kel lum mar nor ola per qui ros sol tav umi ven wes xan yor zel"
_SYLLABLES = _SOUNDS.split()


@dataclass(frozen=True)
class Wish:
    """What a goal asks for."""

    attributes: tuple[str, ...]
    options: dict[str, str]
    """Wanted value by group name."""


@dataclass(frozen=True)
class Draft:
    """A product before it is put into words."""

    type: ProductType
    brand: str
    attributes: tuple[str, ...]
    options: dict[str, tuple[str, ...]]
    prices: tuple[float, ...]
    """Dollars: none, one, or the ends of a range."""
    wish: Wish | None = None
    """On the wanted product only."""
    praised: tuple[str, ...] = ()
    """Attributes the title and the first bullet push: what makes a product rank high."""
    scrambled: tuple[str, ...] = ()
    """Attributes it lacks, but whose words stand apart in its text: a trap for a search by words."""
    top_price: float = field(default=0.0)
    """The most it may cost (dollars)."""


def family(kind: ProductType, rng: random.Random) -> list[Draft]:
    """Return the wanted product first, then its near-misses: attribute missing, option missing, too dear."""
    target = _target(kind, rng)
    wish = target.wish
    assert wish is not None
    misses = [_without_attribute(target, wish, rng), _too_dear(target, wish, rng)]
    misses.append(_without_option(target, wish, rng) if wish.options else _without_attribute(target, wish, rng))
    return [target, *misses]


def stranger(kind: ProductType, rng: random.Random) -> Draft:
    """Return a product made for no goal."""
    return replace(_target(kind, rng), wish=None, praised=())


def _target(kind: ProductType, rng: random.Random) -> Draft:
    attributes = tuple(rng.sample(kind.attributes, rng.randint(4, 7)))
    options = {} if rng.random() < 0.06 else {group: _values(values, rng) for group, values in kind.groups}
    wanted = {group: rng.choice(values) for group, values in options.items() if rng.random() < 0.92}
    prices = _prices(kind.median_price, rng)
    wish = Wish(attributes[: rng.choice((1, 2, 2, 2, 3))], wanted)
    return Draft(
        type=kind,
        brand=_brand(rng),
        attributes=attributes,
        options=options,
        prices=prices,
        wish=wish,
        praised=wish.attributes if rng.random() < 0.25 else (),
        top_price=max(prices, default=100.0),
    )


def _without_attribute(target: Draft, wish: Wish, rng: random.Random) -> Draft:
    lost = rng.choice(wish.attributes)
    kept = tuple(attribute for attribute in target.attributes if attribute != lost)
    other = rng.choice([name for name in target.type.attributes if name not in target.attributes])
    return replace(
        target,
        brand=_brand(rng),
        attributes=(*kept, other),
        prices=_cheaper(target, rng),
        wish=None,
        praised=tuple(name for name in wish.attributes if name != lost),
        scrambled=(lost,),
    )


def _without_option(target: Draft, wish: Wish, rng: random.Random) -> Draft:
    pools = dict(target.type.groups)
    wrong = {
        group: [other for other in pools[group] if not matched_options([other.lower()], [value.lower()])]
        for group, value in wish.options.items()
    }
    group = rng.choice(sorted(wrong))
    values = tuple(rng.sample(wrong[group], min(len(wrong[group]), len(target.options[group]))))
    return replace(
        target,
        brand=_brand(rng),
        options={**target.options, group: values},
        prices=_cheaper(target, rng),
        wish=None,
        praised=wish.attributes,
    )


def _too_dear(target: Draft, wish: Wish, rng: random.Random) -> Draft:
    # The bound lies at most 40 dollars above the price it was drawn for (``docs/spec/webshop.md §3``).
    price = round(target.top_price * rng.uniform(1.3, 1.9) + 41, 2)
    return replace(target, brand=_brand(rng), prices=(price,), wish=None, praised=wish.attributes)


def _values(values: Sequence[str], rng: random.Random) -> tuple[str, ...]:

    return tuple(rng.sample(values, min(len(values), rng.randint(4, 7))))


def _prices(median: float, rng: random.Random) -> tuple[float, ...]:
    """One lognormal price, sometimes a range, sometimes none (shown as $100.0), as often as in the real data."""
    price = round(median * rng.lognormvariate(0.0, 0.4), 2)
    roll = rng.random()
    if roll < 0.04:
        return ()
    return (price, round(price * rng.uniform(1.1, 1.8), 2)) if roll < 0.13 else (price,)


def _cheaper(target: Draft, rng: random.Random) -> tuple[float, ...]:
    return (round(max(1.0, min(target.prices, default=100.0) * rng.uniform(0.7, 1.0)), 2),)


def _brand(rng: random.Random) -> str:
    return "".join(rng.choices(_SYLLABLES, k=rng.randint(2, 3))).capitalize()
