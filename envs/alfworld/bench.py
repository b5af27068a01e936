"""How fast the two engines are, measured in one run on the same walks."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from envs.alfworld import engine
from envs.alfworld.engine import State
from envs.alfworld.engine.compiled import CompiledEngine
from envs.alfworld.engine.walks import Walker
from macla.benchmarks.speeds import Speed
from macla.errors import UserError
from macla.seeding import python_rng

ENGINES = ("textworld", "compiled")
STEPS = 12


def engines(games: Sequence[Path], steps: int, seed: int) -> dict[str, Any]:
    """Return speeds of both engines over ``games``, ``steps`` commands each; the admissible list counts every step.

    Keys: ``steps_per_s`` and ``load_reset_s`` (mean seconds to load and reset a game), each by engine;
    ``steps_ratio`` and ``load_ratio`` (how many times faster ``compiled`` is); ``mismatches`` (states in which
    the engines disagree), ``games``, ``steps`` (in all).
    """
    if not games or steps < 1:
        raise UserError("the engine benchmark needs at least one game and one step; type macla data alfworld first")
    _play(games[0], "textworld", ["look"])  # imports and first-use costs of the packages are no engine's speed
    load = dict.fromkeys(ENGINES, 0.0)
    play = dict.fromkeys(ENGINES, 0.0)
    mismatches = 0
    for game in games:
        commands = _commands(game, steps, seed)
        states = {}
        for name in ENGINES:
            loaded, played, states[name] = _play(game, name, commands)
            load[name] += loaded
            play[name] += played
        mismatches += sum(map(State.__ne__, *states.values()))
    return {
        "steps_per_s": {name: len(games) * steps / play[name] for name in ENGINES},
        "steps_ratio": play["textworld"] / play["compiled"],
        "load_reset_s": {name: load[name] / len(games) for name in ENGINES},
        "load_ratio": load["textworld"] / load["compiled"],
        "mismatches": mismatches,
        "games": len(games),
        "steps": len(games) * steps,
    }


def speeds(games: Sequence[Path]) -> Iterator[Speed]:
    """Yield the compiled engine's speed beside TextWorld's (``SpeedBench``)."""
    found = engines(games, STEPS, seed=0)
    same = f"{found['steps']} steps of {found['games']} games, {found['mismatches']} states differ"
    steps, load = found["steps_per_s"], found["load_reset_s"]
    yield Speed("compiled ALFWorld engine", "steps", steps["compiled"], "TextWorld", steps["textworld"], same)
    loaded = (1 / load[name] for name in ("compiled", "textworld"))
    yield Speed("the same, loading and resetting", "games", next(loaded), "TextWorld", next(loaded))


def _commands(game: Path, steps: int, seed: int) -> list[str]:
    """Return a walk through ``game``, chosen beforehand so that choosing is not timed."""
    player = CompiledEngine(game)
    walker = Walker(player, python_rng(seed, "bench", game.parent.parent.name, game.parent.name))
    state, commands = player.reset(), []
    for _ in range(steps):
        commands.append(walker.choose(state))
        state = player.step(commands[-1])
    return commands


def _play(game: Path, name: str, commands: list[str]) -> tuple[float, float, list[State]]:
    """Return seconds to load and reset, seconds to play ``commands``, and every state."""
    begun = perf_counter()
    player = engine.load(game, name)
    states = [player.reset()]
    ready = perf_counter()
    states += [player.step(command) for command in commands]
    done = perf_counter()
    player.close()
    return ready - begun, done - ready, states
