"""Play one task and keep its record."""

from time import perf_counter
from typing import Any

from macla.benchmarks.base import Benchmark, Task
from macla.benchmarks.trajectory import Outcome
from macla.benchmarks.wording import InOtherWords
from macla.errors import InfrastructureError
from macla.methods.base import Actor, Tools
from macla.methods.episode import Episode
from macla.methods.session import Session
from macla.models.usage import Ledger, merged
from macla.seeding import derive_seed


def run(actor: Actor, session: Session) -> None:
    """Play a session to its end: the whole of what an actor is asked to do."""
    session.start()
    actor.begin(session)
    while not session.over:
        session.decisions.append(actor.act(session))


def play(
    actor: Actor,
    tools: Tools,
    benchmark: Benchmark,
    task: Task,
    run_seed: int,
    attempt: int,
    instruction: str | None = None,
) -> Episode:
    """Play one task and return its record; an infrastructure failure is an outcome, never an exception.

    What the episode asks of the model is booked in the episode. ``instruction`` stands in the place of the task's own.
    """
    started = perf_counter()
    seed = derive_seed(run_seed, task.id, attempt)
    common = {"task": task.id, "type": task.type, "split": task.split, "attempt": attempt, "seed": seed}
    model = tools.model
    assert isinstance(model, Ledger), "the harness's models keep accounts"
    with model.episode() as book:
        try:
            env = benchmark.make(task, seed=seed)
            if instruction is not None:
                env = InOtherWords(env, instruction)
            session = Session(env, tools.reader, benchmark.horizon, seed, listing=tools.admissible)
            try:
                run(actor, session)
            finally:
                env.close()
        except InfrastructureError as error:
            record: dict[str, Any] = {"outcome": Outcome.INFRASTRUCTURE_ERROR, "error": str(error)}
        else:
            record = _record(session)
    usage = merged([book.usage])
    calls = {purpose: cost.requests for purpose, cost in usage.items()}
    asked = {"model_calls": calls, "usage": usage, "useless": tuple(book.useless)}
    return Episode(**common, **record, **asked, seconds=round(perf_counter() - started, 4))


def _record(session: Session) -> dict[str, Any]:
    return {
        "instruction": session.task,
        "goal": session.goal,
        "outcome": session.outcome,
        "success": session.success,
        "score": session.score,
        "measures": session.measures,
        "won_at": session.won_at,
        "n_steps": len(session.steps),
        "rejected": session.rejected,
        "decisions": tuple(session.decisions),
        "first_observation": session.first_observation,
        "steps": tuple(session.steps),
    }
