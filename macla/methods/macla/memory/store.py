"""The memory: a state folded from events, and the directory that holds both (``design.md``, "Memory directory")."""

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field

import numpy as np

from macla.encoder import Encoder, Vectors
from macla.methods.cloning.argument_model import Preference, Preferences
from macla.methods.cloning.invariants import Habits
from macla.methods.cloning.statements.part_model import Composition
from macla.methods.macla.memory.events import (
    Accustomed,
    Arranged,
    Clustered,
    Composed,
    Credited,
    Defined,
    Explored,
    Extracted,
    Known,
    MemoryEvent,
    Merged,
    Missed,
    Practised,
    Preferred,
    Pruned,
    Refined,
    Source,
    Split,
    Weighed,
    Worded,
)
from macla.methods.macla.memory.exploration import Exploration
from macla.methods.macla.memory.index import Index
from macla.methods.macla.memory.meta import MetaProcedure, Skill
from macla.methods.macla.memory.ontology import Ontology
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.segment import Segment


@dataclass
class Memory:
    """The folded state. ``apply`` is the only way to change it, and every change is an event."""

    events: list[MemoryEvent] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    practised: set[str] = field(default_factory=set)
    """Tasks that were learned from by doing them."""
    kinds: set[str] = field(default_factory=set)
    goals: Counter[str] = field(default_factory=Counter)
    segments: list[Segment] = field(default_factory=list)
    exploration: Exploration = field(default_factory=Exploration)
    preferences: Preferences = field(default_factory=Preferences)
    habits: Habits = field(default_factory=Habits)
    composition: Composition = field(default_factory=Composition)
    procedures: dict[str, Procedure] = field(default_factory=dict)
    metas: dict[str, MetaProcedure] = field(default_factory=dict)
    ontology: Ontology = field(default_factory=Ontology)

    def apply(self, event: MemoryEvent) -> None:
        """Fold one event into the state and append it to the log."""
        match event:
            case Source():
                self.sources.append(event)
            case Known():
                self.kinds.update(event.kinds)
            case Explored():
                self._explore(event)
            case Preferred():
                self._prefer(event)
            case Weighed():
                self.preferences.practised[event.kind] = event.weights
            case Practised():
                self.practised.update(event.tasks)
            case Accustomed():
                self.habits = Habits(frozenset(event.once), event.final, dict(event.latest))
            case Arranged():
                self.composition.heads, self.composition.nameable = event.heads, frozenset(event.nameable)
            case Worded():
                self.composition.weights.setdefault(event.head, {})[event.verb] = event.weights
            case Defined():
                self.segments.append(event.segment)
            case Extracted():
                segment = self.segments[event.segment]
                self.procedures[event.procedure] = Procedure(
                    event.procedure, segment.milestone, segment.needs(), segment.decisive(), segment.part
                )
                self._absorb(event)
            case Merged():
                self._absorb(event)
            case Missed():
                self.procedures[event.procedure].evidence.add(shown=True, success=False)
            case Credited():
                its = event.execution
                self.find(its.procedure).credit(its.success, its.context, event.k_fail)
            case Refined():
                self.procedures[event.procedure].refine(event.change)
            case Split():
                self._split(event)
            case Composed():
                self._compose(event)
            case Clustered():
                self.ontology = Ontology(event.words, event.clusters)
            case Pruned():
                self._drop(event.procedure)
        self.events.append(event)

    def find(self, name: str) -> Skill:
        """Return the procedure or meta-procedure with this id; KeyError when there is none."""
        return self.metas[name] if name in self.metas else self.procedures[name]

    def _split(self, event: Split) -> None:
        variant = deepcopy(self.procedures[event.procedure])
        variant.id = event.variant
        variant.refine(event.change)
        self.procedures[event.variant] = variant

    def _compose(self, event: Composed) -> None:
        if event.meta not in self.metas:
            self.metas[event.meta] = MetaProcedure(event.meta, event.children, event.controls)
        self.metas[event.meta].follow(
            event.goal, dict(event.before), event.times, event.shown, event.failed, event.controls
        )

    def _drop(self, name: str) -> None:
        """Forget a meta-procedure, or a procedure with the metas that run it."""
        if name in self.metas:
            del self.metas[name]
            return
        del self.procedures[name]
        for meta in [meta.id for meta in self.metas.values() if name in meta.children]:
            del self.metas[meta]

    def _absorb(self, event: Extracted | Merged) -> None:
        segment = self.segments[event.segment]
        self.goals[segment.goal] += 1
        self.procedures[event.procedure].absorb(segment, event.kinds, event.source)

    def _prefer(self, event: Preferred) -> None:
        preference = Preference(event.weights, event.always, event.never)
        if event.verb:
            self.preferences.by_argument[event.verb, event.position, event.kind] = preference
        else:
            self.preferences.by_place[event.place, event.kind] = preference

    def _explore(self, event: Explored) -> None:
        for verb, kind, times, found in event.probes:
            self.exploration.probes[verb, kind] += times
            self.exploration.revealed[verb, kind].update(found)
        self.exploration.changed()

    def descriptors(self) -> list[tuple[str, str]]:
        """Return (id, text) of every embedded descriptor of procedures and metas, in a fixed order."""
        atoms = [(each.id, text) for each in self.procedures.values() for text in each.descriptors().values()]
        metas = [(m.id, text) for m in self.metas.values() for text in m.descriptors().values()]
        return atoms + metas

    def embed(self, encoder: Encoder) -> tuple[Index, Vectors]:
        """Return the index over all descriptors and the matrix behind it, shape (descriptors, dimension)."""
        described = self.descriptors()
        vectors = encoder.encode([text for _, text in described]) if described else np.empty((0, encoder.dimension))
        vectors = np.asarray(vectors, dtype=np.float32)
        return Index([owner for owner, _ in described], vectors), vectors
