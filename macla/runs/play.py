"""Play one task and keep its record."""

from time import perf_counter
from typing import Any

from macla.benchmarks.base import Benchmark, Task
from macla.benchmarks.trajectory import Outcome
from macla.errors import InfrastructureError
from macla.methods.episode import Episode
from macla.methods.macla.algorithm1 import Agent
from macla.models.usage import Ledger, merged
from macla.seeding import derive_seed


def play(agent: Agent, model: Ledger, benchmark: Benchmark, task: Task, run_seed: int, attempt: int) -> Episode:
    """Play one task and return its record; an infrastructure failure is an outcome, never an exception.

    ``model`` is the agent's; what the episode asks of it is the episode's account.
    """
    started = perf_counter()
    seed = derive_seed(run_seed, task.id, attempt)
    common = {"task": task.id, "type": task.type, "split": task.split, "attempt": attempt, "seed": seed}
    with model.episode() as account:
        try:
            env = benchmark.make(task, seed=seed)
            try:
                session = agent.run(env, benchmark.horizon, seed)
            finally:
                env.close()
        except InfrastructureError as error:
            record: dict[str, Any] = {"outcome": Outcome.INFRASTRUCTURE_ERROR, "error": str(error)}
        else:
            record = {
                "instruction": session.task,
                "goal": session.goal,
                "executions": tuple(session.executions),
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
    usage = merged([account])
    calls = {purpose: its.requests for purpose, its in usage.items()}
    return Episode(**common, **record, model_calls=calls, usage=usage, seconds=round(perf_counter() - started, 4))
