"""The memory of MACLA: a state folded from events."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from macla.encoder import Encoder, Vectors
from macla.methods.macla.memory.events import MemoryEvent, Source
from macla.methods.macla.memory.exploration import Exploration
from macla.methods.macla.memory.index import Index
from macla.methods.macla.memory.meta import MetaProcedure
from macla.methods.macla.memory.ontology import Ontology
from macla.methods.macla.memory.places import Places
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.segment import Condition, Segment
from macla.methods.macla.memory.skill import Skill
from macla.methods.macla.settings import Settings
from macla.models.requests import WorkedReading

E = TypeVar("E")


@dataclass
class Memory:
    """The folded state. ``apply`` is the only way to change it, and every change is an event."""

    settings: Settings = field(default_factory=Settings)
    events: list[MemoryEvent] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    practised: set[str] = field(default_factory=set)
    """Tasks that were learned from by doing them."""
    kinds: set[str] = field(default_factory=set)
    """Kinds of entity that appeared, for reading instructions."""
    readings: tuple[WorkedReading, ...] = ()
    """Worked examples of reading an instruction, one a job."""
    places: Places = field(default_factory=Places)
    """Which kinds of things tasks of training named where."""
    goals: Counter[str] = field(default_factory=Counter)
    segments: list[Segment] = field(default_factory=list)
    exploration: Exploration = field(init=False)
    procedures: dict[str, Procedure] = field(default_factory=dict)
    metas: dict[str, MetaProcedure] = field(default_factory=dict)
    ontology: Ontology = field(default_factory=Ontology)
    extensions: dict[type[Any], Any] = field(default_factory=dict)
    """What a method that tasks are handed to keeps beside all this, by its class."""

    def __post_init__(self) -> None:
        self.exploration = Exploration(smoothing=self.settings.abstraction.smoothing)

    def apply(self, event: MemoryEvent) -> None:
        """Fold one event into the state and append it to the log."""
        event.apply(self)
        self.events.append(event)

    def extension(self, kind: type[E]) -> E:
        """Return the part of the state that is of a class, an empty one when there was none."""
        if kind not in self.extensions:
            self.extensions[kind] = kind()
        return self.extensions[kind]  # type: ignore[no-any-return]

    def skills(self) -> list[Skill]:
        """Return all procedures, then all meta-procedures."""
        return [*self.procedures.values(), *self.metas.values()]

    def find(self, name: str) -> Skill:
        """Return the procedure or meta-procedure with this id; KeyError when there is none."""
        return self.metas[name] if name in self.metas else self.procedures[name]

    def same_job(self, goal: str, other: str) -> bool:
        """Whether two goal patterns are words for one job: the skills that achieve either mostly achieve both."""
        of_one, of_other = ({skill.id for skill in self.skills() if one in skill.goals} for one in (goal, other))
        return 2 * len(of_one & of_other) >= len(of_one | of_other) > 0

    def meta_of(self, sequence: tuple[str, ...]) -> MetaProcedure | None:
        """Return the meta-procedure that runs just this sequence of procedures, if one does."""
        return next((meta for meta in self.metas.values() if meta.covers(sequence)), None)

    def counts(self) -> np.ndarray:
        """Return (successes, failures) of every skill, shape (skills, 2)."""
        return np.array([skill.evidence.counts() for skill in self.skills()], dtype=np.float64).reshape(-1, 2)

    def descriptors(self) -> list[tuple[str, str]]:
        """Return (id, text) of every embedded descriptor of procedures and metas, in a fixed order."""
        with_phi = not self.settings.departures.goal_and_psi
        return [
            (skill.id, text)
            for skill in self.skills()
            for text in skill.descriptors(self.postconditions(skill) if with_phi else ()).values()
        ]

    def postconditions(self, skill: Skill) -> tuple[Condition, ...]:
        """Return Φ; a meta-procedure's is that of its last procedure."""
        last = self.procedures[skill.children[-1]] if isinstance(skill, MetaProcedure) else skill
        return last.postconditions if isinstance(last, Procedure) else ()

    def embed(self, encoder: Encoder) -> tuple[Index, Vectors]:
        """Return the index over all descriptors and the matrix behind it, shape (descriptors, dimension)."""
        described = self.descriptors()
        vectors = encoder.encode([text for _, text in described]) if described else np.empty((0, encoder.dimension))
        vectors = np.asarray(vectors, dtype=np.float32)
        return Index([owner for owner, _ in described], vectors), vectors
