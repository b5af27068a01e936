"""What construction does with one shard of trajectories, apart from all others: read them, and cut them.

These are the functions that may run in other processes (:class:`macla.spread.Spread`).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from macla.benchmarks.trajectory import Trajectory
from macla.methods.instruction import ParsedTask
from macla.methods.macla.handover import HandOver, Learner
from macla.methods.macla.learning.abstract import Abstracted, Abstracter, Relevance, Uses, uses
from macla.methods.macla.learning.shards import distinct
from macla.methods.macla.learning.trace import Trace, explore, read, vocabulary
from macla.methods.macla.memory.exploration import Exploration
from macla.methods.macla.memory.segment import Segment
from macla.methods.reading import Reader
from macla.models.malformed import Malformed
from macla.models.requests import FrozenModel


def kinds_in(reader: Reader, _: FrozenModel, shard: Sequence[Trajectory]) -> frozenset[str]:
    """Return every kind of entity that a shard mentions."""
    return frozenset(vocabulary(reader, shard))


def united(first: frozenset[str], second: frozenset[str]) -> frozenset[str]:
    """Return the kinds of two shards."""
    return first | second


class Unread(NamedTuple):
    """A trajectory, its instruction as the model read it, and whether it shows how its task is done."""

    trajectory: Trajectory
    task: ParsedTask
    exemplary: bool


@dataclass(frozen=True)
class Counted:
    """What is counted over all traces."""

    explored: Exploration = field(default_factory=Exploration)
    uses: Uses = field(default_factory=lambda: (Counter(), Counter()))

    def joined(self, other: "Counted") -> "Counted":
        """Return both counts in one."""
        explored = Exploration()
        for part in (self.explored, other.explored):
            for (verb, kind), times in part.probes.items():
                explored.fold(verb, kind, times, part.revealed[verb, kind])
        return Counted(explored, (self.uses[0] + other.uses[0], self.uses[1] + other.uses[1]))


def read_shard(
    given: tuple[Reader, HandOver | None], _: FrozenModel, shard: Sequence[Unread]
) -> tuple[list[Trace], Counted]:
    """Return the traces of a shard, and what they count."""
    reader, handover = given
    traces = [read(reader, one.trajectory, one.task, one.exemplary, handover) for one in shard]
    return traces, Counted(explore(reader, traces), uses(traces))


class Cut(NamedTuple):
    """A shard in segments."""

    segments: list[list[Abstracted]]
    """Per trace, its segments in order."""
    achieved: tuple[Segment, ...]
    """The distinct ones of those that were achieved."""


def cut_shard(given: tuple[Relevance, Learner | None], model: FrozenModel, shard: Sequence[tuple[int, Trace]]) -> Cut:
    """Cut numbered traces into segments and abstract them (Eq 1); the model calls of one kind go out together.

    A trace that the model could not segment has no segments; a segment that it could not abstract is left out.
    """
    salience, learner = given
    abstracters = [_abstracter(number, trace, salience, learner) for number, trace in shard]
    whole = [abstracter.cut_request() for abstracter in abstracters]
    cuts = model.ask([*whole])
    spans = [() if isinstance(cut, Malformed) else one.spans(cut) for one, cut in zip(whole, cuts, strict=True)]
    requests = [list(one.requests(cut)) for one, cut in zip(abstracters, spans, strict=True)]
    replies = iter(model.ask([request for of_one in requests for request in of_one]))
    segments = [
        abstracter.segments(cut, [next(replies) for _ in of_one])
        for abstracter, cut, of_one in zip(abstracters, spans, requests, strict=True)
    ]
    return Cut(segments, distinct(made.segment for of_one in segments for made in of_one if made.success))


def _abstracter(number: int, trace: Trace, salience: Relevance, learner: Learner | None) -> Abstracter:
    if learner is not None and trace.handed_over:
        return learner.abstracter(number, trace, salience)
    return Abstracter(trace, salience)
