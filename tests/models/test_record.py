"""Record, replay, cache."""

import lzma
import os
from pathlib import Path
from time import time
from typing import Any

import pytest
from helpers.misbehaving_server import FakeServer, Handler, saying, status
from helpers.model_requests import ONE_OF_EACH, act, ground

from macla.errors import InfrastructureError, UserError
from macla.models.answer import Answer, Usage
from macla.models.cache import STALE, Answers
from macla.models.create import create
from macla.models.malformed import Malformed
from macla.models.packed import pack, unpack
from macla.models.requests import Action
from macla.models.settings import ModelSettings
from macla.models.usage import Account


class Whimsical:
    """Says something else every time, as a warm model does."""

    def __init__(self) -> None:
        self.said = 0

    def __call__(self, handler: Handler, body: dict[str, Any]) -> None:
        self.said += 1
        handler.say(f'{{"thought": "", "action": "action {self.said}"}}')


def replay(folder: Path, requests: list[Any]) -> tuple[list[Any], Account, dict[str, str]]:
    with create(ModelSettings(backend="replay", name="replay", replay=folder)) as model:
        return model.ask(requests), model.totals, model.identity()


def test_a_replay_is_the_run_bit_for_bit_costs_included(server: FakeServer, tmp_path: Path) -> None:
    with create(server.settings(record=tmp_path / "r")) as model:
        server.behaviours = [saying("no"), saying("never")]
        replies = model.ask(ONE_OF_EACH)
        account, identity = model.totals, model.identity()
    server.always = status(500)
    assert replay(tmp_path / "r", ONE_OF_EACH) == (replies, account, identity)
    assert sum(usage.malformed for usage in account.values()) == sum(isinstance(reply, Malformed) for reply in replies)


def test_a_published_file_replays_the_run_and_holds_nothing_that_was_asked(server: FakeServer, tmp_path: Path) -> None:
    with create(server.settings(record=tmp_path / "r")) as model:
        server.behaviours = [saying("no"), saying("never")]
        replies = model.ask(ONE_OF_EACH)
        account, identity = model.totals, model.identity()
    file = tmp_path / "published.jsonl.xz"
    assert pack(tmp_path / "r", file) == len(ONE_OF_EACH)
    server.always = status(500)
    assert replay(file, ONE_OF_EACH) == (replies, account, identity)
    first = file.read_bytes()
    pack(tmp_path / "r", file)
    assert file.read_bytes() == first
    text = lzma.decompress(first).decode()
    assert "put a mug in cabinet" not in text
    assert "SHOW" not in text
    calls = sum(usage.calls for usage in account.values())
    with pytest.raises(UserError, match=rf"no answer to this act request.*it took {calls} calls, \d+ prompt and"):
        replay(file, [act(seed=99)])


def test_a_published_recording_is_gone_on_with(server: FakeServer, tmp_path: Path) -> None:
    with create(server.settings(record=tmp_path / "r")) as model:
        replies = model.ask(ONE_OF_EACH)
    file, again = tmp_path / "published.jsonl.xz", tmp_path / "again"
    pack(tmp_path / "r", file)
    assert unpack(file, again) == len(ONE_OF_EACH)
    asked = len(server.bodies)
    with create(server.settings(record=again)) as model:
        probes = len(server.bodies) - asked
        assert model.ask([*ONE_OF_EACH, act(seed=99)])[:-1] == replies
    assert len(server.bodies) == asked + probes + 1  # only what the recording does not answer
    assert pack(again, file) == len(ONE_OF_EACH) + 1
    with pytest.raises(UserError, match="is there already"):
        unpack(file, again)


@pytest.mark.parametrize("content", [b"", b"no xz", lzma.compress(b""), lzma.compress(b"{}\n"), lzma.compress(b"[]\n")])
def test_a_file_that_is_no_recording_is_told_in_one_line(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "f.jsonl.xz").write_bytes(content)
    with pytest.raises(UserError, match="is no published recording"):
        replay(tmp_path / "f.jsonl.xz", [act()])


def test_what_is_no_recording_or_was_refused_in_part_is_not_published(server: FakeServer, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is no recording"):
        pack(tmp_path, tmp_path / "f.jsonl.xz")
    with create(server.settings(record=tmp_path / "r")) as model:
        server.behaviours = [status(400)] * 9
        model.ask([act()])
    with pytest.raises(UserError, match="holds refused requests"):
        pack(tmp_path / "r", tmp_path / "f.jsonl.xz")


def test_equal_requests_have_one_answer(server: FakeServer, tmp_path: Path) -> None:
    with create(server.settings(record=tmp_path, structured="json_schema")) as model:
        server.always = whimsical = Whimsical()
        together = model.ask([act()] * 5)
        later = model.ask([act()])
    assert set(together + later) == {Action(action="action 1")}
    assert whimsical.said == 1
    assert replay(tmp_path, [act()] * 6)[0] == together + later


def test_a_request_never_asked_is_named(server: FakeServer, tmp_path: Path) -> None:
    with create(server.settings(record=tmp_path)) as model:
        model.ask([act(seed=0)])
        assert model.ask([act(seed=0)]) == replay(tmp_path, [act(seed=0)])[0]
    with pytest.raises(UserError, match="no answer to this ground request"):
        replay(tmp_path, [ground("a")])


def test_what_changes_an_answer_changes_the_key(server: FakeServer, tmp_path: Path) -> None:
    changes: list[dict[str, Any]] = [
        {},
        {"temperature": 0.5},
        {"top_p": 0.5},
        {"max_tokens": 100},
        {"seed": 1},
        {"revision": "abc"},
        {"structured": "none"},
        {"string_limit": 9},
        {"extra_body": {"k": 1}},
        {"context_length": 2048},
        {"server": {"quantization": "awq"}},
        {"server": {"dtype": "float16"}},
    ]
    whimsical = Whimsical()
    for change in changes:
        with create(server.settings(**{"cache": tmp_path, "structured": "json_schema", **change})) as model:
            server.always = whimsical
            model.ask([act()])
    assert whimsical.said == len(changes)
    server.version = "1.3"
    with create(server.settings(cache=tmp_path, structured="json_schema")) as model:
        model.ask([act()])
    assert whimsical.said == len(changes) + 1


def test_where_and_how_patiently_does_not(server: FakeServer, tmp_path: Path) -> None:
    whimsical = Whimsical()
    server.always = whimsical
    for change in ({}, {"timeout_s": 9}, {"retries": 1}, {"concurrency": 3}, {"base_url": server.url + "/"}):
        with create(server.settings(**{"cache": tmp_path, "structured": "json_schema", **change})) as model:
            model.ask([act()])
    assert whimsical.said == 1


def test_an_interrupted_recording_goes_on_with_the_same_answers(server: FakeServer, tmp_path: Path) -> None:
    settings = server.settings(record=tmp_path, retries=0, concurrency=1, structured="json_schema")
    whimsical = Whimsical()
    with create(settings) as model:
        server.always = whimsical
        (before,) = model.ask([act(seed=1)])
        server.behaviours = [whimsical, status(500)]
        with pytest.raises(InfrastructureError):
            model.ask([act(seed=2), act(seed=3), act(seed=4)])
    with create(settings) as model:
        after = model.ask([act(seed=1), act(seed=2), act(seed=3)])
    assert after[0] == before
    assert whimsical.said == 3


def test_a_folder_of_another_model_is_refused(server: FakeServer, tmp_path: Path) -> None:
    create(server.settings(record=tmp_path)).close()
    with pytest.raises(UserError, match="records another model"):
        create(server.settings(record=tmp_path, temperature=0.3))


def test_no_recording(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is no recording"):
        create(ModelSettings(backend="replay", replay=tmp_path / "none"))
    (tmp_path / "parameters.json").write_text("{")
    with pytest.raises(UserError, match="does not read"):
        create(ModelSettings(backend="replay", replay=tmp_path))


def test_the_first_of_two_processes_wins(tmp_path: Path) -> None:
    kept = [Answer(reply=Action(action=text), usage=Usage(requests=1)) for text in ("first", "second")]
    one, other = Answers(tmp_path), Answers(tmp_path)
    assert one.keep("k" * 64, act(), kept[0]) == kept[0]
    assert other.keep("k" * 64, act(), kept[1]) == kept[0]
    assert [file.suffix for file in tmp_path.glob("*/*")] == [".json"]


def test_a_refused_request_is_replayed_as_refused_and_asked_again_by_a_recorder(
    server: FakeServer, tmp_path: Path
) -> None:
    settings = server.settings(record=tmp_path, structured="json_schema")
    with create(settings) as model:
        server.behaviours = [status(400, "flagged")]
        refused = model.ask([act()])
        assert [one.refused for one in refused if isinstance(one, Malformed)] == [True]
        assert replay(tmp_path, [act()])[:2] == (refused, model.totals)
    with create(settings) as model:
        server.always = Whimsical()
        answered = model.ask([act()])
    assert answered == [Action(action="action 1")]
    assert replay(tmp_path, [act()])[0] == answered


def test_what_a_kill_left_half_written_is_removed_when_nobody_can_be_writing_it(
    server: FakeServer, tmp_path: Path
) -> None:
    old, new = tmp_path / "cache" / "ab" / ".x1y2.partial", tmp_path / "cache" / "ab" / ".z3.partial"
    old.parent.mkdir(parents=True)
    for file in (old, new):
        file.write_text("{")
    os.utime(old, (time() - 2 * STALE, time() - 2 * STALE))
    with create(server.settings(cache=tmp_path / "cache", structured="json_schema")) as model:
        assert not old.exists()
        assert new.exists()
        server.always = Whimsical()
        model.ask([act()])
    assert len([*(tmp_path / "cache").glob("*/*.json")]) == 1


def test_a_torn_answer_is_named(server: FakeServer, tmp_path: Path) -> None:
    with create(server.settings(record=tmp_path)) as model:
        model.ask([act()])
    (file,) = (tmp_path / "answers").glob("*/*.json")
    file.write_text(file.read_text()[:50])
    with pytest.raises(UserError, match=file.name):
        replay(tmp_path, [act()])
