"""Check WebShop's data (``macla data webshop --check``)."""

from collections.abc import Sequence
from typing import Any

from envs.webshop import splits
from envs.webshop.catalogue import CatalogueFiles
from envs.webshop.files import read_json
from envs.webshop.shop import WebShopData
from macla.errors import UserError

_SMALL_PRODUCTS, _SMALL_GOALS = 1000, {"synthetic": 6910, "human": 13}
"""The official small catalogue: its products, and the goals that come of them."""
_INDEX_SCHEMES: Sequence[splits.Scheme] = ("eto", "ipr")


def check_files(files: CatalogueFiles, shop: WebShopData, goals: str, parts: splits.Splits, seed: int) -> list[str]:
    """Return what reading every file found; UserError for the first that is broken."""
    products = len(read_json(files.items))
    lines = [
        f"{files.items}: {products} entries, {len(shop.products)} products",
        f"{goals} goals: {len(shop.goals)}",
        *(f"{name}: {len(part)} goals" for name, part in parts.indices.items()),
    ]
    lines += [
        f"{path}: {_count(read_json(path))} entries" if path.is_file() else f"{path}: is not there"
        for path in (files.attributes, files.human)
    ]
    if not shop.goals:
        raise UserError(f"{files.items}: there are no {goals} goals among {len(shop.products)} products")
    official = files.items.name.endswith("_1000.json")
    if official and (products, len(shop.goals)) != (_SMALL_PRODUCTS, _SMALL_GOALS[goals]):
        lines.append(f"the official small catalogue has {_SMALL_PRODUCTS} entries and {_SMALL_GOALS[goals]} such goals")
    lines += [f"env.scheme={scheme}: {_scheme(scheme, files, shop, seed)}" for scheme in _INDEX_SCHEMES]
    return [*lines, "every file reads"]


def _scheme(scheme: splits.Scheme, files: CatalogueFiles, shop: WebShopData, seed: int) -> str:
    try:
        made = splits.make(scheme, shop.goals, files, seed=seed)
    except UserError as error:
        return f"not with these data ({error})"
    return ", ".join(f"{name} {len(part)}" for name, part in made.indices.items())


def _count(value: Any) -> int:
    return len(value) if isinstance(value, list | dict) else 0
