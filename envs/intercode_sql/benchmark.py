"""InterCode-SQL as the harness sees it (``docs/spec/intercode_sql.md``)."""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from envs.intercode_sql import keeper, protocol, recordings, rules
from envs.intercode_sql.engine.base import Engine
from envs.intercode_sql.env import HORIZON, SQLEnv
from envs.intercode_sql.lexicon import SQLLexicon
from envs.intercode_sql.reward import Formula
from envs.intercode_sql.tasks import SPLITS, Question, exclusion_counts, make_tasks, read_questions, read_splits
from macla.benchmarks.base import JSON, Task
from macla.benchmarks.speeds import Skipped, Speed
from macla.benchmarks.supplied import Script
from macla.benchmarks.trajectory import Outcome, Step, Trajectory
from macla.errors import UserError

_REFERENCE = re.compile(r"(?:[a-z_./]*[/:_-])?(?P<row>[0-9]{1,9})", re.I)
"""A task as recordings name it."""
_LONGEST_REFERENCE = 60

SEEN_IN_DESIGN = (
    "templates of the gold statements of both test splits were printed while the clauses of cloning were designed, so "
    "neither split is strictly untouched"
)


class SQLOptions(BaseModel):
    """The ``env.*`` part of the configuration."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    data: Literal["official"] = Field("official", description="the benchmark's own files; there is no other source")
    root: str | None = Field(None, description="folder of these files; null: $MACLA_DATA/intercode_sql")
    data_dir: str | None = Field(None, description="folder of the embedded database file; null: under $MACLA_HOME")
    engine: Literal["sqlite", "mysql"] = Field("sqlite", description="embedded SQLite, or a MySQL 8+/MariaDB server")
    dsn: str = Field("", description="server address for engine=mysql: mysql://user:password@host:port")
    profile: protocol.Profile = Field("ipr", description="harness whose protocol is followed: ipr, react or try_again")
    reward: Formula = Field("official", description="official (IoU times tau), iou, or ordered (tau only for ORDER BY)")
    experts: Literal["recorded", "gold"] = Field(
        "recorded", description="recorded episodes, or the gold as an oracle (for solvability checks only)"
    )
    timeout: float = Field(10.0, gt=0, le=600, description="seconds a statement may run")


class InterCodeSQL:
    """1,034 questions over 20 databases; the agent finds the schema and answers with SQL."""

    name: ClassVar[str] = "intercode_sql"
    Options: ClassVar[type[BaseModel]] = SQLOptions
    horizon = HORIZON
    # each action is one MySQL statement (of these and all others) or submit, which makes the last result the answer
    help = (
        "SHOW TABLES\n"
        "DESC {table}\n"
        "SELECT {column} FROM {table}\n"
        "SELECT {column} FROM {table} WHERE {column} = '{value}'\n"
        "SELECT COUNT(*) FROM {table}\n"
        "submit"
    )
    example = (
        "Question: Count the number of different nationalities of conductors.\n"
        "Action: SHOW TABLES\nObservation: [('conductor',), ('orchestra',), ('performance',), ('show',)]\n"
        "Action: DESC conductor\nObservation: [('Conductor_ID', 'int', 'NO', 'PRI', None, 'auto_increment'), "
        "('Name', 'text', 'YES', '', None, ''), ('Age', 'int', 'YES', '', None, ''), "
        "('Nationality', 'text', 'YES', '', None, ''), ('Year_of_Work', 'int', 'YES', '', None, '')]\n"
        "Action: SELECT COUNT(DISTINCT Nationality) FROM conductor\nObservation: [(3,)]\n"
        "Action: submit\nObservation: [(3,)]"
    )
    """Task 3, which IPR's prompt shows too; it is a train task (``docs/spec/intercode_sql.md §2``)."""

    def __init__(self, options: SQLOptions) -> None:
        self.options = options
        self.lexicon = SQLLexicon()

    def reading_lexicon(self) -> SQLLexicon:
        """Return the lexicon that reads questions too (``ReadsRequests``)."""
        from envs.intercode_sql.reader import ReadingLexicon

        return ReadingLexicon()

    @property
    def folder(self) -> Path:
        """The folder of the official files."""
        if self.options.root is not None:
            return Path(self.options.root).expanduser()
        if "MACLA_DATA" not in os.environ:
            raise UserError(
                "set env.root to the InterCode-SQL folder (ic_spider_dev.json …) or MACLA_DATA to its parent"
            )
        return Path(os.environ["MACLA_DATA"]).expanduser() / "intercode_sql"

    @cached_property
    def _questions(self) -> list[Question]:
        return read_questions(self.folder)

    @cached_property
    def _tasks(self) -> dict[str, list[Task]]:
        return make_tasks(self._questions, read_splits(self.folder))

    @cached_property
    def engine(self) -> Engine:
        """The engine that all episodes of this process share."""
        if self.options.engine == "mysql":
            from envs.intercode_sql.engine.mysql import MySQLEngine

            return MySQLEngine(self.options.dsn, timeout=self.options.timeout)
        from envs.intercode_sql.engine.sqlite import SQLiteEngine

        home = Path(os.environ.get("MACLA_HOME", "~/.cache/macla"))
        folder = Path(self.options.data_dir) if self.options.data_dir is not None else home / "intercode_sql"
        return SQLiteEngine(self.folder / "ic_spider_dbs.sql", folder.expanduser(), timeout=self.options.timeout)

    def check(self) -> None:
        """Raise UserError when data is missing or broken, or the server cannot be used."""
        _ = self._tasks
        self.engine.check()

    def splits(self) -> tuple[str, ...]:
        """Return the split names, ``train`` first; ``official`` holds all 1,034 tasks."""
        return SPLITS

    def aliases(self) -> Mapping[str, str]:
        """Return what other benchmarks call the test splits."""
        return {"seen": "test_seen", "unseen": "test_unseen"}

    def caveats(self, split: str) -> tuple[str, ...]:
        """Return that the test splits are not untouched (``Caveated``)."""
        return () if split == "train" else (SEEN_IN_DESIGN,)

    def tasks(self, split: str) -> list[Task]:
        """Return a split's tasks in the order of the official rows."""
        if split not in SPLITS:
            raise UserError(f"unknown split {split!r}; choose from {', '.join(SPLITS)}")
        return self._tasks[split]

    def find(self, reference: str | int) -> Task:
        """Return the task of a row of ``ic_spider_dev.json``: ``12``, ``sql_12``, ``ic_spider_dev.json:12``."""
        name = str(reference)
        found = _REFERENCE.fullmatch(name) if len(name) <= _LONGEST_REFERENCE else None
        row = int(found["row"]) if found else -1
        if not 0 <= row < len(self._questions):
            raise UserError(
                f"no task {name[:_LONGEST_REFERENCE]!r}; tasks are the rows 0 to {len(self._questions) - 1} of "
                "ic_spider_dev.json"
            )
        return self._tasks["official"][row]

    def make(self, task: Task, *, seed: int) -> SQLEnv:
        """Return an episode of ``task``; nothing in it is random."""
        return SQLEnv(task.payload, self.engine, self.options.profile, self.options.reward)

    def demonstrated(self, task: Task, observations: Sequence[str]) -> SQLEnv:
        """Return the episode in the protocol that demonstrations are shown in (``Demonstrated``)."""
        return self._ipr(task)

    def comparable(self, instruction: str) -> str:
        """Return the question: nothing in it is drawn anew (``RecordingReader``)."""
        return instruction

    def command(self, action: str) -> str:
        """Return a recorded action as a bare statement (:func:`recordings.statement`)."""
        return recordings.statement(action)

    def experts(self, tasks: Sequence[Task], *, seed: int) -> Iterator[Trajectory]:
        """Yield the recorded episodes of ``tasks``, run again so that observations are ours.

        Recordings exist for train tasks only. With ``experts=gold`` each task gives one trajectory of its gold.
        """
        if self.options.experts == "gold":
            yield from (self._oracle(task) for task in tasks)
            return
        others = {task.split for task in tasks} - {"train"}
        if others:
            raise UserError(
                f"recordings exist for train tasks only, not for {min(others)}; use split=train or env.experts=gold"
            )
        found = recordings.recorded_actions(self.folder)
        for task in tasks:
            for model, actions in found.get(task.id, []):
                trajectory = recordings.replayed(task, model, actions, lambda task=task: self._ipr(task))  # type: ignore[misc]
                if trajectory is not None:
                    yield trajectory

    def _ipr(self, task: Task) -> SQLEnv:
        return SQLEnv(task.payload, self.engine, "ipr", self.options.reward)

    def _oracle(self, task: Task) -> Trajectory:
        """Look at the tables the gold names, run the gold, submit."""
        env = self._ipr(task)
        first, info = env.reset(seed=0)
        tables = dict.fromkeys(re.findall(r"(?:FROM|JOIN)\s+(\w+)", task.payload.gold, re.I))
        gold = " ".join(task.payload.gold.rstrip("; ").split())
        steps = []
        for action in ["SHOW TABLES", *(f"DESC {name.lower()}" for name in tables), gold, "submit"]:
            observation, paid, _, _, info = env.step(action)
            steps.append(Step(action=action, observation=observation, reward=paid))
        return Trajectory(
            task_id=task.id,
            task=first,
            task_type=task.type,
            first_observation=first,
            steps=tuple(steps),
            outcome=Outcome.SUCCESS if info["success"] else Outcome.FAILURE,
            score=info["score"],
            source="gold",
        )

    def check_data(self) -> list[str]:
        """Read every file of the benchmark (``DataChecker``)."""
        return keeper.check_folder(self.folder, self._questions, self._tasks)

    def bench_speeds(self) -> Iterator[Skipped | Speed]:
        """Yield how fast recorded statements run (``SpeedBench``)."""
        from envs.intercode_sql import bench

        return bench.speeds(self)

    def rules(self, task: str, observation: str) -> Script:
        """Return the fixed rules as the script of one episode (``Ruled``)."""
        return rules.script(self.reading_lexicon(), task, observation)

    def observations_match(self, recorded: str, ours: str) -> bool:
        """Whether two observations are equal; see :func:`recordings.same_observation`."""
        return recordings.same_observation(recorded, ours)

    def identity(self) -> Mapping[str, JSON]:
        """Return data hashes, engine, protocol and counts for a table's footer."""
        files = ("ic_spider_dev.json", "ic_spider_dbs.sql", "splits.json")
        return {
            "benchmark": self.name,
            "data": "official",
            "sha256": {name: hashlib.sha256((self.folder / name).read_bytes()).hexdigest()[:16] for name in files},
            "engine": dict(self.engine.identity()),
            "protocol": self.options.profile,
            "reward": self.options.reward,
            "experts": self.options.experts,
            "action_grammar": "one MySQL statement or submit",
            "counts": {split: len(self.tasks(split)) for split in SPLITS},
            "excluded": exclusion_counts(self._questions),
        }
