"""Insert a segment into memory: merge with its nearest procedure or become a new one (``paper.md §3.3``)."""

import numpy as np

from macla.encoder import Encoder
from macla.methods.macla.learning.abstract import Abstracted
from macla.methods.macla.memory.events import Defined, Extracted, Merged, Missed
from macla.methods.macla.memory.segment import Segment
from macla.methods.macla.memory.store import Memory


class Merger:
    """Merges at cosine > θ_dup, but only segments that reach the same milestone from the same situation.

    The paper merges by similarity alone; two descriptors that differ in one word (opposite effects, say) are
    closer than θ_dup, so that rule would unite procedures that must stay apart (Default of ours).
    """

    def __init__(self, memory: Memory, encoder: Encoder, theta_dup: float) -> None:
        self.memory = memory
        self.encoder = encoder
        self.theta_dup = theta_dup
        self._number = {segment: number for number, segment in enumerate(memory.segments)}
        self._decided: dict[Segment, tuple[str, float]] = {}
        self._alike: dict[tuple[object, ...], dict[str, np.ndarray]] = {}
        self._counter = len(memory.procedures)

    def insert(self, abstracted: Abstracted, source: int) -> str:
        """Fold one segment of source trajectory ``source`` into the memory; return the procedure it went to."""
        segment = abstracted.segment
        if segment not in self._number:
            self._number[segment] = len(self.memory.segments)
            self.memory.apply(Defined(segment=segment))
        number = self._number[segment]
        if segment not in self._decided:
            self._decided[segment] = self._nearest(segment)
        procedure, similarity = self._decided[segment]
        if procedure in self.memory.procedures:
            event: Merged | Extracted = Merged(
                procedure=procedure, segment=number, source=source, kinds=abstracted.kinds, similarity=similarity
            )
        else:
            event = Extracted(procedure=procedure, segment=number, source=source, kinds=abstracted.kinds)
        self.memory.apply(event)
        return procedure

    def fail(self, abstracted: Abstracted, source: int) -> str | None:
        """Count a demonstrated failure against the nearest procedure with the same milestone in the same situation.

        It shows how often the procedure fails, not what it is: Ψ, π and Φ stay as the successes showed them. A
        failure of something that never succeeded teaches nothing and is left out. Returns the procedure, if any.
        """
        segment = abstracted.segment
        alike = self._alike.get(segment.alike(), {})
        if not alike:
            return None
        vector = self.encoder.encode([segment.descriptor()])[0]
        nearest = max(sorted(alike), key=lambda procedure: float(vector @ alike[procedure]))
        self.memory.apply(Missed(procedure=nearest, source=source))
        return nearest

    def _nearest(self, segment: Segment) -> tuple[str, float]:
        """Return the procedure to merge into and the cosine, or the id of a new procedure and 1."""
        vector = self.encoder.encode([segment.descriptor()])[0]
        alike = self._alike.setdefault(segment.alike(), {})
        best, similarity = "", self.theta_dup
        for procedure, theirs in alike.items():
            cosine = float(vector @ theirs)
            if cosine > similarity:
                best, similarity = procedure, cosine
        if best:
            return best, round(similarity, 4)
        self._counter += 1
        name = f"p{self._counter:04d}"
        alike[name] = vector
        return name, 1.0
