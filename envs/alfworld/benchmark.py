"""ALFWorld as the harness sees it: splits, tasks, environments, experts, identity."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from envs.alfworld import games, keeper
from envs.alfworld.games import Game, Skipped
from envs.alfworld.keeper import Report
from envs.alfworld.lexicon import AlfworldLexicon, Grammar, command_help
from macla.benchmarks.base import JSON, Task
from macla.benchmarks.recording import replayed
from macla.benchmarks.trajectory import Trajectory
from macla.errors import UserError

FOLDERS = {"train": "train", "seen": "valid_seen", "unseen": "valid_unseen"}
"""Our split names and the official folders."""
HORIZON_OF_EXPERT = 50
_PLACING = re.compile(r"(?:put (?P<put>.+?) (?:in/on|in|on)|move (?P<move>.+?) to) (?P<where>.+)", re.I)

if TYPE_CHECKING:
    from envs.alfworld.env import AlfworldEnv

EXAMPLE = """\
You are in the middle of a room. Looking quickly around you, you see a cabinet 1, a countertop 1, and a drawer 1.
Your task is to: put a mug in cabinet.
Thought: I first look for a mug on the countertop.
Action: go to countertop 1
You arrive at countertop 1. On the countertop 1, you see a mug 2, and a plate 1.
Thought: There is a mug. I take it.
Action: take mug 2 from countertop 1
You pick up the mug 2 from the countertop 1."""


class AlfworldOptions(BaseModel):
    """``env.*`` of the configuration (``configs/env/alfworld.yaml``)."""

    model_config = ConfigDict(extra="forbid")

    data: Literal["generated", "official"] = "generated"
    root: Path | None = Field(None, description="official: the folder that holds json_2.1.1")
    data_dir: Path | None = Field(None, description="generated: where games are written")
    n_train: int = Field(1000, ge=0)
    n_seen: int = Field(140, ge=0)
    n_unseen: int = Field(134, ge=0)
    generator_seed: int = 0
    grammar: Grammar = "0.4.2"
    engine: Literal["compiled", "textworld"] = "compiled"
    horizon: int = Field(50, ge=1)
    show_admissible: bool = False
    recordings: Path | None = Field(None, description="recorded episodes, a second source of experts")
    incomplete: bool = Field(False, description="official: a split may hold fewer games than it has folders for")


class Alfworld:
    """The benchmark. Generated games are written on first use; official ones must be there."""

    name: ClassVar[str] = "alfworld"
    Options: ClassVar[type[BaseModel]] = AlfworldOptions

    def __init__(self, options: AlfworldOptions) -> None:
        self.options = options
        self.horizon = options.horizon
        self.example = EXAMPLE

    @cached_property
    def lexicon(self) -> AlfworldLexicon:
        """The lexicon in the grammar of the games."""
        return AlfworldLexicon(self.grammar)

    @cached_property
    def grammar(self) -> Grammar:
        """``0.4.2`` or ``2.1.1``: chosen for generated games, read off official ones."""
        if self.options.data == "generated":
            return self.options.grammar
        first = self._present()[0]
        return "2.1.1" if games.grammar_of(first.path.read_bytes(), first.path) == "2.1.1" else "0.4.2"

    @property
    def help(self) -> str:
        """The action grammar, one command a line."""
        return command_help(self.grammar)

    @cached_property
    def root(self) -> Path:
        """The folder that holds the official split folders; generates the games when they are to be generated."""
        if self.options.data == "official":
            return games.resolve_root(self.options.root, os.environ)
        from envs.alfworld.generate import generate

        made = generate(self._data_dir(), self.counts, self.options.generator_seed, self.options.grammar)
        return Path(str(made["root"])) / games.LAYOUT

    @property
    def counts(self) -> dict[str, int]:
        """How many games to generate per official split folder."""
        return {"train": self.options.n_train, "valid_seen": self.options.n_seen, "valid_unseen": self.options.n_unseen}

    def check(self) -> None:
        """Raise UserError when there are no games of the wanted kind; generated ones are written now."""
        self._present()

    def splits(self) -> tuple[str, ...]:
        """Return ``train``, ``seen``, ``unseen``."""
        return tuple(FOLDERS)

    def aliases(self) -> Mapping[str, str]:
        """Return the official folder names."""
        return {folder: name for name, folder in FOLDERS.items() if folder != name}

    def caveats(self, split: str) -> tuple[str, ...]:
        """Return that games are not the official test games, where numbers tell (``Caveated``).

        Data in the official layout with other numbers are a division of training games (``docs/spec/alfworld.md §A``).
        """
        if self.options.data == "generated" or split == "train":
            return ()
        found = {folder: len(self._games(folder)) for folder in FOLDERS.values() if (self.root / folder).is_dir()}
        if all(number in games.OFFICIAL_COUNTS[folder] for folder, number in found.items()):
            return ()
        numbers = ", ".join(f"{folder} {number}" for folder, number in found.items())
        return (f"not the official test games, by their numbers ({numbers}), but a division made for development",)

    def tasks(self, split: str) -> list[Task]:
        """Return the games of a split, sorted by id; UserError when files of it are missing or broken."""
        if split not in FOLDERS:
            raise UserError(f"unknown split {split!r}; ALFWorld has {', '.join(FOLDERS)}")
        if split not in self._checked:
            games.check_whole(
                self.root, FOLDERS[split], self._scanned(FOLDERS[split])[1], incomplete=self.options.incomplete
            )
            self._checked.add(split)
        return [Task(game.id, split, game.task_type, game) for game in self._games(FOLDERS[split])]

    def find(self, reference: str | int) -> Task:
        """Return the task with this id, in whichever split; folders before it and the game's file may be named, too."""
        game = self._by_id.get(games.referred(str(reference)))
        if game is None:
            shown = str(reference)[: games.LONGEST_REFERENCE]
            raise UserError(f"no ALFWorld game {shown!r} in {self.root}; a task is named <task>-…-<scene>/<trial>")
        return Task(
            game.id, next(name for name, folder in FOLDERS.items() if folder == game.split), game.task_type, game
        )

    def make(self, task: Task, *, seed: int) -> "AlfworldEnv":
        """Return the game as an environment; nothing in it is random."""
        from envs.alfworld.env import AlfworldEnv

        game: Game = task.payload
        shown = self.options.show_admissible
        try:
            return AlfworldEnv(game.path, self.options.engine, game.task_type, self.horizon, show_admissible=shown)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise UserError(f"{game.path} is broken ({error!r}); get the data again") from None

    def experts(self, tasks: Sequence[Task], *, seed: int) -> Iterator[Trajectory]:
        """Yield what the corrected hand-coded expert does (``docs/spec/alfworld.md §C``), then recorded episodes."""
        yield from self._played_by_expert(tasks, seed)
        if self.options.recordings is not None:
            yield from replayed(self.options.recordings, tasks, self, make=lambda task: self.make(task, seed=seed))

    def _played_by_expert(self, tasks: Sequence[Task], seed: int) -> Iterator[Trajectory]:
        from envs.alfworld.expert import run_expert

        for task in tasks:
            game: Game = task.payload
            yield run_expert(
                game.path,
                self.options.engine,
                task_id=task.id,
                task_type=task.type,
                params=game.params,
                max_steps=HORIZON_OF_EXPERT,
                seed=seed,
            )

    def observations_match(self, recorded: str, ours: str) -> bool:
        """Whether two feedbacks are equal but for the welcome banner."""
        from envs.alfworld.engine.grammar import BANNER

        return recorded.replace(BANNER, "").strip() == ours.strip()

    def comparable(self, instruction: str) -> str:
        """Return the instruction: nothing in it is drawn anew (``RecordingReader``)."""
        return instruction

    def command(self, action: str) -> str:
        """Return a recorded action in the grammar of these games: "put O in/on R" is "move O to R" since 0.4.2."""
        found = _PLACING.fullmatch(action.strip())
        if found is None:
            return action
        thing, place = found["put"] or found["move"], found["where"]
        return f"move {thing} to {place}" if self.grammar == "0.4.2" else f"put {thing} in/on {place}"

    def identity(self) -> Mapping[str, JSON]:
        """Return data, hash, grammar, engine and package versions."""
        return {
            "benchmark": self.name,
            "data": self.options.data,
            **games.identity(self._present()),
            **self._left_out(),
            "engine": self.options.engine,
            "admissible_commands_shown": self.options.show_admissible,
            "alfworld": version("alfworld"),
            "textworld": version("textworld"),
        }

    def generate_data(self, count: int, out: Path | None, report: Report) -> list[str]:
        """Generate ``count`` training games and the configured numbers of evaluation games."""
        counts = {**self.counts, "train": count}
        where = out or self._data_dir()
        lines = keeper.generate_games(where, counts, self.options.generator_seed, self.options.grammar, report)
        return [*lines, f"evaluate on them with env.n_train={count}" + (f" env.data_dir={where}" if out else "")]

    def download_data(self, out: Path | None, report: Report) -> list[str]:
        """Fetch the official games."""
        return keeper.download_games(out or games.DEFAULT_FOLDER.expanduser(), self.options.grammar, report)

    def check_data(self) -> list[str]:
        """Read every game of the configured data."""
        return keeper.check_games(self.root)

    def self_check(self) -> str:
        """Return that the compiled engine equals the real one on a few short walks (``macla doctor``)."""
        from envs.alfworld.engine import parity

        return parity.quick(self._spread(2))

    def bench_engines(self, games: int, steps: int, seed: int) -> dict[str, Any]:
        """Return the speeds of both engines on the same walks (:func:`envs.alfworld.bench.engines`)."""
        from envs.alfworld import bench

        return bench.engines(self._spread(games), steps, seed)

    def check_parity(self, games: int, steps: int, seed: int, report: Report) -> dict[str, Any]:
        """Return {games, steps, mismatches, won, first_differences} of lock-step walks on both engines."""
        from dataclasses import asdict

        from envs.alfworld.engine import parity

        paths = self._spread(games)
        walked = iter(range(1, len(paths) + 1))
        return asdict(parity.check(paths, seed, steps, lambda _: report("walking", next(walked), len(paths))))

    def _left_out(self) -> dict[str, JSON]:
        """Return in words how many missing or broken games of each split are left out, where any are."""
        present = [split for split in FOLDERS.values() if (self.root / split).is_dir()]
        broken = {split: sum(folder.broken for folder in self._scanned(split)[1]) for split in present}
        said = ", ".join(f"{split} {count}" for split, count in broken.items() if count)
        return {"left_out": said} if said else {}

    def _spread(self, count: int) -> list[Path]:
        """Return ``count`` games spread evenly over everything that is there."""
        found = self._present()
        return [found[k * len(found) // count].path for k in range(min(count, len(found)))]

    def _present(self) -> list[Game]:
        """Return the games of all splits that are there (official data may lack train); UserError when none is."""
        found = [game for split in FOLDERS.values() if (self.root / split).is_dir() for game in self._games(split)]
        if not found:
            raise UserError(f"no games in {self.root}; type: macla data alfworld --check")
        return found

    def _games(self, split: str) -> list[Game]:
        return self._scanned(split)[0]

    def _scanned(self, split: str) -> tuple[list[Game], list[Skipped]]:
        if split not in self._found:
            self._found[split] = games.scan(self.root, split)
        return self._found[split]

    @cached_property
    def _found(self) -> dict[str, tuple[list[Game], list[Skipped]]]:
        return {}

    @cached_property
    def _checked(self) -> set[str]:
        return set()

    @cached_property
    def _by_id(self) -> dict[str, Game]:
        return {game.id: game for game in self._present()}

    def _data_dir(self) -> Path:
        if self.options.data_dir is not None:
            return self.options.data_dir
        return Path(os.environ.get("MACLA_HOME", "~/.cache/macla")).expanduser() / self.name
