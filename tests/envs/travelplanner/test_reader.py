"""What is left without the reader of requests."""

from pathlib import Path

import pytest
from helpers.readers import assert_lexicon_reads_observations_alone, assert_played_without_reader

from envs.travelplanner.benchmark import TravelOptions, TravelPlanner
from envs.travelplanner.lexicon import TravelLexicon


@pytest.mark.parametrize("mode", ["two-stage", "sole-planning"])
def test_the_lexicon_reads_observations_alone(mode, world: Path):
    benchmark = TravelPlanner(TravelOptions(data_dir=world.parent, mode=mode))
    assert_lexicon_reads_observations_alone(benchmark, list(benchmark.experts(benchmark.tasks("train")[::9], seed=0)))


def test_no_official_request_is_read(official: Path):
    benchmark = TravelPlanner(TravelOptions(database=official / "database"))
    requests = [task.payload.record["query"] for split in benchmark.splits() for task in benchmark.tasks(split)]
    assert len(requests) >= 45
    assert not [request for request in requests if benchmark.lexicon.mentions(request)]


@pytest.mark.parametrize("request_", ["Take me from Adel to Boro on 2022-03-01.", "Three days in Boro for $100, 2022"])
def test_a_request_in_other_words_is_not_read_either(request_):
    assert TravelLexicon(["Adel", "Boro"], []).mentions(request_) == []


def test_an_episode_without_the_reader(world: Path):
    benchmark = TravelPlanner(TravelOptions(data_dir=world.parent))
    planned = next(one for one in benchmark.experts(benchmark.tasks("train"), seed=0) if one.success)
    assert_played_without_reader(benchmark, {"data_dir": str(world.parent)}, planned)
