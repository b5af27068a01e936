"""The TravelPlanner adapter: the generated world by default, the official tables when a folder is given."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel

from envs.travelplanner import rules
from envs.travelplanner.database import Database
from envs.travelplanner.env import Limits, SolePlanningEnv, TravelEnv, TwoStageEnv, task_type
from envs.travelplanner.experts import expert_trajectory
from envs.travelplanner.generate.filled import FILLED
from envs.travelplanner.keeper import check_tables_and_queries
from envs.travelplanner.lexicon import TravelLexicon
from envs.travelplanner.loading import check_tables, load_database
from envs.travelplanner.options import Tables, TravelOptions, find_tables, is_official
from envs.travelplanner.queries import Problem, folds_by_state, load_problems, query_file
from envs.travelplanner.reference import reference_information
from envs.travelplanner.score import score_file
from macla.benchmarks.base import JSON, Task
from macla.benchmarks.speeds import Speed
from macla.benchmarks.supplied import Script
from macla.benchmarks.trajectory import Trajectory
from macla.errors import UserError

SCRIPTED_EXPERT = "the demonstrations are plans of a scripted expert that knows the constraints, not of people"
FOLDS_SEEN = "the results of these folds had been seen twice, as aggregates, while choices were made"
ROUTE_GIVEN = "sole planning hands out the cities and the tables of the gold plan's route, by the official protocol"

OFFICIAL_SPLITS = ("train", "validation", "test")
GENERATED_SPLITS = ("train", "seen", "unseen")
MAX_DAYS = 7
_LONGEST_REFERENCE = 60

DAY_HELP = """Day[Current City: from {origin} to {city}; Transportation: {flight or road}; Breakfast: -; \
Attraction: {attraction}; Lunch: -; Dinner: {restaurant}; Accommodation: {hotel}]
Day[Current City: {city}; Transportation: -; Breakfast: {restaurant}; Attraction: {attraction}; {attraction}; \
Lunch: {restaurant}; Dinner: {restaurant}; Accommodation: {hotel}]"""
"""A day of travel and a day in one place; "-" is a field without content."""

HELP = f"""FlightSearch[{{departure city}}, {{destination city}}, {{date, YYYY-MM-DD}}]
GoogleDistanceMatrix[{{origin}}, {{destination}}, self-driving]
GoogleDistanceMatrix[{{origin}}, {{destination}}, taxi]
AccommodationSearch[{{city}}]
RestaurantSearch[{{city}}]
AttractionSearch[{{city}}]
CitySearch[{{state}}]
NotebookWrite[{{short description of the last result, which it keeps for the planner}}]
Planner[{{query; ends the search, then the plan is written, an action a day}}]
{DAY_HELP}"""

SOLE_HELP = f"""CostEnquiry[{{one-day plan as a dictionary with "people_number"}}]
{DAY_HELP}
Finish[{{whole plan as text or JSON, instead of days}}]"""

EXAMPLE = """Task: Please plan a 3-day trip for one person from Ithaca to Newark from March 16th to March 18th, 2022.
Action: FlightSearch[Ithaca, Newark, 2022-03-16]
Action: NotebookWrite[Flights from Ithaca to Newark on 2022-03-16]
(… the return flight, then AccommodationSearch, RestaurantSearch and AttractionSearch of Newark, each noted …)
Action: Planner[Write the plan from the notebook.]
Action: Day[Current City: from Ithaca to Newark; Transportation: Flight Number: F3633413, from Ithaca to Newark, \
Departure Time: 05:38, Arrival Time: 07:46; Breakfast: -; Attraction: -; Lunch: -; Dinner: Cafe Delhi, Newark; \
Accommodation: Quiet Loft, Newark]
Action: Day[Current City: Newark; Transportation: -; Breakfast: Dough, Newark; Attraction: City Museum, Newark; \
Branch Brook Park, Newark; Lunch: Nizam's, Newark; Dinner: Olive Tree, Newark; Accommodation: Quiet Loft, Newark]
Action: Day[Current City: from Newark to Ithaca; Transportation: Flight Number: F3633414, from Newark to Ithaca, \
Departure Time: 19:00, Arrival Time: 20:50; Breakfast: Subway, Newark; Attraction: -; Lunch: -; Dinner: -; \
Accommodation: -]"""


class TravelPlanner:
    """The benchmark as the harness sees it (``macla.benchmarks.base.Benchmark``)."""

    name: ClassVar[str] = "travelplanner"
    Options: ClassVar[type[BaseModel]] = TravelOptions

    def __init__(self, options: TravelOptions) -> None:
        if options.folds and options.fold >= options.folds:
            raise UserError(f"env.fold={options.fold} of env.folds={options.folds}: type 0 to {options.folds - 1}")
        self.options = options
        self.horizon = options.max_steps + 2 * MAX_DAYS
        self.help = HELP if options.mode == "two-stage" else SOLE_HELP
        self.example = EXAMPLE

    @cached_property
    def lexicon(self) -> TravelLexicon:
        """The names of this world's cities and states, and the grammar."""
        return TravelLexicon(self.database.state_of, self.database.cities_in)

    def reading_lexicon(self) -> TravelLexicon:
        """Return the lexicon that reads requests too (``ReadsRequests``)."""
        from envs.travelplanner.reader import ReadingLexicon

        return ReadingLexicon(self.database.state_of, self.database.cities_in)

    @cached_property
    def database(self) -> Database:
        """The tables, read on first use."""
        return load_database(*self._tables)

    @cached_property
    def _tables(self) -> Tables:
        return find_tables(self.options)

    @cached_property
    def _query_folder(self) -> Path:
        return self.options.queries.expanduser() if self.options.queries else self._tables.folder.parent

    def check(self) -> None:
        """Raise UserError (one line) when tables or queries are missing."""
        check_tables(self._tables.folder, self._tables.flights)
        if not self.splits():
            raise UserError(f"no queries_*.jsonl in {self._query_folder}: set env.queries to their folder")

    def splits(self) -> tuple[str, ...]:
        """Return ``train`` and ``heldout`` when cross-validating, else the splits that have a query file."""
        if self.options.folds:
            return ("train", "heldout")
        return self._files

    def aliases(self) -> Mapping[str, str]:
        """Return the name ``unseen`` for what is held out: states in cross-validation, official queries."""
        if self.options.folds:
            return {"unseen": "heldout"}
        return {"unseen": "validation"} if is_official(self.options) else {}

    def caveats(self, split: str) -> tuple[str, ...]:
        """Return who demonstrates, what was seen before, and what the mode gives away (``Caveated``)."""
        official, learned_from = is_official(self.options), split == "train"
        scripted = (SCRIPTED_EXPERT,) if learned_from and not official else ()
        seen = (FOLDS_SEEN,) if official and self.options.folds and not learned_from else ()
        given = (ROUTE_GIVEN,) if self.options.mode == "sole-planning" else ()
        return (*scripted, *seen, *given)

    def tasks(self, split: str) -> list[Task]:
        """Return the tasks of a split in file order; UserError when there is no such split."""
        if split not in self.splits():
            raise UserError(f"no split {split!r}; there are: {', '.join(self.splits()) or 'none'}")
        if not self.options.folds:
            return [self._task(split, split, problem) for problem in self._problems(split)]
        problems = self._problems("train")
        folds = folds_by_state(problems, self.database, self.options.folds)
        return [
            self._task("train", split, problem)
            for problem, fold in zip(problems, folds, strict=True)
            if (fold == self.options.fold) == (split == "heldout")
        ]

    def _problems(self, split: str) -> list[Problem]:
        return load_problems(self._query_folder, split)

    def _task(self, file: str, split: str, problem: Problem) -> Task:
        """Return a task; its id names the file it comes from, so it is the same in every fold."""
        record = problem.record
        return Task(f"{file}-{record['idx']}", split, task_type(record), problem)

    def find(self, reference: str | int) -> Task:
        """Return a task by id ("validation-12", "validation/12") or by the benchmark's idx (first split with it)."""
        named = re.sub(r"[/_:]", "-", str(reference)[:_LONGEST_REFERENCE]).removeprefix(f"{self.name}-")
        for split in self.splits():
            for task in self.tasks(split):
                if named in (task.id, str(task.payload.record["idx"])):
                    return task
        raise UserError(f"no task {named!r} in the splits {', '.join(self.splits())}")

    def make(self, task: Task, *, seed: int) -> TravelEnv:
        """Return a fresh environment; nothing in it is random. Training tasks tell which constraints a plan broke."""
        problem: Problem = task.payload
        limits = Limits(steps=self.options.max_steps, retries=self.options.max_retries)
        feedback = task.split == "train"
        if self.options.mode == "two-stage":
            return TwoStageEnv(problem.record, self.database, limits, feedback=feedback)
        if problem.gold is None:
            raise UserError(f"{task.id} has no gold plan, so sole-planning has no route: use env.mode=two-stage")
        reference = reference_information(problem.record, problem.gold, self.database)
        return SolePlanningEnv(problem.record, self.database, limits, feedback=feedback, reference=reference)

    def experts(self, tasks: Sequence[Task], *, seed: int) -> Iterator[Trajectory]:
        """Yield the gold plans of ``tasks`` as episodes; tasks without one are passed over."""
        for task in tasks:
            if task.payload.gold is not None:
                yield expert_trajectory(self.make(task, seed=seed), task.payload.gold, task.id)

    def rules(self, task: str, observation: str) -> Script:
        """Return the fixed rules as the script of one episode (``Ruled``)."""
        return rules.script(self.reading_lexicon(), task, observation)

    def observations_match(self, recorded: str, ours: str) -> bool:
        """Whether two observations are equal up to outer blanks: nothing official is drawn at random."""
        return recorded.strip() == ours.strip()

    def check_data(self) -> list[str]:
        """Read every table and query file of the configured data (``DataChecker``)."""
        self.check()
        official = is_official(self.options)
        return check_tables_and_queries(self._tables, self.database, self._query_folder, self._files, official=official)

    @property
    def _files(self) -> tuple[str, ...]:
        """The splits that have a query file."""
        names = OFFICIAL_SPLITS if is_official(self.options) else GENERATED_SPLITS
        return tuple(name for name in names if query_file(self._query_folder, name))

    def score(self, plans: Path, out: Path) -> dict[str, Any]:
        """Write the official verdicts on a file of plans to ``out`` and return the aggregates (``macla score``)."""
        result = score_file(plans, out, self.options)
        return {key: value for key, value in result.items() if key != "plans"}

    def bench_speeds(self) -> Iterator[Speed]:
        """Yield how fast plans are evaluated: those that demonstrate the training tasks (``SpeedBench``)."""
        from envs.travelplanner import throughput

        problems = [task.payload for task in self.tasks("train")]
        cases = [(one.record, one.gold) for one in problems if one.gold is not None]
        return throughput.speeds(cases, self.database)

    def identity(self) -> Mapping[str, JSON]:
        """Return data and its hash, mode, grammar and the number of tasks a split."""
        return {
            "benchmark": self.name,
            "data": "official tables" if is_official(self.options) else "generated",
            "world_seed": None if is_official(self.options) else self.options.world_seed,
            "tables": f"{sum(map(len, self.database.hotels.values()))} hotels, {len(self.database.roads)} roads",
            **({"flights": FILLED} if self._tables.recorded_for else {}),
            "data_sha256": self._data_hash(),
            "mode": self.options.mode,
            "evaluator": "official behaviour of OSU-NLP-Group/TravelPlanner at da7c1d4, reimplemented",
            "actions": "FlightSearch, GoogleDistanceMatrix, AccommodationSearch, RestaurantSearch, AttractionSearch,"
            " CitySearch, NotebookWrite, Planner; plans by Day[…], text or JSON",
            "tasks": {split: len(self.tasks(split)) for split in self.splits()},
        }

    def _data_hash(self) -> str:
        """Return the SHA-256 over names and contents of all tables and query files."""
        folder, flights, _ = self._tables
        files = [
            *sorted(folder.rglob("*.*")),
            *([flights] if flights else []),
            *sorted(self._query_folder.glob("*.jsonl")),
        ]
        digest = hashlib.sha256()
        for path in files:
            if path.is_file():
                digest.update(path.name.encode())
                digest.update(path.read_bytes())
        return digest.hexdigest()
