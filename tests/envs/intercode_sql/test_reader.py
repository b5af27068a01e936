"""What is left without the reader of questions."""

from helpers.readers import assert_lexicon_reads_observations_alone, assert_played_without_reader

from envs.intercode_sql.benchmark import InterCodeSQL, SQLOptions
from envs.intercode_sql.lexicon import SQLLexicon


def test_nothing_is_read_in_a_question():
    assert SQLLexicon().mentions("How many cities named 'New York' have over 20 people in Old Town?") == []


def test_the_lexicon_reads_observations_alone(benchmark_sql):
    tasks = benchmark_sql.tasks("train")[:60]
    assert_lexicon_reads_observations_alone(benchmark_sql, list(benchmark_sql.experts(tasks, seed=0)))


def test_an_episode_without_the_reader(benchmark_sql):
    options = {**benchmark_sql.options.model_dump(), "experts": "gold"}
    oracle = InterCodeSQL(SQLOptions(**options))
    (shown,) = oracle.experts(oracle.tasks("train")[:1], seed=0)
    assert shown.score == 1
    assert_played_without_reader(oracle, options, shown)
