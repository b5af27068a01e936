"""WebShop as a benchmark of the harness."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel

from envs.webshop import experts, keeper, rules, splits, tagger
from envs.webshop.catalogue import CatalogueFiles, find_files
from envs.webshop.env import WebShopEnv
from envs.webshop.files import default_data_dir, default_root
from envs.webshop.generate.catalogue import generated_files
from envs.webshop.goals import mask_bound
from envs.webshop.lexicon import WebShopLexicon
from envs.webshop.options import WebShopOptions
from envs.webshop.pages import BACK, BUY, NEXT, PREVIOUS, SUB_PAGES
from envs.webshop.shop import WebShopData
from macla.benchmarks.base import JSON, Task, TaskEnv
from macla.benchmarks.replaying import replayed
from macla.benchmarks.speeds import Speed
from macla.benchmarks.supplied import Script
from macla.benchmarks.trajectory import Trajectory
from macla.errors import UserError

GENERATED_PRODUCTS = 5000
"""Default size of the generated catalogue: 1,000 human-style goals."""

_REFERENCE = re.compile(r"(?:webshop[_-])?(?:(?P<goals>human|synthetic)[_-])?(?:goal[_-])?(?P<index>[0-9]{1,9})")
"""A goal as recordings name it."""
_LONGEST_REFERENCE = 60

SCRIPTED_EXPERT = "the demonstrations are those of a scripted expert that knows the reward, not of people"

_GRAMMAR = "search[keywords] | click[value]"


class WebShop:
    """Yao et al. (2022), the text environment: search, open, choose options, buy (``docs/spec/webshop.md``)."""

    name: ClassVar[str] = "webshop"
    Options: ClassVar[type[BaseModel]] = WebShopOptions
    lexicon: WebShopLexicon = WebShopLexicon()
    help: str = "\n".join(
        (
            "search[{keywords}]",
            "click[{product code or option value}]",
            *(f"click[{button}]" for button in (BUY, NEXT, PREVIOUS, BACK, *SUB_PAGES[:-1])),
        )
    )
    example: str = (
        "You are shopping online for the product the instruction describes. Searching works on every page; click what "
        "the page shows. click[Buy Now] ends the episode; the score is how well product, attributes, options and "
        "price fit. An impossible action changes nothing.\n"
        "Instruction: i need a blue cotton scarf that is easy to wash, in long, and price lower than 30.00 dollars\n"
        "> search[blue cotton scarf easy to wash long]\n"
        "Back to Search [SEP] Page 1 (Total results: 50) [SEP] Next > [SEP] B01EXAMPLE [SEP] Cotton Scarf, Easy Wash "
        "[SEP] $18.5 [SEP] B02EXAMPLE [SEP] Silk Scarf [SEP] $24.0\n"
        "> click[B01EXAMPLE]\n"
        "Back to Search [SEP] < Prev [SEP] color [SEP] red [SEP] blue [SEP] size [SEP] short [SEP] long [SEP] Cotton "
        "Scarf, Easy Wash [SEP] Price: $18.5 [SEP] Rating: N.A. [SEP] Description [SEP] Features [SEP] Reviews [SEP] "
        "Buy Now\n"
        "> click[blue]\n> click[long]\n> click[Buy Now]"
    )

    def __init__(self, options: WebShopOptions) -> None:
        self._options = options
        self.horizon = options.max_steps

    def reading_lexicon(self) -> WebShopLexicon:
        """Return the lexicon that reads instructions too (``ReadsRequests``)."""
        from envs.webshop.reader import ReadingLexicon

        return ReadingLexicon()

    # -- data, read on first use ----------------------------------------------------------------------------------

    @cached_property
    def _files(self) -> CatalogueFiles:
        options = self._options
        if options.data == "generated":
            size = options.products or GENERATED_PRODUCTS
            return generated_files(self._data_dir, products=size, seed=options.catalogue_seed)
        root = options.root or default_root()
        if root is None:
            raise UserError("env.data=official needs env.root=DIR, the folder of WebShop's data files")
        return find_files(root, products=options.products)

    @property
    def _data_dir(self) -> Path:
        return self._options.data_dir or default_data_dir()

    @cached_property
    def _tagger(self) -> tuple[str, tagger.Tagger]:
        return tagger.choose(self._options.tagger)

    @property
    def _packages(self) -> tuple[str, ...]:
        return ("numpy",) if self._tagger[0] == tagger.RULES else ("numpy", "spacy", self._tagger[0])

    @cached_property
    def _shop(self) -> WebShopData:
        options = self._options
        return WebShopData(
            self._files,
            human=options.goals == "human",
            price_seed=options.price_seed,
            limit=options.products,
            index_dir=self._data_dir / "indexes",
            tagger=self._tagger[1],
        )

    @cached_property
    def _splits(self) -> splits.Splits:
        options = self._options
        made = splits.make(options.scheme, self._shop.goals, self._files, seed=options.split_seed)
        if options.per_product is None:
            return made
        return splits.thinned(made, self._shop.goals, options.per_product, seed=options.split_seed)

    @cached_property
    def _split_of(self) -> dict[int, str]:
        return {index: name for name, indices in self._splits.indices.items() for index in indices}

    # -- the contract ---------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Raise UserError when the data files or the tagger are missing, or do not fit the split scheme."""
        _ = self._tagger
        if not self._splits.indices["train"]:
            raise UserError(
                f"env.scheme={self._options.scheme} leaves no training goal among {len(self._shop.goals)}: "
                "use more products, env.goals=synthetic or another scheme"
            )

    def splits(self) -> tuple[str, ...]:
        """Return the split names, ``train`` first."""
        return splits.names(self._options.scheme)

    def aliases(self) -> Mapping[str, str]:
        """Return the name ``unseen`` for the test goals where a published scheme has no such split."""
        return {"unseen": "test"}

    def caveats(self, split: str) -> tuple[str, ...]:
        """Return who demonstrates the training goals (``Caveated``)."""
        return (SCRIPTED_EXPERT,) if split == "train" else ()

    def tasks(self, split: str) -> list[Task]:
        """Return the goals of ``split`` in the official order."""
        if split not in self.splits():
            raise UserError(f"unknown split {split!r} of webshop: choose one of {', '.join(self.splits())}")
        return [self._task(index) for index in self._splits.indices[split]]

    def find(self, reference: str | int) -> Task:
        """Return the goal with that index after the official shuffle: ``979``, ``synthetic-979``, ``webshop_979``."""
        found = _REFERENCE.fullmatch(str(reference)) if len(str(reference)) <= _LONGEST_REFERENCE else None
        if found and found["goals"] not in (None, self._options.goals):
            raise UserError(
                f"no goal {reference!r}: it is one of the {found['goals']} goals: set env.goals={found['goals']}"
            )
        if not found or int(found["index"]) >= len(self._shop.goals):
            raise UserError(
                f"no goal {str(reference)[:_LONGEST_REFERENCE]!r}: the {self._options.goals} goals loaded are numbered "
                f"0 to {len(self._shop.goals) - 1}; env.goals=human|synthetic, env.data and env.products choose others"
            )
        return self._task(int(found["index"]))

    def _task(self, index: int) -> Task:
        goal = self._shop.goals[index]
        split = self._split_of.get(index, "none")
        return Task(id=f"{self._options.goals}-{index}", split=split, type=goal.category, payload=index)

    def make(self, task: Task, *, seed: int) -> WebShopEnv:
        """Return a fresh episode of ``task``; nothing in it is random, so ``seed`` changes nothing."""
        options = self._options
        return WebShopEnv(
            self._shop,
            task,
            mode=options.observation,
            max_steps=options.max_steps,
            show_attributes=options.show_attributes,
        )

    def experts(self, tasks: Sequence[Task], *, seed: int) -> Iterator[Trajectory]:
        """Yield oracle trajectories of training goals, then the recordings of those goals."""
        others = {task.split for task in tasks} - {"train"}
        if others:
            raise UserError(f"expert trajectories exist for the split train only, not for {min(others)!r}")

        def fresh(task: Task) -> TaskEnv:
            return self.make(task, seed=seed)

        made = experts.demonstrations(self._shop, list(tasks), fresh, seed=seed, horizon=self.horizon)
        if self._options.recordings is None:
            return made
        recorded = replayed(self._options.recordings, tasks, self, make=fresh)
        return chain(made, recorded)

    def rules(self, task: str, observation: str) -> Script:
        """Return the fixed rules as the script of one episode (``Ruled``)."""
        return rules.script(self.reading_lexicon(), task, observation)

    def admissible(self, env: WebShopEnv) -> Sequence[str]:
        """Return what the page can carry out (``Listing``)."""
        return env.admissible()

    def observations_match(self, recorded: str, ours: str) -> bool:
        """Whether two observations are equal but for the number of the price bound, which is drawn unseeded."""
        return mask_bound(recorded) == mask_bound(ours)

    def check_data(self) -> list[str]:
        """Read every file of the configured data (``DataChecker``)."""
        try:
            return keeper.check_files(
                self._files, self._shop, self._options.goals, self._splits, self._options.split_seed
            )
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise UserError(f"{self._files.items.parent}: a file is not in the official form ({error!r})") from None

    def bench_speeds(self) -> Iterator[Speed]:
        """Yield how fast search is, by size of the catalogue (``SpeedBench``)."""
        from envs.webshop import bench

        return bench.speeds(self._data_dir)

    def comparable(self, instruction: str) -> str:
        """Return the instruction without the number of the price bound (``RecordingReader``)."""
        return mask_bound(instruction)

    def command(self, action: str) -> str:
        """Return a recorded action as it is."""
        return action

    def identity(self) -> Mapping[str, JSON]:
        """Return the data, its hash, the reward's tagger, the seeds and the counts behind a table."""
        options = self._options
        return {
            "benchmark": self.name,
            "data": options.data,
            "products": len(self._shop.products),
            "catalogue_sha256": self._shop.digest,
            "goals": options.goals,
            "goal_count": len(self._shop.goals),
            "scheme": options.scheme,
            "per_product": options.per_product or "all",
            "splits": {name: len(indices) for name, indices in self._splits.indices.items()},
            "removed_from_train": dict(self._splits.removed),
            "tagger": self._tagger[0],
            "seeds": {
                "catalogue": options.catalogue_seed,
                "prices": options.price_seed,
                "split": options.split_seed,
            },
            "observation": options.observation,
            "max_steps": options.max_steps,
            "search": "BM25 k1=0.9 b=0.4, equal to Lucene 8.11 / Anserini 0.14.3",
            "action_grammar": _GRAMMAR,
            "versions": {name: version(name) for name in self._packages},
        }
