"""Memory construction, stage by stage: trajectories → segments → procedures → meta-procedures.

See ``docs/spec/paper.md §3``.

The paper's stages are read, segment and abstract, merge, compose, prune. Three of ours stand between: what exploration
reveals, the ontology's words, and what a method that tasks are handed over to learns (``memory.grounded``).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from macla.benchmarks.trajectory import Trajectory
from macla.methods.base import Tools
from macla.methods.instruction import parsed, task_request
from macla.methods.macla.equations.clusters import clusters
from macla.methods.macla.equations.description_length import theta_by_mdl
from macla.methods.macla.handover import HandOver, Learner
from macla.methods.macla.learning.abstract import Abstracted, Abstracter, Relevance, relevance
from macla.methods.macla.learning.merge import Merger
from macla.methods.macla.learning.metas import MetaComposer
from macla.methods.macla.learning.prune import shrink
from macla.methods.macla.learning.recurrence import Sequences
from macla.methods.macla.learning.shards import distinct, joined, tree_reduce
from macla.methods.macla.learning.trace import Trace, exemplary, explore, read, vocabulary
from macla.methods.macla.memory.events import Clustered, Explored, Known, Read, Source
from macla.methods.macla.memory.ontology import frequent_words
from macla.methods.macla.memory.segment import Segment
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import Settings
from macla.models.malformed import Malformed
from macla.models.requests import WorkedReading

BATCH = 256
"""Trajectories whose model calls are in flight together; also the size of a shard."""


@dataclass
class Construction:
    """What passes from stage to stage."""

    trajectories: Sequence[Trajectory]
    tools: Tools
    settings: Settings
    handover: HandOver | None
    memory: Memory = field(init=False)
    composer: MetaComposer = field(init=False)
    """Remembers the latest episodes, so that practice can go on from there."""
    traces: list[Trace] = field(default_factory=list)
    learner: Learner | None = None
    """What the method that tasks are handed over to learned from the traces."""
    abstracted: list[list[Abstracted]] = field(default_factory=list)
    """Per trace, its segments in order."""

    def __post_init__(self) -> None:
        self.memory = Memory(self.settings)
        self.composer = MetaComposer(self.settings)


Stage = Callable[[Construction], None]


def build(
    trajectories: Sequence[Trajectory], tools: Tools, settings: Settings, handover: HandOver | None
) -> Construction:
    """Return the finished construction of a memory from trajectories, successes and failures, in their order."""
    work = Construction(trajectories, tools, settings, handover)
    for stage in STAGES:
        stage(work)
    return work


def read_trajectories(work: Construction) -> None:
    """Read the instructions (one model call each) and fold every trajectory whose instruction the model could read."""
    reader, memory = work.tools.reader, work.memory
    memory.apply(Known(kinds=tuple(sorted(vocabulary(reader, work.trajectories)))))
    shows = exemplary(work.trajectories)
    for start in range(0, len(work.trajectories), BATCH):
        batch = work.trajectories[start : start + BATCH]
        asked = [task_request(reader, trajectory.task, memory.kinds) for trajectory in batch]
        tasks = work.tools.model.ask([*asked])
        for trajectory, request, task, shown in zip(batch, asked, tasks, shows[start : start + BATCH], strict=True):
            if not isinstance(task, Malformed):
                work.traces.append(read(reader, trajectory, parsed(request, task), shown, work.handover))
        work.tools.report("reading trajectories", start + len(batch), len(work.trajectories))
    memory.apply(Read(readings=_worked([trace for trace in work.traces if not trace.handed_over], work.settings)))


def _worked(traces: Sequence[Trace], settings: Settings) -> tuple[WorkedReading, ...]:
    """Return one reading a job, of the most frequent jobs: the first whose kinds stand in no reading before, if any."""
    of_job: dict[str, list[Trace]] = {}
    for trace in traces:
        of_job.setdefault(trace.task.goal, []).append(trace)
    shown: set[str] = set()
    readings = []
    for goal in sorted(of_job, key=lambda goal: (-len(of_job[goal]), goal))[: settings.reading.examples]:
        chosen = next((one for one in of_job[goal] if shown.isdisjoint(one.task.slots)), of_job[goal][0])
        shown.update(chosen.task.slots)
        readings.append(WorkedReading(task=chosen.trajectory.task, goal=goal, kinds=chosen.task.slots))
    return tuple(readings)


def explore_traces(work: Construction) -> None:
    """Count what commands on single things revealed."""
    counts = explore(work.tools.reader, work.traces)
    probes = tuple(
        (verb, kind, times, dict(sorted(counts.revealed[verb, kind].items())))
        for (verb, kind), times in sorted(counts.probes.items())
    )
    work.memory.apply(Explored(probes=probes))


def cluster_words(work: Construction) -> None:
    """Find the ontology of the most frequent words of tasks and actions (Eq 7)."""
    if not work.settings.ontology:
        return
    texts = Counter(trajectory.task for trajectory in work.trajectories)
    texts.update(step.action for trajectory in work.trajectories for step in trajectory.steps)
    words = frequent_words(texts, work.settings.k_vocab)
    vectors = work.tools.encoder.encode(words)
    work.memory.apply(Clustered(words=words, clusters=clusters(words, vectors, work.settings.theta_sim)))


def hand_over(work: Construction) -> None:
    """Let the method that takes tasks over learn from all traces."""
    if work.handover is not None:
        work.learner = work.handover.learn(work.traces, work.memory, work.tools)


def segment_and_abstract(work: Construction) -> None:
    """Cut every trace into segments and abstract them (Eq 1); the model calls of one kind go out together.

    A trace that the model could not segment has no segments; a segment that it could not abstract is left out.
    """
    salience = relevance(work.traces, work.settings.abstraction.usual)
    for start in range(0, len(work.traces), BATCH):
        batch = range(start, min(start + BATCH, len(work.traces)))
        abstracters = [_abstracter(work, number, salience) for number in batch]
        cuts = work.tools.model.ask([abstracter.cut_request() for abstracter in abstracters])
        spans = [() if isinstance(cut, Malformed) else cut.segments for cut in cuts]
        requests = [list(one.requests(cut)) for one, cut in zip(abstracters, spans, strict=True)]
        replies = iter(work.tools.model.ask([request for of_one in requests for request in of_one]))
        work.abstracted += [
            abstracter.segments(cut, [next(replies) for _ in of_one])
            for abstracter, cut, of_one in zip(abstracters, spans, requests, strict=True)
        ]
        work.tools.report("learning procedures", len(work.abstracted), len(work.traces))


def _abstracter(work: Construction, number: int, salience: Relevance) -> Abstracter:
    trace = work.traces[number]
    if work.learner is not None and trace.handed_over:
        return work.learner.abstracter(number, trace, salience)
    return Abstracter(trace, salience)


def merge(work: Construction) -> None:
    """Fold all segments into procedures: successes first, so that failures find what they failed at.

    Which segment joins which procedure depends on the distinct segments alone; these are reduced over shards.
    """
    shards = [
        distinct(made.segment for of_one in work.abstracted[start : start + BATCH] for made in of_one if made.success)
        for start in range(0, len(work.abstracted), BATCH)
    ]
    segments: tuple[Segment, ...] = tree_reduce(shards, joined, ())
    merger = Merger(work.memory, work.tools.encoder, _theta_dup(work))
    merger.decide(segments)
    episodes = [_insert(work, merger, number) for number in range(len(work.traces))]
    for source, of_one in enumerate(work.abstracted):
        for failed in (made for made in of_one if not made.success):
            missed = merger.fail(failed, source)
            if missed is not None:
                work.composer.miss(episodes[source], missed)


def _theta_dup(work: Construction) -> float:
    if work.settings.theta_dup != "mdl":
        return work.settings.theta_dup
    segments = Counter(made.segment for of_one in work.abstracted for made in of_one)
    same_milestone = work.settings.departures.same_milestone
    return theta_by_mdl(segments, work.tools.encoder, work.settings.mdl, same_milestone=same_milestone)[0]


def _insert(work: Construction, merger: Merger, number: int) -> Sequences:
    """Fold the segments of one trajectory in; return the episode as composition sees it, observed already."""
    trace, memory = work.traces[number], work.memory
    shown, source = trace.trajectory, len(memory.sources)
    memory.apply(Source(task=shown.task_id, source=shown.source, outcome=shown.outcome.value, steps=len(shown.steps)))
    achieved = [made for made in work.abstracted[number] if made.success]
    names = [merger.insert(made, source) for made in achieved]
    in_a_row = list(takewhile(lambda pair: not pair[1].apart, zip(names, achieved, strict=True)))
    whole = [(name, made) for name, made in in_a_row if not made.segment.part]  # parts are what one of these does
    episode = Sequences(
        goal=trace.goal,
        procedures=tuple(name for name, _ in whole),
        before=tuple(made.segment.needs() for _, made in whole),
        success=shown.success,
        shown=True,
        steps=len(shown.steps),
    )
    work.composer.observe(episode)
    return episode


def compose(work: Construction) -> None:
    """Turn what recurs into meta-procedures."""
    if work.settings.metas:
        work.composer.compose(work.memory, work.tools.model)


def prune(work: Construction) -> None:
    """Keep the memory within its capacities (``docs/spec/paper.md §9``)."""
    shrink(work.memory)


STAGES: tuple[Stage, ...] = (
    read_trajectories,
    explore_traces,
    cluster_words,
    hand_over,
    segment_and_abstract,
    merge,
    compose,
    prune,
)
