"""Several servers of one model: the least busy is asked, a dead one is left out and comes back, no more."""

import socket
import threading
import time
from contextlib import contextmanager, suppress

import pytest
from helpers.misbehaving_server import FakeServer, obey, status
from helpers.served_runs import episodes, wild

from macla.config import compose
from macla.errors import InfrastructureError, UserError
from macla.models.bench import sample_step
from macla.models.create import create
from macla.models.openai import replicas
from macla.models.settings import ModelSettings
from macla.runs.doctor import examine
from macla.runs.evaluate import evaluate


class Mortal(FakeServer):
    """Takes its connections along when it ends, as a process does that is killed."""

    def __init__(self, port):
        super().__init__(port)
        self.connections = []

    def get_request(self):
        taken = super().get_request()
        self.connections.append(taken[0])
        return taken

    def die(self):
        self.shutdown()
        self.server_close()
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def serving(port=0):
    """Run a server inside the block; afterwards nobody listens on its port."""
    fake = Mortal(port)
    thread = threading.Thread(target=fake.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.die()


@pytest.fixture
def two():
    with serving() as one, serving() as other:
        yield one, other


def both(servers, **changes):
    return servers[0].settings(base_url=[server.url for server in servers], **changes)


def steps(count):
    return [sample_step(number) for number in range(count)]


def slowly(handler, body):
    time.sleep(0.2)
    obey(handler, body)


def dawdling(handler, body):
    time.sleep(0.05)
    wild(handler, body)


def test_requests_go_where_the_least_is_under_way(two):
    one, other = two
    with create(both(two, structured="json_schema")) as model:
        model.ask(steps(1))  # the first of a purpose goes alone
        one.bodies.clear()
        other.bodies.clear()
        one.always = slowly
        model.ask(steps(12))
        assert 1 <= len(one.bodies) <= 6 <= len(other.bodies)
        assert len(one.bodies) + len(other.bodies) == 12


def test_a_dead_server_is_left_out_and_asked_again_after_a_while(monkeypatch):
    monkeypatch.setattr(replicas, "REST_S", 0.3)
    with serving() as one:
        with serving() as other:
            port = other.server_address[1]
            model = create(both((one, other), structured="json_schema"))
            model.ask(steps(8))
            assert one.bodies
            assert other.bodies
        one.bodies.clear()
        model.ask(steps(8))
        assert len(one.bodies) == 8
        with serving(port) as back:
            time.sleep(0.4)
            model.ask(steps(8))
            assert back.bodies
        model.close()


def test_a_server_that_is_dead_from_the_start_is_told_and_left_out(two, capsys):
    dead = "http://127.0.0.1:9/v1"
    with create(two[0].settings(base_url=[dead, two[0].url], structured="json_schema")) as model:
        model.ask(steps(4))
    assert len(two[0].bodies) == 4
    assert capsys.readouterr().err.startswith(f"left out for now: no model server: {dead}: ConnectError")


def test_when_all_are_dead_one_line_says_so():
    dead = ["http://127.0.0.1:9/v1", "http://127.0.0.1:10/v1"]
    settings = ModelSettings(backend="openai", id="m", base_url=dead, retries=0)
    with pytest.raises(UserError, match=r"^no model server: http://127.0.0.1:9/v1: ConnectError[^\n]*base_url$"):
        create(settings)


def test_when_all_die_meanwhile_one_line_names_them():
    with serving() as one, serving() as other:
        model = create(both((one, other), retries=1, structured="json_schema"))
        urls = f"{one.url}, {other.url}"
    with pytest.raises(InfrastructureError, match=r"\(2 attempts\)$") as error:
        model.ask(steps(1))
    assert str(error.value).startswith(f"{urls}: ConnectError")
    with pytest.raises(InfrastructureError):
        model.check()
    model.close()


def test_a_server_that_fails_is_not_asked_next(two):
    one, other = two
    with create(both(two, structured="json_schema")) as model:
        one.always = status(503)
        model.ask(steps(20))
    assert len(one.bodies) <= 2
    assert len(other.bodies) >= 19


def test_servers_of_two_models_are_refused(two):
    two[1].card = {"owned_by": "fake", "max_model_len": 2048}
    with pytest.raises(UserError) as error:
        create(both(two))
    first, second = (server.url for server in two)
    assert str(error.value) == (
        f"model.base_url: {first} says context_length 4096, {second} says 2048; "
        "name servers of one model, started alike"
    )


def test_what_is_recorded_is_the_same_with_one_address_and_with_several(two, tmp_path):
    for server in two:
        server.always = dawdling
    runs = {}
    for name, urls in {"one": two[0].url, "two": f"[{two[0].url},{two[1].url}]"}.items():
        config = compose(
            ["model=endpoint", f"model.base_url={urls}", "model.id=m", "model.structured=json_schema", "memory=none",
             "env=toy", "env.jobs=[fire,glaze]", "env.n_train=8", "env.n_unseen=4", "env.horizon=6", "encoder=hashing",
             f"runs={tmp_path}", f"model.record={tmp_path}/record-{name}", "runner.workers=4"]
        )  # fmt: skip
        summary = evaluate(config, "unseen", None, tmp_path / name)
        runs[name] = (episodes(tmp_path / name), summary["fingerprint"], summary["model"])
    assert runs["one"] == runs["two"]
    assert two[1].bodies
    kept = [sorted(path.name for path in (tmp_path / f"record-{name}").rglob("*.json")) for name in ("one", "two")]
    assert kept[0] == kept[1]


def test_neither_users_nor_queries_of_any_address_are_stored_or_said(two):
    urls = [server.url.replace("://", "://user:pass-word-9@") + "?key=quite-secret" for server in two]
    settings = both(two).model_copy(update={"base_url": tuple(urls)})
    assert settings.model_dump(mode="json")["base_url"] == [server.url for server in two]
    two[0].models = two[1].models = ["other"]
    with pytest.raises(UserError) as error:
        create(settings)
    assert "pass-word-9" not in str(error.value)
    assert "quite-secret" not in str(error.value)


def test_doctor_looks_at_every_server(two):
    dead = "http://127.0.0.1:9/v1"
    config = compose(
        ["model=endpoint", f"model.base_url=[{two[0].url},{dead}]", "model.id=m", "model.retries=0", "env=toy"]
    )
    found = {finding.what: finding.ok for finding in examine(config) if finding.what.startswith("model")}
    assert found == {"model": True, f"model at {two[0].url}": True, f"model at {dead}": False}
