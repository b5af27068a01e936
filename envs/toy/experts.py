"""Recorded potters: they search, take, and finish the job; careless ones ignore what they are told."""

from random import Random

from envs.toy.env import ToyEnv
from envs.toy.world import JOBS, Room
from macla.benchmarks.trajectory import Outcome, Step, Trajectory


def commands(room: Room, rng: Random, *, careful: bool) -> list[str]:
    """Return what a potter does in ``room``: a search in random order, then the job by a way drawn at random.

    A careful one wipes a damp piece and fills until full; a careless one never wipes and pours at most once.
    """
    holders = rng.sample(list(room.holders), len(room.holders))
    result = [f"go to {holder}" for holder in holders[: holders.index(room.home) + 1]]
    result.append(f"take {room.piece} from {room.home}")
    if careful and room.damp:
        result.append(f"wipe {room.piece}")
    pours = room.pours if careful else min(room.pours, rng.randint(0, 1))
    if pours:
        result += ["go to well 1", *[f"fill {room.piece} at well 1"] * pours]
    verb, station = rng.choice(list(JOBS[room.job].ways.items()))
    return [*result, f"go to {station} 1", verb.format(room.piece, f"{station} 1")]


def play(env: ToyEnv, task_id: str, seed: int, actions: list[str]) -> Trajectory:
    """Return the trajectory of ``actions`` in ``env``; whether it succeeded is the environment's word."""
    first, info = env.reset(seed=seed)
    steps = []
    for action in actions:
        observation, reward, terminated, truncated, info = env.step(action)
        steps.append(Step(action=action, observation=observation, reward=reward))
        if terminated or truncated:
            break
    ended = Outcome.STEP_LIMIT if truncated else Outcome.FAILURE
    return Trajectory(
        task_id=task_id,
        task=info["task"],
        task_type=info["task_type"],
        first_observation=first,
        steps=tuple(steps),
        outcome=Outcome.SUCCESS if info["success"] else ended,
        score=info["score"],
    )
