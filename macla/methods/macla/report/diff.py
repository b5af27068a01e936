"""What two memories have in common and where they differ, by what their procedures do, not by their ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from macla.errors import UserError
from macla.methods.macla.memory.meta import MetaProcedure
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.skill import Skill
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.report.history import replay
from macla.methods.macla.settings import Settings
from macla.methods.stored import read

SHOWN = 20
"""Differences of one kind that are printed."""


@dataclass(frozen=True)
class Shape:
    """What a procedure is, as far as a reader of it is concerned."""

    achieves: str
    """The milestone, and what had been done to the task's entities before; or the sequence a meta-procedure runs."""
    goals: frozenset[str]
    steps: tuple[str, ...]
    preconditions: frozenset[str]
    postconditions: frozenset[str]

    def differences(self, other: "Shape") -> list[str]:
        """Return what changed from ``self`` to ``other``, in words."""
        changes = []
        for what, ours, theirs in (
            ("goal", self.goals, other.goals),
            ("Ψ", self.preconditions, other.preconditions),
            ("Φ", self.postconditions, other.postconditions),
        ):
            changes += [f"+{what} {text}" for text in sorted(theirs - ours)]
            changes += [f"−{what} {text}" for text in sorted(ours - theirs)]
        if self.steps != other.steps:
            changes.append(f"π {'; '.join(self.steps)} → {'; '.join(other.steps)}")
        return changes

    def overlap(self, other: "Shape") -> float:
        """Return how alike two shapes are, 0 to 1: the shared part of goals, steps and conditions."""
        ours, theirs = self._parts(), other._parts()
        return len(ours & theirs) / max(1, len(ours | theirs))

    def _parts(self) -> set[tuple[str, str]]:
        named = {"G": self.goals, "π": self.steps, "Ψ": self.preconditions, "Φ": self.postconditions}
        return {(name, text) for name, texts in named.items() for text in texts}


@dataclass(frozen=True)
class Change:
    """One procedure in both memories: its two ids, what changed in it, and its evidence on either side."""

    before: str
    after: str
    what: tuple[str, ...]
    evidence_before: tuple[float, float]
    evidence_after: tuple[float, float]

    @property
    def evidence_changed(self) -> bool:
        """Whether the counted successes or failures differ."""
        return self.evidence_before != self.evidence_after

    def line(self) -> str:
        """Return the change for the console."""
        name = self.before if self.before == self.after else f"{self.before} → {self.after}"
        (s, f), (s_, f_) = self.evidence_before, self.evidence_after
        evidence = [f"evidence {s:g}/{f:g} → {s_:g}/{f_:g}"] if self.evidence_changed else []
        return f"{name}: {', '.join([*self.what, *evidence])}"


@dataclass(frozen=True)
class Difference:
    """Memory B against memory A."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[Change, ...]
    """Procedures whose goals, conditions or steps changed (their evidence may have, too)."""
    evidence: tuple[Change, ...]
    """Procedures that are the same but for their evidence."""
    same: int

    def lines(self) -> list[str]:
        """Return the difference for the console."""
        return [
            f"{self.same} unchanged, {len(self.evidence)} with other evidence, {len(self.changed)} changed, "
            f"{len(self.added)} added, {len(self.removed)} removed",
            *_some("+", self.added),
            *_some("−", self.removed),
            *_some("~", [change.line() for change in self.changed]),
            *_some("=", [change.line() for change in self.evidence]),
        ]


def diff(memory_a: Path, memory_b: Path) -> Difference:
    """Return how memory B differs from memory A; UserError when a folder holds no memory.

    Two procedures are matched when their shapes are equal, then, among those that achieve the same from the same
    situation, by the largest overlap. Ids play no part: the same procedure may be p0007 here and p0012 there.
    """
    ours, theirs = _read(memory_a), _read(memory_b)
    ours_shapes, theirs_shapes = _shapes(ours), _shapes(theirs)
    pairs = _matched(ours_shapes, theirs_shapes)
    changes = [
        Change(
            before=a,
            after=b,
            what=tuple(ours_shapes[a].differences(theirs_shapes[b])),
            evidence_before=ours.find(a).evidence.counts(),
            evidence_after=theirs.find(b).evidence.counts(),
        )
        for a, b in pairs.items()
    ]
    return Difference(
        added=tuple(_name(b, theirs_shapes[b]) for b in theirs_shapes if b not in pairs.values()),
        removed=tuple(_name(a, ours_shapes[a]) for a in ours_shapes if a not in pairs),
        changed=tuple(change for change in changes if change.what),
        evidence=tuple(change for change in changes if not change.what and change.evidence_changed),
        same=sum(not change.what and not change.evidence_changed for change in changes),
    )


def _read(folder: Path) -> Memory:
    stored = read(folder)
    if stored.method != "macla":
        raise UserError(f"{folder} is a memory of {stored.method}; only memories of macla can be compared")
    return replay(folder, Settings.model_validate(stored.settings))


def _matched(ours: dict[str, Shape], theirs: dict[str, Shape]) -> dict[str, str]:
    """Return pairs of ids: candidates must achieve the same, the closest pair is taken first, ties by id."""
    close = sorted(
        (-shape.overlap(other), a, b)
        for a, shape in ours.items()
        for b, other in theirs.items()
        if shape.achieves == other.achieves
    )
    pairs: dict[str, str] = {}
    taken: set[str] = set()
    for _, a, b in close:
        if a not in pairs and b not in taken:
            pairs[a] = b
            taken.add(b)
    return dict(sorted(pairs.items()))


def _shapes(memory: Memory) -> dict[str, Shape]:
    return {skill.id: _shape(skill, memory) for skill in memory.skills()}


def _shape(skill: Skill, memory: Memory) -> Shape:
    goals = frozenset(skill.goals)
    preconditions = frozenset(condition.text() for condition in skill.preconditions)
    if isinstance(skill, MetaProcedure):
        children = [memory.procedures[child] for child in skill.children]
        controls = tuple(
            f"{control.attempts}× skip {control.skip}"
            + "".join(f" or {_achieves(memory.procedures[name])}" for name in others)
            for control, others in zip(skill.controls, skill.branches, strict=True)
        )
        return Shape(
            achieves=" → ".join(map(_achieves, children)),
            goals=goals,
            steps=controls,
            preconditions=preconditions,
            postconditions=frozenset(),
        )
    assert isinstance(skill, Procedure)
    steps = tuple(step.text() for step in skill.plan)
    return Shape(
        achieves=_achieves(skill),
        goals=goals,
        steps=steps,
        preconditions=preconditions,
        postconditions=frozenset(c.text() for c in skill.postconditions),
    )


def _achieves(procedure: Procedure) -> str:
    needs = ", ".join(f"{fact.slot} {fact.text}" for fact in procedure.needs)
    return procedure.milestone.text() + (f" from {needs}" if needs else "")


def _name(name: str, shape: Shape) -> str:
    return f"{name}: {shape.achieves} ({min(shape.goals, default='no goal')})"


def _some(mark: str, texts: Sequence[str]) -> list[str]:
    more = [f"{mark} … {len(texts) - SHOWN} more"] if len(texts) > SHOWN else []
    return [*(f"{mark} {text}" for text in texts[:SHOWN]), *more]
