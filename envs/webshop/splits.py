"""Which goals are trained on and which are tested on (``docs/spec/webshop.md §3.1``)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from envs.webshop.catalogue import CatalogueFiles
from envs.webshop.files import read_json
from envs.webshop.goals import Goal, mask_bound
from macla.errors import UserError
from macla.seeding import derive_seed

Scheme = Literal["category", "official", "eto", "ipr"]

TEST_SHARE = 0.2
"""Share of the products in training categories held out as ``seen``, and of all products held out as ``unseen``."""

_CATEGORY_DEPTH = 3
"""Categories are held out by the first levels of their path, so that no sibling of an unseen one is trained on."""


@dataclass(frozen=True)
class Splits:
    """Goal indices by split name, ``train`` first, and what was taken out of ``train`` to keep tests clean."""

    indices: Mapping[str, Sequence[int]]
    removed: Mapping[str, int] = field(default_factory=dict)
    """How many training goals were dropped, by reason."""


def names(scheme: Scheme) -> tuple[str, ...]:
    """Return the split names of ``scheme`` without reading any data."""
    return {"category": ("train", "seen", "unseen"), "official": ("train", "test", "eval")}.get(
        scheme, ("train", "test")
    )


def make(scheme: Scheme, goals: Sequence[Goal], files: CatalogueFiles, *, seed: int) -> Splits:
    """Return the splits of ``goals`` (in official order)."""
    if scheme == "category":
        return by_category(goals, seed)
    if scheme == "official":
        total = len(goals)
        parts: dict[str, Sequence[int]] = {"test": range(min(500, total)), "eval": range(500, min(1500, total))}
        return _clean({"train": range(1500, total), **parts}, goals)
    return _clean(
        {name: _index_file(files, f"{scheme}_{name}_indices.json", len(goals)) for name in names(scheme)}, goals
    )


def thinned(splits: Splits, goals: Sequence[Goal], most: int, *, seed: int) -> Splits:
    """Return the splits with at most ``most`` goals of a product in each, drawn by ``seed``.

    Synthetic goals are one per combination of options, so a few products with many options outnumber all others.
    """
    indices: dict[str, list[int]] = {}
    for name, part in splits.indices.items():
        order = {index: derive_seed(seed, "webshop", "thinned", mask_bound(goals[index].instruction)) for index in part}
        taken: dict[str, list[int]] = {}
        for index in sorted(part, key=order.__getitem__):
            taken.setdefault(goals[index].asin, []).append(index)
        indices[name] = sorted(index for group in taken.values() for index in group[:most])
    return Splits(indices, splits.removed)


def category(goal: Goal) -> str:
    """Return the category a goal is held out by; its query where the path is empty."""
    parts = [part.strip() for part in goal.product_category.split("›")]
    return " › ".join(parts[:_CATEGORY_DEPTH]) or goal.query


def by_category(goals: Sequence[Goal], seed: int) -> Splits:
    """Split by product: some categories wholly held out (``unseen``), some products of the others (``seen``)."""
    categories = {goal.asin: category(goal) for goal in goals}
    unseen = _held_out_categories(categories, seed)
    rest = [asin for asin, name in categories.items() if name not in unseen]
    seen = set(_shuffled(rest, seed, "product")[: round(TEST_SHARE * len(rest))])
    indices: dict[str, list[int]] = {name: [] for name in names("category")}
    for index, goal in enumerate(goals):
        split = "unseen" if categories[goal.asin] in unseen else "seen" if goal.asin in seen else "train"
        indices[split].append(index)
    return _clean(indices, goals)


def _held_out_categories(categories: Mapping[str, str], seed: int) -> set[str]:
    """Take categories in a seeded order until they hold the test share of the products."""
    held: set[str] = set()
    products = list(categories.values())
    count = 0
    for name in _shuffled(sorted(set(products)), seed, "category"):
        if count >= TEST_SHARE * len(products):
            break
        held.add(name)
        count += products.count(name)
    return held


def _shuffled(names_: Sequence[str], seed: int, kind: str) -> list[str]:
    """Order by a hash of each name, so that adding a product moves no other."""
    return sorted(names_, key=lambda name: derive_seed(seed, "webshop", "split", kind, name))


def _index_file(files: CatalogueFiles, name: str, total: int) -> list[int]:
    found = [path for path in (files.items.parent / name, files.items.parent.parent / name) if path.is_file()]
    if not found:
        raise UserError(f"no {name} in {files.items.parent}: put it there, or choose env.scheme=category")
    indices: list[int] = read_json(found[0])
    if max(indices) >= total:
        raise UserError(
            f"{found[0].name} names goal {max(indices)} of the full catalogue, but only {total} goals are loaded: "
            "use the full files with env.goals=human, or env.scheme=category"
        )
    return list(dict.fromkeys(indices))


def _clean(indices: Mapping[str, Sequence[int]], goals: Sequence[Goal]) -> Splits:
    """Drop from ``train`` what a test split holds too: the same goal, or the same request in the same words."""
    tested = {index for name, split in indices.items() if name != "train" for index in split}
    requests = {mask_bound(goals[index].instruction) for index in tested}
    train = [index for index in indices["train"] if index not in tested]
    distinct = [index for index in train if mask_bound(goals[index].instruction) not in requests]
    removed = {
        "same_goal": len(indices["train"]) - len(train),
        "same_request": len(train) - len(distinct),
    }
    return Splits({**indices, "train": distinct}, removed)
