"""Products as WebShop loads them from its JSON files (``docs/spec/webshop.md §2``)."""

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from envs.webshop.files import read_json
from envs.webshop.search.index import Document
from macla.errors import UserError

NO_PRICE = 100.0
"""What a product without a price costs, in dollars."""
_MAX_ASIN = 10
_SMALL = 1000
"""Size of the official small catalogue, which has files of its own."""


@dataclass(frozen=True, slots=True)
class Product:
    """One product page's content and what the reward looks at."""

    asin: str
    title: str
    description: str
    bullets: tuple[str, ...]
    price_tag: str
    """The price as pages show it: ``$12.5`` or ``$10.0 to $20.0``."""
    price_range: tuple[float, ...]
    """One price, or the ends of the range the paid price is drawn from (dollars)."""
    options: Mapping[str, tuple[str, ...]]
    attributes: tuple[str, ...]
    category: str
    query: str
    product_category: str
    instruction: str | None = None
    """The synthetic instruction without options and price bound."""
    instruction_attributes: tuple[str, ...] = ()
    human_instructions: tuple[Mapping[str, Any], ...] = ()

    def document(self) -> Document:
        """Return the text the search engine indexes: attributes, category and price are not in it.

        See ``docs/spec/webshop.md §8``.
        """
        options = ", and ".join(f"{group}: {', '.join(values)}" for group, values in self.options.items())
        first_bullet = self.bullets[0] if self.bullets else ""
        return Document(self.asin, " ".join((self.title, self.description, first_bullet, options)).lower())


@dataclass(frozen=True, slots=True)
class CatalogueFiles:
    """The three files of a catalogue in the official schema."""

    items: Path
    attributes: Path
    human: Path


def find_files(root: Path, *, products: int | None) -> CatalogueFiles:
    """Return the catalogue files under ``root`` (or its ``data`` or ``official_1000`` folder).

    For up to 1,000 products the official small files are preferred, for more the full ones are needed; None takes
    what is there, the full ones first. Raises UserError naming the missing file.
    """
    suffixes = ["", "_1000"]
    if products is not None:
        suffixes = ["_1000", ""] if products <= _SMALL else [""]
    for folder in (root, root / "data", root / "official_1000"):
        for suffix in suffixes:
            items = folder / f"items_shuffle{suffix}.json"
            if items.is_file():
                human = folder / "items_human_ins.json"
                return CatalogueFiles(items, folder / f"items_ins_v2{suffix}.json", human)
    wanted = " or ".join(f"items_shuffle{suffix}.json" for suffix in suffixes)
    raise UserError(f"no {wanted} under {root}: give the folder of WebShop's data files as env.root=DIR")


def load_products(files: CatalogueFiles, *, limit: int | None = None) -> list[Product]:
    """Return the products in file order, the first ``limit`` entries considered; repeated and odd asins skipped."""
    items = read_json(files.items)
    attributes = read_json(files.attributes)
    human = read_json(files.human) if files.human.is_file() else {}
    products: dict[str, Product] = {}
    for item in items[:limit]:
        asin = _field(item, "asin", files.items)
        if asin == "nan" or len(asin) > _MAX_ASIN or asin in products:
            continue
        try:
            products[asin] = _product(item, attributes.get(asin, {}), human.get(asin, ()))
        except KeyError as missing:
            raise UserError(f"{files.items}: product {asin} has no {missing}") from None
        except ValueError as error:
            raise UserError(f"{files.items}: product {asin}: {error}") from None
    return list(products.values())


def _field(item: Mapping[str, Any], name: str, path: Path) -> str:
    try:
        return str(item[name])
    except (KeyError, TypeError):
        raise UserError(f"{path}: an entry without {name!r} is not a product") from None


def _product(item: Mapping[str, Any], extra: Mapping[str, Any], human: Sequence[Mapping[str, Any]]) -> Product:
    bullets = item["small_description"]
    price_tag, price_range = parse_price(item.get("pricing"))
    return Product(
        asin=item["asin"],
        title=item["name"],
        description=item["full_description"],
        bullets=tuple(bullets) if isinstance(bullets, list) else (bullets,),
        price_tag=price_tag,
        price_range=price_range,
        options=_options(item["customization_options"]),
        attributes=tuple(extra.get("attributes", ("DUMMY_ATTR",))),
        category=item["category"],
        query=item["query"].lower().strip(),
        product_category=item["product_category"],
        instruction=extra.get("instruction"),
        instruction_attributes=tuple(extra.get("instruction_attributes") or ()),
        human_instructions=tuple(human),
    )


def parse_price(pricing: str | None) -> tuple[str, tuple[float, ...]]:
    """Return the tag a page shows and the price or price range (dollars): ``"$9.50 - $12"`` → ``$9.5 to $12.0``."""
    if not pricing:
        return f"${NO_PRICE}", (NO_PRICE,)
    try:
        prices = [float(re.sub(r"[^\d.]", "", part)) for part in pricing.split("$")[1:]]
    except ValueError:
        prices = []
    if not prices:
        raise ValueError(f"cannot read the price {pricing!r}")
    if len(prices) == 1:
        return f"${prices[0]}", (prices[0],)
    return f"${prices[0]} to ${prices[1]}", (prices[0], prices[1])


def _options(groups: Mapping[str, Sequence[Mapping[str, Any]] | None] | str | None) -> dict[str, tuple[str, ...]]:
    """Return the option groups; both names and values in lower case, a slash between spaced bars."""
    if not groups or isinstance(groups, str):
        return {}
    return {
        name.lower(): tuple(value["value"].strip().replace("/", " | ").lower() for value in values)
        for name, values in groups.items()
        if values is not None
    }


def draw_prices(products: Iterable[Product], rng: random.Random) -> dict[str, float]:
    """Return what each product costs (dollars): ranges are drawn from ``rng`` in catalogue order.

    The official code draws them from the unseeded global generator, so they change with every process
    (``docs/spec/webshop.md §2``).
    """
    return {
        product.asin: rng.uniform(*product.price_range) if len(product.price_range) == 2 else product.price_range[0]
        for product in products
    }
