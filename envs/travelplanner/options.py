"""The options of the TravelPlanner adapter, and where they say that the tables stand."""

import os
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from envs.travelplanner.loading import FLIGHTS
from macla.errors import UserError


class TravelOptions(BaseModel):
    """The options under ``env.*``."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    data: Literal["generated", "official"] = Field("generated", description="a generated world, or the official tables")
    database: Path | None = Field(
        None, description="folder of the official tables (which it implies); none: that of $MACLA_DATA/travelplanner"
    )
    flights: Path | None = Field(None, description="a flight table that is not in the folder of the others")
    queries: Path | None = Field(
        None, description="folder of queries_*.jsonl and gold_plans_*.jsonl; none: beside database"
    )
    data_dir: Path | None = Field(None, description="where generated worlds are kept; none: under $MACLA_HOME")
    world_seed: int = Field(7, description="seed of the generated world")
    mode: Literal["two-stage", "sole-planning"] = Field("two-stage", description="search and plan, or plan only")
    max_steps: int = Field(30, ge=1, description="tool calls before the planner, the official limit")
    max_retries: int = Field(3, ge=1, description="failures of one tool in a row that are tolerated")
    folds: int = Field(0, ge=0, description="cross-validate the train split by destination state; 0: off")
    fold: int = Field(0, ge=0, description="the fold that is held out")
    strict: bool = Field(False, description="scoring also closes the known loopholes and reports both")
    denominators: Literal["train", "validation", "test"] | None = Field(
        None, description="scoring divides by the totals of this official split; none: by those of the query set"
    )


def is_official(options: TravelOptions) -> bool:
    """Whether the official tables are used rather than a generated world."""
    return options.data == "official" or options.database is not None


class Tables(NamedTuple):
    """Where the tables stand."""

    folder: Path
    flights: Path | None = None
    """The flight table, where it is not in the folder."""
    recorded_for: Path | None = None
    """Folder of the gold plans whose legs alone the flight table records; other legs are to be drawn."""


def find_tables(options: TravelOptions) -> Tables:
    """Return where the tables stand; generate the world when it is the default and not there yet.

    Under $MACLA_DATA the whole tables are taken. Their flights may not be handed on, so where they lack, those recorded
    for the training queries are taken and drawn ones added (``docs/spec/travelplanner.md §9.3``).
    """
    flights = options.flights.expanduser() if options.flights is not None else None
    if options.database is not None:
        return Tables(options.database.expanduser(), flights)
    if is_official(options):
        if "MACLA_DATA" not in os.environ:
            raise UserError(
                "set env.database to the folder of the official tables, or MACLA_DATA to two levels above it"
            )
        data = Path(os.environ["MACLA_DATA"]).expanduser() / "travelplanner"
        whole, recorded = data / "database_full", data / "database"
        if flights is not None or (whole / FLIGHTS).is_file():
            return Tables(whole, flights)
        return Tables(whole if whole.is_dir() else recorded, recorded / FLIGHTS, recorded_for=data)
    from envs.travelplanner.generate.world import ensure_world

    home = Path(os.environ.get("MACLA_HOME", "~/.cache/macla"))
    world = ensure_world((options.data_dir or home / "travelplanner").expanduser(), options.world_seed)
    return Tables(world / "database", flights)
