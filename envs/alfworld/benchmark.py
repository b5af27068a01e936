"""ALFWorld as the harness sees it: splits, tasks, environments, experts, identity."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel

from envs.alfworld import bench, divisions, games, keeper, phrasing, recordings, rules
from envs.alfworld.engine import parity
from envs.alfworld.games import Game, Skipped
from envs.alfworld.keeper import Report
from envs.alfworld.lexicon import EXAMPLE, AlfworldLexicon, Grammar, command_help
from envs.alfworld.options import AlfworldOptions
from macla.benchmarks.base import JSON, TRAIN, Task, TaskEnv
from macla.benchmarks.drift import BeforeAfter, changed
from macla.benchmarks.replaying import replayed
from macla.benchmarks.slips import Slips
from macla.benchmarks.speeds import Speed
from macla.benchmarks.supplied import Script
from macla.benchmarks.trajectory import Trajectory
from macla.benchmarks.wording import InOtherWords
from macla.errors import UserError
from macla.progress import note

FOLDERS = {"train": "train", "seen": "valid_seen", "unseen": "valid_unseen"}
"""Our split names and the official folders."""
HORIZON_OF_EXPERT = 50
if TYPE_CHECKING:
    from envs.alfworld.env import AlfworldEnv


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

        options = self.options
        made = generate(options.folder, options.counts, options.generator_seed, options.grammar, drift=options.drift)
        return Path(str(made["root"])) / games.LAYOUT

    def check(self) -> None:
        """Raise UserError when there are no games of the wanted kind; generated ones are written now."""
        if self.options.drift is not None and self.options.data == "official":
            raise UserError("env.drift moves things in generated games alone; leave it out, or type env.data=generated")
        self._present()

    def splits(self) -> tuple[str, ...]:
        """Return ``train``, ``seen``, ``unseen``."""
        return tuple(FOLDERS)

    def aliases(self) -> Mapping[str, str]:
        """Return the official folder names."""
        return {folder: name for name, folder in FOLDERS.items() if folder != name}

    def caveats(self, split: str) -> tuple[str, ...]:
        """Return that games are not the official test games, where numbers tell, or reworded (``Caveated``)."""
        if split == TRAIN:
            return ()
        reworded = (phrasing.CAVEAT,) if self.options.phrasing == "reworded" else ()
        if self.options.data == "generated":
            return reworded
        found = {folder: len(self._games(folder)) for folder in FOLDERS.values() if (self.root / folder).is_dir()}
        return (*divisions.caveats(found), *reworded)

    def tasks(self, split: str) -> list[Task]:
        """Return the games of a split, sorted by id; UserError when some of it are missing or broken."""
        if split not in FOLDERS:
            raise UserError(f"unknown split {split!r}; ALFWorld has {', '.join(FOLDERS)}")
        if split not in self._checked:
            self._check_whole(FOLDERS[split])
            self._checked.add(split)
        return [self._task(game) for game in self._games(FOLDERS[split])]

    def find(self, reference: str | int) -> Task:
        """Return the task with this id, in whichever split; folders before it and the game's file may be named, too."""
        game = self._by_id.get(games.referred(str(reference)))
        if game is None:
            shown = str(reference)[: games.LONGEST_REFERENCE]
            what = f"no ALFWorld game {shown!r} in {self.root}; a task is named <task>-…-<scene>/<trial>"
            raise UserError(f"{what} ({games.elsewhere(self.options.data)})")
        return self._task(game)

    def opening_alike(self, reference: str | int, beginning: str) -> list[Task]:
        """Return the games whose room and task a recording begins with; UserError when ``reference`` names a game."""
        opening = recordings.read_opening(beginning)
        if opening is None or games.is_id(games.referred(str(reference))):
            return [self.find(reference)]
        found = self._openings.alike(opening)
        if not found:
            shown = str(reference)[: games.LONGEST_REFERENCE]
            raise UserError(
                f"{shown!r} names no ALFWorld game, and none of {len(self._by_id)} in {self.root} opens with its room "
                f"and {opening.task!r}: it was recorded on other data; set env.data or env.root "
                f"({games.elsewhere(self.options.data)})"
            )
        return [self._task(game) for game in found]

    def _task(self, game: Game) -> Task:
        split = next(name for name, folder in FOLDERS.items() if folder == game.split)
        return Task(game.id, split, game.task_type, game, changed(split, game.path.parent.name, self.options.drift))

    def make(self, task: Task, *, seed: int) -> TaskEnv:
        """Return the game as an environment; nothing in it is random."""
        env: TaskEnv = self._environment(task.payload, self.options.engine)
        if self.options.phrasing == "reworded" and task.split != TRAIN:
            env = InOtherWords(env, phrasing.reworded(task.payload))
        return env if self.options.drift is None else BeforeAfter(env, after=task.changed)

    def _environment(self, game: Game, engine: str, horizon: int | None = None) -> "AlfworldEnv":
        from envs.alfworld.opening import open_game

        return open_game(game, engine, horizon or self.horizon, show_admissible=self.options.show_admissible)

    def demonstrated(self, task: Task, observations: Sequence[str]) -> TaskEnv:
        """Return the game with as many steps as the expert has, whatever the agent's horizon (``Demonstrated``)."""
        return self._environment(task.payload, self.options.engine, max(self.horizon, HORIZON_OF_EXPERT))

    def experts(self, tasks: Sequence[Task], *, seed: int) -> Iterator[Trajectory]:
        """Yield what the corrected hand-coded expert does (``docs/spec/alfworld.md §C``), then recorded episodes."""
        yield from self._played_by_expert(tasks, seed, None)
        yield from self._recorded(tasks, seed)

    def erring_experts(self, tasks: Sequence[Task], *, seed: int, slips: Slips) -> Iterator[Trajectory]:
        """Yield the same where the hand-coded expert slips and looks for another way; recordings stay as they are."""
        yield from self._played_by_expert(tasks, seed, slips)
        yield from self._recorded(tasks, seed)

    def _recorded(self, tasks: Sequence[Task], seed: int) -> Iterator[Trajectory]:
        if self.options.recordings is not None:
            yield from replayed(self.options.recordings, tasks, self, make=lambda task: self.make(task, seed=seed))

    def _played_by_expert(self, tasks: Sequence[Task], seed: int, slips: Slips | None) -> Iterator[Trajectory]:
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
                slips=slips,
            )

    def rules(self, task: str, observation: str) -> Script:
        """Return the fixed rules as the script of one episode (``Ruled``)."""
        return rules.script(self.lexicon, task, observation)

    def admissible(self, env: "AlfworldEnv") -> Sequence[str]:
        """Return what the engine lists as admissible (``Listing``)."""
        return env.admissible()

    def observations_match(self, recorded: str, ours: str) -> bool:
        """Whether two feedbacks are equal but for the banner and the grammar (:func:`recordings.feedback`)."""
        return recordings.feedback(recorded) == recordings.feedback(ours)

    def comparable(self, instruction: str) -> str:
        """Return the instruction: nothing in it is drawn anew (``RecordingReader``)."""
        return instruction

    def command(self, action: str) -> str:
        """Return a recorded action in the grammar of these games (:func:`recordings.in_grammar`)."""
        return recordings.in_grammar(action, self.grammar)

    def forms(self) -> str:
        """Return the commands of either grammar: calls in recordings are of both (``CallReader``)."""
        return "\n".join((self.help, command_help("0.4.2"), command_help("2.1.1")))

    def identity(self) -> Mapping[str, JSON]:
        """Return data, hash, grammar, engine and package versions."""
        return {
            "benchmark": self.name,
            "data": self.options.data,
            **games.identity(self._present()),
            **self._incomplete(),
            "engine": self.options.engine,
            "admissible_commands_shown": self.options.show_admissible,
            **({"phrasing": self.options.phrasing} if self.options.phrasing != "templates" else {}),
            "alfworld": version("alfworld"),
            "textworld": version("textworld"),
        }

    def generate_data(self, count: int, out: Path | None, report: Report) -> list[str]:
        """Generate ``count`` training games and the configured numbers of evaluation games."""
        counts = {**self.options.counts, "train": count}
        where = out or self.options.folder
        lines = keeper.generate_games(
            where, counts, self.options.generator_seed, self.options.grammar, self.options.drift, report
        )
        return [*lines, f"evaluate on them with env.n_train={count}" + (f" env.data_dir={where}" if out else "")]

    def download_data(self, out: Path | None, report: Report) -> list[str]:
        """Fetch the official games."""
        return keeper.download_games(out or games.DEFAULT_FOLDER.expanduser(), self.options.grammar, report)

    def check_data(self) -> list[str]:
        """Read every game of the configured data."""
        return keeper.check_games(self.root)

    def self_check(self) -> str:
        """Return that the compiled engine equals the real one on a few short walks (``macla doctor``)."""
        return parity.quick(self._spread(2))

    def bench_engines(self, games: int, steps: int, seed: int) -> dict[str, Any]:
        """Return the speeds of both engines on the same walks (:func:`envs.alfworld.bench.engines`)."""
        return bench.engines(self._spread(games), steps, seed)

    def bench_speeds(self) -> Iterator[Speed]:
        """Yield how fast the compiled engine is beside the real one (``SpeedBench``)."""
        return bench.speeds(self._spread(6))

    def check_parity(self, games: int, steps: int, seed: int, report: Report) -> dict[str, Any]:
        """Return {games, steps, mismatches, won, first_differences} of lock-step walks on both engines."""
        paths = self._spread(games)
        walked = iter(range(1, len(paths) + 1))
        return asdict(parity.check(paths, seed, steps, lambda _: report("walking", next(walked), len(paths))))

    def _check_whole(self, folder: str) -> None:
        """Raise UserError when a split lacks games, whose figures would have another denominator, or tell it."""
        have, skipped = len(self._games(folder)), self._scanned(folder)[1]
        if have == self._wanted[folder]:
            return
        said = games.shortage(self.root / folder, have, self._wanted[folder], skipped)
        if not self.options.incomplete:
            raise UserError(
                f"{said}; get the data again (macla data alfworld --check), or type env.incomplete=true to play these"
            )
        note(said)

    @cached_property
    def _wanted(self) -> dict[str, int]:
        """How many games each split that is there should have; of generated ones that is what lies there."""
        present = [folder for folder in FOLDERS.values() if (self.root / folder).is_dir()]
        counts = {
            folder: len(self._games(folder)) + sum(game.broken for game in self._scanned(folder)[1])
            for folder in present
        }
        return counts if self.options.data == "generated" else divisions.wanted(counts)

    def _incomplete(self) -> dict[str, JSON]:
        """Return in words how many games of how many the splits hold that lack some, where any does."""
        have = {folder: len(self._games(folder)) for folder in self._wanted}
        said = ", ".join(f"{folder} {have[folder]} of {n}" for folder, n in self._wanted.items() if have[folder] < n)
        return {"incomplete": said} if said else {}

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

    @cached_property
    def _openings(self) -> recordings.Openings:
        return recordings.Openings(self._present(), lambda game: self._environment(game, "compiled").reset()[0])
