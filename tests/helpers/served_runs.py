"""Small toy runs that ask the misbehaving server, what they leave behind, and two ways in which it answers."""

import json
import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from helpers.misbehaving_server import Behaviour, FakeServer, Handler
from macla.config import Config, compose

TASKS, HORIZON = 4, 6


@pytest.fixture
def server() -> Iterator[FakeServer]:
    fake = FakeServer()
    thread = threading.Thread(target=fake.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield fake
    fake.shutdown()
    fake.server_close()


@pytest.fixture
def config(server: FakeServer, tmp_path: Path) -> Callable[..., Config]:
    """Return a function from overrides to a small toy run that asks the server."""

    def make(*overrides: str) -> Config:
        model = [
            "model=endpoint",
            f"model.base_url={server.url}",
            "model.id=m",
            "model.retries=2",
            "model.timeout_s=20",
        ]
        model.append("model.structured=json_schema")  # no question before the run's own
        world = ["env=toy", "env.jobs=[fire,glaze]", "env.n_train=8", f"env.n_unseen={TASKS}", f"env.horizon={HORIZON}"]
        return compose([*model, *world, "encoder=hashing", f"runs={tmp_path}", "runner.retries=1", *overrides])

    return make


def episodes(folder: Path) -> list[dict[str, Any]]:
    """Return what a run recorded, without seconds."""
    read = [json.loads(line) for line in (folder / "episodes.jsonl").open()]
    for episode in read:
        del episode["seconds"]
        for usage in episode["usage"].values():
            del usage["seconds"]
    return read


def events(built: dict[str, Any]) -> bytes:
    return (Path(built["memory"]) / "events.jsonl").read_bytes()


def wild(handler: Handler, body: dict[str, Any]) -> None:
    """Answer anything the schema allows: spans out of order, numbers repeated, empty lists, patterns without slots."""
    rng = random.Random(body["seed"])

    def value(schema: dict[str, Any]) -> Any:
        if "enum" in schema:
            return rng.choice(schema["enum"])
        match schema["type"]:
            case "object":
                return {name: value(child) for name, child in schema["properties"].items()}
            case "array":
                least, most = schema.get("minItems", 0), schema["maxItems"]
                return [value(schema["items"]) for _ in range(rng.randint(least, most))]
            case "string":
                return rng.choice(
                    [
                        "",
                        " ",
                        "<0>",
                        "<7>",
                        "fire a <0>",
                        "go to kiln 1",
                        "look",
                        "take vase 1",
                        "é\n\t",
                        "\x0b\x85\u2028",
                    ]
                )
            case "boolean":
                return rng.random() < 0.5
        return rng.randint(0, 40)

    handler.say(json.dumps(value(body["response_format"]["json_schema"]["schema"])))


def after(requests: int, then: Behaviour) -> Behaviour:
    """Return a behaviour that obeys ``requests`` times and is ``then`` for good."""
    left = [requests]

    def behave(handler: Handler, body: dict[str, Any]) -> None:
        left[0] -= 1
        return wild(handler, body) if left[0] >= 0 else then(handler, body)

    return behave
