"""``macla bench model``: requests per second at growing numbers in flight, which shows what batching gives."""

from time import perf_counter
from typing import Any

from macla.errors import UserError
from macla.models.answer import Usage
from macla.models.create import create
from macla.models.openai.metrics import metrics_urls, prompts
from macla.models.requests import Act
from macla.models.settings import ModelSettings

IN_FLIGHT = (1, 8, 64)


def bench(settings: ModelSettings, requests: int = 128) -> dict[str, Any]:
    """Return per number in flight: requests/s, completion tokens/s, malformed replies, and what the prefix cache gave.

    Every row asks ``requests`` zero-shot steps of one made-up episode that differ in their seed, at temperature 1, past
    our cache and recording. The server counts what it finds in its prefix cache: of all that it is asked meanwhile, and
    here prompts are equal, so that nearly all of it is found. UserError for a backend that is not served.
    """
    if settings.backend != "openai":
        raise UserError("macla bench model needs a served model, e.g. model=endpoint model.base_url=… model.id=…")
    rows = []
    for in_flight in IN_FLIGHT:
        changes = {"concurrency": in_flight, "temperature": 1.0, "cache": None, "record": None}
        with create(settings.model_copy(update=changes)) as model:
            model.ask([sample_step(-1)])  # connections, prefix cache, compiled grammar
            model.totals.clear()
            before, started = prompts(settings), perf_counter()
            model.ask([sample_step(number) for number in range(requests)])
            seconds, after = perf_counter() - started, prompts(settings)
            identity, cost = model.identity(), sum(model.totals.values(), Usage())
        rows.append(
            {
                "in_flight": in_flight,
                "requests": requests,
                "requests_per_s": round(requests / seconds, 2),
                "completion_tokens_per_s": round(cost.completion_tokens / seconds, 1),
                "malformed": cost.malformed,
                **(after.since(before) if before and after else {}),
            }
        )
    counted = "prefix_cache_hit_rate" in rows[-1]
    told = "as the server counts" if counted else f"unknown: {', '.join(metrics_urls(settings))} counts nothing of it"
    return {"model": identity, "rows": rows, "prefix_cache": told}


def sample_step(number: int) -> Act:
    """Return a zero-shot step of a made-up episode."""
    seen = "The crate 1 is closed. On the shelf 1, you see a cup 2, a pen 1, and a book 3."
    return Act(
        task="put a clean cup in crate",
        help="go to {place}\ntake {thing} from {place}\nopen {place}\nput {thing} in/on {place}",
        example="Thought: the desk may hold a mug.\nAction: go to desk 1",
        first_observation="You are in the middle of a room. You see a crate 1, a shelf 1, and a bench 1.",
        history=tuple((f"go to place {step}", seen) for step in range(8)),
        entities=(),
        seed=number,
    )
