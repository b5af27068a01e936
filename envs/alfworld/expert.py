"""alfworld's hand-coded expert on either engine, with its defect corrected (``docs/spec/alfworld.md §C``).

alfworld 0.4.2 renamed ``put O in/on R`` to ``move O to R``, but its expert still waits for a ``put`` before it
believes that its hand is empty. Here it is told of each placing in the word it waits for. Nothing else is changed:
it is the package's own code that decides.
"""

import random
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from envs.alfworld import engine
from envs.alfworld.engine import Engine, State
from envs.alfworld.engine.grammar import BANNER, task_of
from macla.benchmarks.slips import Slips
from macla.benchmarks.trajectory import Outcome, Step, Trajectory
from macla.seeding import derive_seed

_PUT = re.compile(r"put (.+) in/on (.+)")
_MOVE = re.compile(r"move (.+) to (.+)")
_FIRST_COMMAND = "look"


def run_expert(
    game: Path,
    engine_name: str,
    *,
    task_id: str,
    task_type: str,
    params: Mapping[str, Any],
    max_steps: int = 50,
    seed: int = 0,
    slips: Slips | None = None,
) -> Trajectory:
    """Return what the expert does in ``game``, as the environment would show it; failures are kept and labelled.

    Steps that ``slips`` says are wrong are taken instead of its own; it goes on from wherever they led.

    ``params`` are the ``pddl_params`` of the game's ``traj_data.json``. The expert breaks loops at random: ``seed``
    and ``task_id`` fix how.
    """
    player = engine.load(game, engine_name)
    try:
        with _seeded(derive_seed(seed, "expert", task_id)):
            return _play(player, task_id, task_type, params, max_steps, slips)
    finally:
        player.close()


def _play(
    player: Engine, task_id: str, task_type: str, params: Mapping[str, Any], max_steps: int, slips: Slips | None
) -> Trajectory:
    opening = player.reset()
    advisor = _Advisor(task_type, params, max_steps, opening)
    state, steps, outcome = opening, list[Step](), Outcome.STEP_LIMIT
    while len(steps) < max_steps and not state.won:
        command = advisor.advise(state, player.facts())
        if command is None:
            outcome = Outcome.FAILURE
            break
        if slips is not None:
            others = [other for other in state.admissible if other != command]
            command = advisor.overruled(slips.command(task_id, len(steps), (), others)) or command
        state = player.step(command)
        steps.append(Step(action=command, observation=state.feedback, reward=float(state.won)))
    return Trajectory(
        task_id=task_id,
        task=task_of(opening.feedback),
        task_type=task_type,
        first_observation=opening.feedback,
        steps=tuple(steps),
        outcome=Outcome.SUCCESS if state.won else outcome,
        score=float(state.won),
    )


class _Advisor:
    """Asks the package's expert as alfworld's own environment does: look first, and look when its advice is void."""

    def __init__(self, task_type: str, params: Mapping[str, Any], max_steps: int, opening: State) -> None:
        from alfworld.agents.expert import HandCodedTWAgent

        lowered = {key: value.lower() if isinstance(value, str) else value for key, value in params.items()}
        self._agent = HandCodedTWAgent()
        self._agent.policy = _corrected_policy(task_type)({**lowered, "task_type": task_type}, max_steps=max_steps)
        self._agent.observe(BANNER + opening.feedback)
        self._last = ""

    def advise(self, state: State, facts: list[str]) -> str | None:
        """Return the command to type in ``state``; None when the expert gives up."""
        from alfworld.agents.expert import HandCodedAgentFailed

        if not self._last:
            self._last = _FIRST_COMMAND
            return self._last
        known = {_in_new_grammar(command): command for command in state.admissible}
        seen = {"feedback": state.feedback, "facts": facts, "admissible_commands": list(known)}
        try:
            advice = self._agent.act(seen, 0, state.won, self._last)
        except (HandCodedAgentFailed, LookupError):  # it also fails by looking up what it has never seen
            return None
        self._last = advice if advice in known else _FIRST_COMMAND
        return known[self._last]

    def overruled(self, command: str | None) -> str | None:
        """Return the command, typed instead of the one that was advised (None: that one is typed after all)."""
        if command is not None:
            self._last = _in_new_grammar(command)
        return command


@lru_cache(maxsize=1 << 16)
def _in_new_grammar(command: str) -> str:
    """Return ``put O in/on R`` as ``move O to R``, the only grammar the expert knows; anything else as it is."""
    return _PUT.sub(r"move \1 to \2", command)


@lru_cache(maxsize=1 << 16)
def _without_numbers(text: str) -> str:
    """Return ``text`` without digits and with single blanks, as the policies compare facts and commands."""
    return " ".join(re.sub(r"\d", "", text).split())


@cache
def _corrected_policy(task_type: str) -> Any:
    """Return the package's policy class for ``task_type`` with the defect corrected."""
    from alfworld.agents.expert import HandCodedTWAgent

    class CorrectedPolicy(HandCodedTWAgent().get_task_policy({"task_type": task_type})):  # type: ignore[misc]
        def update_state_tracking(self, game_state: dict[str, Any], last_action: str) -> None:
            super().update_state_tracking(game_state, _MOVE.sub(r"put \1 in/on \2", last_action))

        def get_facts(self, game_state: dict[str, Any]) -> list[str]:
            """Facts come as strings from either engine."""
            return list(game_state["facts"])

        def remove_num_ids(self, text: str) -> str:
            """The same function, remembered: the policies call it on every fact and command of every step."""
            return _without_numbers(text)

    return CorrectedPolicy


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Seed the global generator, which the package's expert draws from, and put it back as it was."""
    before = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(before)
