"""One generated game: from (seed, split, index) to a solvable world, always the same one."""

from dataclasses import replace
from random import Random

from envs.alfworld.generate.place import populate
from envs.alfworld.generate.scene import load_scene, scene_numbers
from envs.alfworld.generate.task import choose_goal, choose_room, demand
from envs.alfworld.generate.world import Scene, World, location_id
from envs.alfworld.oracle import solve
from macla.errors import InfrastructureError
from macla.seeding import python_rng

ATTEMPTS = 200


def make_world(seed: int, split: str, index: int, task_type: str, moved: bool) -> World:
    """Return game ``index`` of a split; unseen games stand in floor plans of which no other split has any.

    ``moved``: its things tend to lie where they seldom do otherwise.

    InfrastructureError when no attempt is solvable, which no known package version gives rise to.
    """
    numbers = scene_numbers(unseen=split == "valid_unseen")
    rng = python_rng(seed, "alfworld game", split, index)
    for _ in range(ATTEMPTS):
        scene = replace(load_scene(rng.choice(numbers[choose_room(task_type, rng)])), moved=moved)
        world = _attempt(scene, task_type, rng)
        if world is not None and solve(world) is not None:
            return world
    raise InfrastructureError(f"no solvable game {index} of {split} ({task_type}) with seed {seed}")


def _attempt(scene: Scene, task_type: str, rng: Random) -> World | None:
    """Return a world with a goal of the type, not yet known to be solvable; None when the scene has no such goal."""
    goal = choose_goal(task_type, scene, rng)
    if goal is None:
        return None
    things = populate(scene, demand(goal, rng), rng)
    return None if things is None else World(scene, things, _start(scene, rng), goal)


def _start(scene: Scene, rng: Random) -> str:
    """Return a pose from which no receptacle is reached, as in every solvable official game.

    See ``docs/spec/alfworld.md §2``.
    """
    taken = {receptacle.location for receptacle in scene.receptacles}
    while True:
        pose = location_id(*rng.choice(scene.points), rng.randrange(4), 30)
        if pose not in taken:
            return pose
