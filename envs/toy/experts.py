"""Recorded potters: they search, take, and finish the job; careless ones ignore what they are told."""

from collections.abc import Iterator
from random import Random

from envs.toy.lexicon import ToyLexicon
from envs.toy.world import JOBS, Room
from macla.benchmarks.base import TaskEnv
from macla.benchmarks.slips import Slips
from macla.benchmarks.trajectory import Outcome, Step, Trajectory

_LEXICON = ToyLexicon()


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


def play(env: TaskEnv, task_id: str, seed: int, actions: list[str], slips: Slips | None = None) -> Trajectory:
    """Return the trajectory of ``actions`` in ``env``; whether it succeeded is the environment's word."""
    first, info = env.reset(seed=seed)
    steps = list[Step]()
    for action in actions if slips is None else _erring(actions, slips, task_id, first, steps):
        observation, reward, terminated, truncated, info = env.step(action)
        steps.append(Step(action=action, observation=observation, reward=float(reward)))
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


def _erring(actions: list[str], slips: Slips, task_id: str, first: str, steps: list[Step]) -> Iterator[str]:
    """Yield the actions with wrong commands in between, and the way back from where these led.

    ``steps`` grows with each command as it is carried out.
    """
    place = here = ""
    for action in actions:
        while (wrong := slips.command(task_id, len(steps), [first, *(step.observation for step in steps)])) is not None:
            yield wrong
            if not _LEXICON.rejected(steps[-1].observation):
                here = _destination(wrong) or here
        due = _destination(action)
        if not due and here != place:
            yield f"go to {place}"
        yield action
        here = place = due or place


def _destination(action: str) -> str:
    """Return where a command leads, empty when it leads nowhere."""
    command = _LEXICON.parse(action)
    return command.arguments[0] if command is not None and command.verb == "go to {}" else ""
