"""A player that sees the hidden state, for checking engines and games. An upper bound, never an agent."""

from envs.alfworld.engine.compiled import CompiledEngine

_STATION = {"hot": ("microwavetype", "heat"), "cool": ("fridgetype", "cool"), "clean": ("sinkbasintype", "clean")}


def next_command(engine: CompiledEngine) -> str | None:
    """Return the next command towards the goal from wherever the game stands; None when won or out of ideas."""
    now, world, goal = engine.situation, engine.world, engine.world.goal
    if now.won():
        return None
    if now.held is None:
        return _fetch(engine)
    name = world.objects[now.held]
    if now.held not in goal.objects:
        return _place(engine, [r for r in range(len(world.receptacles)) if r not in goal.receptacles])
    if goal.lamps:
        lit = [r for r, things in enumerate(now.inside) if things & goal.lamps]
        lamps = [world.objects[lamp] for r in lit for lamp in now.inside[r] & goal.lamps]
        return _reach(engine, lit[0]) or f"use {lamps[0]}" if lit else None
    if goal.treatment and now.held not in now.treated(goal.treatment):
        kind, verb = _STATION[goal.treatment]
        stations = [r for r, found in enumerate(world.receptacle_types) if found == kind]
        return (
            _reach(engine, stations[0]) or f"{verb} {name} with {world.receptacles[stations[0]]}" if stations else None
        )
    return _place(engine, _targets(engine))


def _targets(engine: CompiledEngine) -> list[int]:
    """Return the goal's receptacles, the one that already holds most of what is wanted first."""
    goal, inside = engine.world.goal, engine.situation.inside
    return sorted(goal.receptacles, key=lambda receptacle: (-len(inside[receptacle] & goal.objects), receptacle))


def _fetch(engine: CompiledEngine) -> str | None:
    """Go for the first wanted object that is not where it should end up already."""
    now, world, goal = engine.situation, engine.world, engine.world.goal
    done = now.inside[_targets(engine)[0]] if goal.count == 2 and goal.receptacles else set()
    wanted = (goal.objects - done) & world.pickupable
    for receptacle, things in enumerate(now.inside):
        for thing in sorted(things & wanted):
            ready = _reach(engine, receptacle) or _opened(engine, receptacle)
            return ready or f"take {world.objects[thing]} from {world.receptacles[receptacle]}"
    return None


def _place(engine: CompiledEngine, receptacles: list[int]) -> str | None:
    """Put the held object down in the first of ``receptacles`` that takes it."""
    held, world = engine.situation.held, engine.world
    for receptacle in receptacles:
        if held is not None and held in world.accepts[receptacle]:
            ready = _reach(engine, receptacle) or _opened(engine, receptacle)
            return ready or world.grammar.place.format(world.objects[held], world.receptacles[receptacle])
    return None


def _reach(engine: CompiledEngine, receptacle: int) -> str | None:
    here = receptacle in engine.situation.receptacles_here
    return None if here else f"go to {engine.world.receptacles[receptacle]}"


def _opened(engine: CompiledEngine, receptacle: int) -> str | None:
    ready = engine.situation.accessible(receptacle)
    return None if ready else f"open {engine.world.receptacles[receptacle]}"
