"""How fast episodes run: the recorded episodes replayed on one or several engines in one run (issue: throughput)."""

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from envs.intercode_sql.benchmark import InterCodeSQL, SQLOptions
from envs.intercode_sql.engine.base import SQLError, bare, first_statement
from envs.intercode_sql.engine.sqlite import SQL_MODE, SQLiteEngine
from envs.intercode_sql.engine.statements import Statement, Statements
from envs.intercode_sql.recordings import recorded_actions
from macla.benchmarks.speeds import Skipped
from macla.benchmarks.speeds import Speed as Line


class Speed(NamedTuple):
    """What one engine did."""

    episodes: int
    steps: int
    seconds: float

    @property
    def episodes_per_second(self) -> float:
        """Whole episodes (reset, steps, rewards) a second, on one process."""
        return self.episodes / self.seconds


def compare_engines(root: Path, dsns: Mapping[str, str], *, episodes: int = 300) -> dict[str, Speed]:
    """Return the speed of each engine over the same recorded episodes; a name with an empty DSN is the embedded one.

    Starting up (building the embedded file, connecting) is not counted; nothing is run twice on one engine, so
    kept results help only where agents repeat themselves.
    """
    speeds = {}
    for name, dsn in dsns.items():
        options = SQLOptions(root=str(root), engine="mysql" if dsn else "sqlite", dsn=dsn)
        benchmark = InterCodeSQL(options)
        benchmark.check()
        work = [(task, run[1]) for task, runs in recorded_actions(benchmark.folder).items() for run in runs][:episodes]
        steps = 0
        began = time.perf_counter()
        for task, actions in work:
            env = benchmark.make(benchmark.find(task), seed=0)
            env.reset(seed=0)
            for action in [*actions, "submit"]:
                env.step(action)
                steps += 1
        speeds[name] = Speed(len(work), steps, time.perf_counter() - began)
    return speeds


def speeds(benchmark: InterCodeSQL) -> Iterator[Line | Skipped]:
    """Yield how fast recordings run on SQLite beside a server, where one is given, and what translating costs."""
    dsn = benchmark.options.dsn
    if dsn:
        found = compare_engines(benchmark.folder, {"sqlite": "", "server": dsn})
        ours, theirs = (found[name].steps / found[name].seconds for name in ("sqlite", "server"))
        note = f"{found['sqlite'].episodes} recorded episodes"
        yield Line("SQL replay on SQLite with MySQL's semantics", "steps", ours, "a MySQL server", theirs, note)
    else:
        yield Skipped("SQL replay beside a server", "none is given; type env=intercode_sql env.engine=mysql env.dsn=…")
    yield _translating(benchmark)


def _translating(benchmark: InterCodeSQL) -> Line:
    """Return the speed of recorded queries that are translated and run, beside running the translations alone."""
    options = benchmark.options
    engine = InterCodeSQL(options.model_copy(update={"engine": "sqlite"})).engine
    assert isinstance(engine, SQLiteEngine)
    statements = _recorded_queries(benchmark)
    runner = Statements(*engine.files(), timeout=options.timeout)
    first, second = (_rate(runner, statements) for _ in range(2))  # translations are kept from one to the other
    what = "recorded queries, translated and run"
    return Line(what, "queries", first, "run alone, translated before", second, f"{len(statements)} queries")


def _recorded_queries(benchmark: InterCodeSQL) -> list[Statement]:
    """Return every query of the recordings once."""
    found: dict[Statement, None] = {}
    for task, runs in recorded_actions(benchmark.folder).items():
        database = benchmark.find(task).payload.database
        for sql in (bare(first_statement(action)).strip() for _, actions in runs for action in actions):
            if sql.upper().startswith("SELECT"):
                found[Statement(sql, database, True, SQL_MODE)] = None
    return list(found)


def _rate(runner: Statements, statements: Sequence[Statement]) -> float:
    began = time.perf_counter()
    for statement in statements:
        try:
            runner.run(statement)
        except SQLError:
            continue  # the agents' mistakes are translated, too
    return len(statements) / (time.perf_counter() - began)
