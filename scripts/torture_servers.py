"""Server faults: failures that pass, answers in odd places, useless replies, and a server that dies in the middle."""

import random
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from helpers.misbehaving_server import Behaviour, FakeServer, Handler, cut, huge, obey, raw, status
from helpers.server_habits import USELESS, WHOLE, error_in_200
from torture_commands import BACKEND, Ground, Result, Verdict

from macla.methods.run import read_run


def reset(handler: Handler, body: dict[str, Any]) -> None:
    """Cut the connection in the middle of an answer, at once."""
    cut(handler, body)
    handler.close_connection = True


PASSING: dict[str, Behaviour] = {
    "HTTP 500": status(500),
    "HTTP 429": status(429, retry_after="0"),
    "HTTP 503 with a fraction": status(503, retry_after="0.1"),
    "a reset": reset,
    "10 MB": huge,
    "no JSON": raw(b"<html>busy</html>"),
    "an error in 200": error_in_200("overloaded"),
}
"""Faults that are gone when the request is sent again: they may change nothing."""
REQUESTS = 10
"""Requests of the evaluation: two episodes of five steps."""


def tries(ground: Ground, rng: random.Random, short: bool) -> Iterator[Verdict]:
    """Play two episodes against every fault, and compare with what a well-behaved server gives."""
    server = FakeServer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        expected = _played(_evaluate(ground, server, obey, "reference"), ground, "reference")
        names = [*PASSING, *WHOLE, *USELESS, "death"]
        for name in rng.sample(names, 8) if short else names * 3:
            shutil.rmtree(ground.folder / "run", ignore_errors=True)
            yield _tried(ground, rng, server, name, expected)
    finally:
        server.shutdown()
        server.server_close()


def _tried(ground: Ground, rng: random.Random, server: FakeServer, name: str, expected: Any) -> Verdict:
    place = rng.randrange(1, REQUESTS)
    if name == "death":
        return _revived(ground, server, place, expected)
    if name in USELESS:
        behaviour, reason, _ = USELESS[name]
        result = _evaluate(ground, server, behaviour, "run")
        silent = f"{REQUESTS} × {reason}" not in result.text or "replies were of no use" not in result.text
        return Verdict(name, lost=silent, traceback=result.traceback, said=result.text)
    if name in PASSING:
        server.behaviours = [*[obey] * place, PASSING[name]]
    result = _evaluate(ground, server, WHOLE.get(name, obey), "run")
    server.behaviours = []
    if result.code != 0:
        return Verdict(f"{name} at {place}", lost=True, traceback=result.traceback, said=result.text)
    different = _played(result, ground, "run") != expected
    return Verdict(f"{name} at {place}", different=different, traceback=result.traceback, said=result.text)


def _revived(ground: Ground, server: FakeServer, place: int, expected: Any) -> Verdict:
    """Let the server die after so many requests, and type the command again when it is back."""
    left = [place]

    def mortal(handler: Handler, body: dict[str, Any]) -> None:
        left[0] -= 1
        if left[0] < 0:
            server.down = True
            return handler.reply(503, {"error": {"message": "shutting down"}})
        return obey(handler, body)

    name = f"death after {place} requests"
    first = _evaluate(ground, server, mortal, "run")
    server.down = False
    if first.code != BACKEND or first.traceback:
        return Verdict(name, lost=True, traceback=first.traceback, said=first.text)
    again = _evaluate(ground, server, obey, "run")
    if again.code != 0:
        return Verdict(name, lost=True, traceback=again.traceback, said=again.text)
    different = _played(again, ground, "run") != expected
    return Verdict(name, different=different, traceback=again.traceback, said=again.text)


def _evaluate(ground: Ground, server: FakeServer, behaviour: Behaviour, out: str) -> Result:
    server.always = behaviour
    model = ("model=endpoint", f"model.base_url={server.url}", "model.id=m", "model.retries=2", "runner.retries=0")
    toy = ("env=toy", "env.n_unseen=2", "env.horizon=5", "eval.limit=2", "--memory", "none")
    return ground.macla("eval", *toy, *model, "model.structured=json_schema", "--out", ground.folder / out)


def _played(result: Result, ground: Ground, out: str) -> Any:
    assert result.code == 0, result.text
    episodes = read_run(Path(ground.folder / out)).episodes
    return {name: ([step.action for step in one.steps], one.outcome, one.score) for name, one in episodes.items()}
