"""The file of episodes: what reads is what was written; all else is told, and played again."""

import json

import pytest
from helpers.runs_to_read import make_episode

from macla.benchmarks.trajectory import Outcome
from macla.errors import UserError
from macla.methods.episode import EpisodeLog, fingerprint_of, read_summary

EPISODES = [
    make_episode("a", score=0.5),
    make_episode("b", success=False),
    make_episode("ç", score=1.0),
]


@pytest.fixture
def log(tmp_path):
    made = EpisodeLog(tmp_path, "this run")
    for episode in EPISODES:
        made.append(episode)
    return made


def lines(log):
    return log.path.read_bytes().splitlines(keepends=True)


def test_episodes_read_back_as_they_were(log):
    assert list(log.read()) == EPISODES
    assert list(log.finished().values()) == EPISODES
    assert log.settle(["ç", "a"]) == [EPISODES[2], EPISODES[0]]
    assert list(log.read()) == [EPISODES[2], EPISODES[0]]


def test_a_last_line_torn_inside_a_character_is_dropped_and_its_task_is_played_again(log):
    whole = log.path.read_bytes()
    log.path.write_bytes(whole[: whole.rindex("ç".encode()) + 1])
    assert list(log.read()) == EPISODES[:2]
    assert [*log.finished()] == ["a", "b"]
    log.append(EPISODES[2])
    assert log.path.read_bytes() == whole


@pytest.mark.parametrize(
    "damage",
    [
        lambda line: line.replace(b'"score":0.5', b'"score":0.6'),
        lambda line: line.replace(b'"success":true', b'"success":false'),
        lambda line: line.replace(b'"check"', b'"cheek"'),
        lambda line: line[: len(line) // 2] + b"\n",
        lambda line: b"\xff\xfe" + line,
        lambda _: b"[]\n",
        lambda _: b"null\n",
        lambda _: b"[" * 100_000 + b"\n",
    ],
)
def test_a_changed_line_is_named_when_read_and_played_again_when_resumed(log, damage):
    first, *others = lines(log)
    log.path.write_bytes(b"".join([damage(first), *others]))
    with pytest.raises(UserError, match=r"episodes\.jsonl:1 is no episode.*plays that task again") as error:
        list(log.read())
    assert "\n" not in str(error.value)
    assert list(log.finished().values()) == EPISODES[1:]
    assert lines(log) == others


def test_lines_of_another_run_are_not_this_runs(log, tmp_path):
    other = EpisodeLog(tmp_path, "another run")
    with pytest.raises(UserError, match="written by another run"):
        list(other.read())
    assert other.finished() == {}


def test_lines_of_earlier_versions_carry_no_check_and_are_read(log):
    values = json.loads(lines(log)[0])
    assert len(values.pop("check")) == 12
    log.path.write_text(json.dumps(values) + "\n")
    assert list(log.read()) == EPISODES[:1]


def test_only_seconds_are_left_out_of_what_tells_episodes_apart():
    slower = [episode.model_copy(update={"seconds": 9.0}) for episode in EPISODES]
    worse = [EPISODES[0].model_copy(update={"outcome": Outcome.STEP_LIMIT}), *EPISODES[1:]]
    assert fingerprint_of(slower) == fingerprint_of(EPISODES)
    assert fingerprint_of(worse) != fingerprint_of(EPISODES) != fingerprint_of(EPISODES[:2])


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"3", b"null", b"\xff", b'{"n_success": 3}'])
def test_a_summary_that_is_none_is_told_in_one_line(tmp_path, content):
    (tmp_path / "summary.json").write_bytes(content)
    with pytest.raises(UserError, match=r"summary\.json does not read .*the same command writes it again") as error:
        read_summary(tmp_path)
    assert "\n" not in str(error.value)
