"""Memory construction, stage by stage: trajectories → segments → procedures → meta-procedures.

See ``docs/spec/paper.md §3``.

The paper's stages are read, segment and abstract, merge, compose, prune. Three of ours stand between: what exploration
reveals, the ontology's words, and what a method that tasks are handed over to learns (``memory.grounded``).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from macla.benchmarks.trajectory import Trajectory
from macla.methods.base import Tools
from macla.methods.instruction import parsed, task_request
from macla.methods.macla.equations.clusters import clusters
from macla.methods.macla.equations.description_length import theta_by_mdl
from macla.methods.macla.handover import HandOver, Learner
from macla.methods.macla.learning.abstract import Abstracted, relevance
from macla.methods.macla.learning.apart import Counted, Unread, cut_shard, kinds_in, read_shard, united
from macla.methods.macla.learning.merge import Merger
from macla.methods.macla.learning.metas import MetaComposer
from macla.methods.macla.learning.prune import shrink
from macla.methods.macla.learning.recurrence import Sequences
from macla.methods.macla.learning.shards import joined, shards, slices, tree_reduce
from macla.methods.macla.learning.trace import Trace, exemplary
from macla.methods.macla.memory.events import Clustered, Explored, Known, Read, Source
from macla.methods.macla.memory.ontology import frequent_words
from macla.methods.macla.memory.places import Named, TasksNamed
from macla.methods.macla.memory.segment import Segment
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import Settings
from macla.models.malformed import Malformed
from macla.models.requests import WorkedReading
from macla.spread import here


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
    """Without their steps once they are cut: these take most of what construction holds."""
    counted: Counted = field(default_factory=Counted)
    """What was counted over all of them."""
    learner: Learner | None = None
    """What the method that tasks are handed over to learned from the traces."""
    abstracted: list[list[Abstracted]] = field(default_factory=list)
    """Per trace, its segments in order."""
    achieved: tuple[Segment, ...] = ()
    """The distinct segments of successes, in the order in which they first appear."""

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
    tools, memory = work.tools, work.memory
    mentioned = tools.spread(kinds_in, tools.reader, tools.model, shards(work.trajectories))
    kinds = tree_reduce(mentioned, united, frozenset[str](), tools.spread)
    memory.apply(Known(kinds=tuple(sorted(kinds))))
    unread = _read_instructions(work)
    read = tools.spread(read_shard, (tools.reader, work.handover), tools.model, shards(unread))
    counted = []
    for traces, counts in read:
        work.traces += traces
        counted.append(counts)
        tools.report("reading trajectories", len(work.traces), len(unread))
    work.counted = tree_reduce(counted, Counted.joined, Counted(), tools.spread)
    of_kinds = [trace for trace in work.traces if not trace.handed_over]
    memory.apply(Read(readings=_worked(of_kinds, work.settings)))
    memory.apply(TasksNamed(named=_named(of_kinds)))


def _read_instructions(work: Construction) -> list[Unread]:
    """Return the trajectories whose instructions the model could read, with what they ask for."""
    reader, found = work.tools.reader, list[Unread]()
    for shard in shards(list(zip(work.trajectories, exemplary(work.trajectories), strict=True))):
        asked = [task_request(reader, trajectory.task, work.memory.kinds) for trajectory, _ in shard]
        replies = work.tools.model.ask([*asked])
        found += [
            Unread(trajectory, parsed(request, reply), shown)
            for (trajectory, shown), request, reply in zip(shard, asked, replies, strict=True)
            if not isinstance(reply, Malformed)
        ]
    return found


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


def _named(traces: Sequence[Trace]) -> tuple[Named, ...]:
    """Return how often tasks named which kind in which place of which job, sorted."""
    times, shown = Counter[tuple[str, int, str]](), Counter[tuple[str, int, str]]()
    for trace in traces:
        for place, (kind, seen) in enumerate(zip(trace.task.slots, trace.shown, strict=True)):
            times[trace.task.goal, place, kind] += 1
            shown[trace.task.goal, place, kind] += seen
    return tuple(
        Named(goal=goal, place=place, kind=kind, times=times[goal, place, kind], shown=shown[goal, place, kind])
        for goal, place, kind in sorted(times)
    )


def explore_traces(work: Construction) -> None:
    """Count what commands on single things revealed."""
    counts = work.counted.explored
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
    """Cut every trace into segments and abstract them (Eq 1).

    Whatever was handed over is cut here: what its method learned does not travel.
    """
    tools = work.tools
    spread = here if any(trace.handed_over for trace in work.traces) else tools.spread
    given = relevance(work.counted.uses, work.settings.abstraction.usual), work.learner
    total, own = len(work.traces), slices(len(work.traces))
    numbered = (list(enumerate(work.traces[shard], shard.start)) for shard in own)
    seen, achieved = dict[Segment, Segment](), list[tuple[Segment, ...]]()
    for shard, cut in zip(own, spread(cut_shard, given, tools.model, numbered), strict=True):
        work.traces[shard] = [replace(trace, steps=(), facts={}, kinds={}) for trace in work.traces[shard]]
        for of_one in cut.segments:  # equal segments of thousands of trajectories become one object
            work.abstracted.append([replace(one, segment=seen.setdefault(one.segment, one.segment)) for one in of_one])
        achieved.append(cut.achieved)
        tools.report("learning procedures", len(work.abstracted), total)
    work.achieved = tree_reduce(achieved, joined, (), tools.spread)


def merge(work: Construction) -> None:
    """Fold all segments into procedures: successes first, so that failures find what they failed at.

    Which segment joins which procedure depends on the distinct segments alone.
    """
    merger = Merger(work.memory, work.tools.encoder, _theta_dup(work))
    merger.decide(work.achieved)
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
