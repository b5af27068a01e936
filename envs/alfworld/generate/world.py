"""The pieces of a generated game: receptacles, things, the scene they stand in and the task."""

from dataclasses import dataclass, field

OPENABLE_TYPES = frozenset({"Fridge", "Cabinet", "Microwave", "Drawer", "Safe"})
"""A receptacle opens iff it is of one of these types and its floor plan lists it as openable.

See ``docs/spec/alfworld.md §7``.
"""


def object_id(kind: str, x: float, y: float, z: float) -> str:
    """Return a simulator-style id ``Kind|±xx.xx|±yy.yy|±zz.zz`` (metres), as official games spell them."""
    return "|".join([kind, *(f"{value:+06.2f}" for value in (x, y, z))])


def location_id(x: float, z: float, rotation: int, horizon: int) -> str:
    """Return the id of an agent pose: quarter metres, quarter turns, degrees of tilt."""
    return f"loc|{round(4 * x)}|{round(4 * z)}|{rotation % 4}|{horizon}"


@dataclass(frozen=True)
class Receptacle:
    """A fixed place that things are in or on."""

    id: str
    type: str
    location: str
    openable: bool
    pull: float = 1.0
    """How much more than another of its type in this floor plan it attracts things; mean about 1."""


@dataclass(frozen=True)
class Thing:
    """Everything that is not a receptacle: takeable objects and fixtures such as lamps, sinks and windows."""

    id: str
    type: str
    takeable: bool
    location: str
    receptacles: tuple[str, ...] = ()
    """Ids of the receptacles it is in; none when it lies loose in the room."""
    cool: bool = False


@dataclass(frozen=True)
class Scene:
    """A floor plan with everything that does not change from game to game."""

    number: int
    room: str
    """``kitchen``, ``living``, ``bedroom`` or ``bathroom``."""
    kinds: tuple[str, ...]
    """Types of takeable objects that occur here, sorted."""
    receptacles: tuple[Receptacle, ...]
    fixtures: tuple[Thing, ...]
    points: tuple[tuple[float, float], ...] = field(repr=False)
    """Where the agent can stand (x, z in metres)."""
    moved: bool = False
    """Whether things tend to lie where they seldom do otherwise (``env.drift``)."""

    def receptacle_types(self) -> frozenset[str]:
        """Return the types of the receptacles that stand here."""
        return frozenset(receptacle.type for receptacle in self.receptacles)


@dataclass(frozen=True)
class Goal:
    """What the game asks for: task type, kind of object, kind of target receptacle or lamp, and the wording."""

    task_type: str
    object: str
    receptacle: str
    """Empty for the look task."""
    lamp: str
    """Empty but for the look task."""
    sentence: str
    """The task sentence without its final full stop."""


@dataclass(frozen=True)
class World:
    """One game: a scene, the things in it, where the agent starts, and the goal."""

    scene: Scene
    things: tuple[Thing, ...]
    start: str
    goal: Goal
