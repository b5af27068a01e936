"""What changes while a game is played, and whether it is won (``docs/spec/alfworld.md §3, §6, §7``)."""

from envs.alfworld.engine.world import World


class Situation:
    """The mutable half of a game; numbers index the tables of its :class:`World`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.location = world.start
        self.held: int | None = None
        self.inside = [set(things) for things in world.inside]
        """Receptacle → objects in it. A held object may still be listed in a second receptacle."""
        self.object_locations = [set(places) for places in world.object_locations]
        self.opened: set[int] = set()
        self.taken_from: set[tuple[int, int]] = set()
        """(object, receptacle) after a take and until the object is put back there: what ``look`` lists."""
        self.toggled: set[int] = set()
        self.sliced: set[int] = set()
        self.clean: set[int] = set()
        self.hot: set[int] = set()
        self.cool = set(world.cool)

    @property
    def receptacles_here(self) -> tuple[int, ...]:
        """The receptacles at the agent's location, in listing order."""
        return self.world.receptacles_at[self.location]

    def accessible(self, receptacle: int) -> bool:
        """Whether things can be put into and taken out of ``receptacle``."""
        return receptacle not in self.world.openable or receptacle in self.opened

    def take(self, thing: int, receptacle: int) -> None:
        """Move ``thing`` from ``receptacle`` into the agent's hand."""
        self.inside[receptacle].discard(thing)
        self.object_locations[thing].discard(self.location)
        self.taken_from.add((thing, receptacle))
        self.held = thing

    def place(self, thing: int, receptacle: int) -> None:
        """Put the held ``thing`` down in ``receptacle``."""
        self.inside[receptacle].add(thing)
        self.object_locations[thing].add(self.location)
        self.taken_from.discard((thing, receptacle))
        self.held = None

    def won(self) -> bool:
        """Whether the goal holds now."""
        goal = self.world.goal
        if goal.lamps:
            lit = goal.lamps & self.toggled
            return self.held in goal.objects and any(lit & self.inside[here] for here in self.receptacles_here)
        wanted = goal.objects & self.treated(goal.treatment) if goal.treatment else goal.objects
        return any(len(wanted & self.inside[receptacle]) >= goal.count for receptacle in goal.receptacles)

    def treated(self, treatment: str) -> set[int]:
        """Return the objects that are ``clean``, ``hot`` or ``cool``."""
        return {"clean": self.clean, "hot": self.hot, "cool": self.cool}[treatment]
