"""Insert segments into memory: merge with the nearest procedure or become a new one (``docs/spec/paper.md §3.3``)."""

from collections.abc import Iterable

from macla.encoder import Encoder, Vectors
from macla.methods.macla.learning.abstract import Abstracted
from macla.methods.macla.memory.events import Defined, Extracted, Merged, Missed
from macla.methods.macla.memory.segment import Segment
from macla.methods.macla.memory.store import Memory

DECIMALS = 4
"""Of the similarity in a ``merged`` event."""


class Merger:
    """Merges at cosine > θ_dup, but only segments that reach the same milestone from the same situation.

    The paper merges by similarity alone (``departures.same_milestone=false``); two descriptors that differ in one word
    (opposite effects, say) are closer than θ_dup, so that rule unites procedures that must stay apart.
    """

    def __init__(self, memory: Memory, encoder: Encoder, theta_dup: float) -> None:
        self.memory = memory
        self.encoder = encoder
        self.theta_dup = theta_dup
        self._number = {segment: number for number, segment in enumerate(memory.segments)}
        self._decided: dict[Segment, tuple[str, float]] = {}
        """Segment → the procedure it goes to, and the cosine between the two."""
        self._goes_to: dict[int, tuple[str, float]] = {}
        """The same by the segment's number."""
        self._founders: dict[tuple[object, ...], dict[str, Vectors]] = {}
        """What must be shared to be merged → the procedures that share it, with the vector of their first segment."""
        self._counter = len(memory.procedures)

    def decide(self, segments: Iterable[Segment]) -> None:
        """Decide for distinct segments, in their order, which procedure each goes to.

        A segment joins the nearest procedure with the same milestone and situation, above θ_dup, or founds its own. So
        the decisions depend on nothing but the distinct segments and the order in which they first appear.
        """
        for segment in segments:
            if segment not in self._decided:
                self._decided[segment] = self._nearest(segment)

    def insert(self, abstracted: Abstracted, source: int) -> str:
        """Fold one segment of source trajectory ``source`` into the memory; return the procedure it went to."""
        segment = abstracted.segment
        number = self._number.get(segment)  # to hash a segment takes longer than to merge it
        if number is None:
            number = self._number[segment] = len(self.memory.segments)
            self.memory.apply(Defined(segment=segment))
        if number not in self._goes_to:
            self.decide([segment])
            self._goes_to[number] = self._decided[segment]
        procedure, similarity = self._goes_to[number]
        common = {"procedure": procedure, "segment": number, "source": source, "kinds": abstracted.kinds}
        known = procedure in self.memory.procedures
        self.memory.apply(Merged(**common, similarity=similarity) if known else Extracted(**common))
        return procedure

    def fail(self, abstracted: Abstracted, source: int) -> str | None:
        """Count a demonstrated failure against the nearest procedure with the same milestone in the same situation.

        It shows how often the procedure fails, not what it is: Ψ, π and Φ stay as the successes showed them. A
        failure of something that never succeeded teaches nothing and is left out. Returns the procedure, if any.
        """
        segment = abstracted.segment
        founders = self._founders.get(self._shared(segment), {})
        if not founders:
            return None
        vector = self.encoder.encode([segment.descriptor()])[0]
        nearest = max(sorted(founders), key=lambda procedure: float(vector @ founders[procedure]))
        self.memory.apply(Missed(procedure=nearest, source=source))
        return nearest

    def _shared(self, segment: Segment) -> tuple[object, ...]:
        return segment.alike(self.memory.settings.departures.same_milestone)

    def _nearest(self, segment: Segment) -> tuple[str, float]:
        """Return the procedure to merge into and the cosine, or the id of a new procedure and 1."""
        vector = self.encoder.encode([segment.descriptor()])[0]
        founders = self._founders.setdefault(self._shared(segment), {})
        best, similarity = "", self.theta_dup
        for procedure, founder in founders.items():
            cosine = float(vector @ founder)
            if cosine > similarity:
                best, similarity = procedure, cosine
        if best:
            return best, round(similarity, DECIMALS)
        self._counter += 1
        name = f"p{self._counter:04d}"
        founders[name] = vector
        return name, 1.0
