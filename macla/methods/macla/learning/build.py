"""Memory construction: trajectories → segments → procedures (``paper.md §3``), with its figures."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from macla.benchmarks.lexicon import Lexicon
from macla.benchmarks.trajectory import Trajectory
from macla.encoder import Encoder
from macla.methods.belief import Reader
from macla.methods.cloning.find_invariants import habits
from macla.methods.cloning.fit_arguments import preferences
from macla.methods.cloning.precondition_tree import Decider
from macla.methods.cloning.segments import decider
from macla.methods.cloning.statements.learn import read_drafts
from macla.methods.macla.equations.description_length import theta_by_mdl
from macla.methods.macla.instruction import task_request
from macla.methods.macla.learning.abstract import Abstracted, Abstracter, segment_request
from macla.methods.macla.learning.merge import Merger
from macla.methods.macla.learning.metas import Composer, Lived
from macla.methods.macla.learning.prune import PruneSettings, prune, prune_metas
from macla.methods.macla.learning.trace import Relevance, Trace, exemplary, explore, read, relevance, vocabulary
from macla.methods.macla.memory.events import Clustered, Explored, Known, Source
from macla.methods.macla.memory.ontology import cluster, frequent_words
from macla.methods.macla.memory.store import Memory
from macla.models.malformed import Malformed
from macla.models.requests import FrozenModel

Progress = Callable[[str, int, int], None]
BATCH = 256
"""Trajectories whose model calls are in flight together."""


@dataclass(frozen=True)
class BuildSettings:
    """Hyperparameters of construction (``paper.md §10``)."""

    theta_dup: float | Literal["mdl"] = 0.85
    """``mdl``: chosen by minimum description length (Eq 12)."""
    n_procedures: int = 200
    n_metas: int = 50
    metas: bool = True
    theta_meta: float = 0.15
    ontology: bool = True
    k_vocab: int = 100
    theta_sim: float = 0.6
    contrastive: bool = True
    n_min: int = 3
    k_fail: int = 15
    pruning: PruneSettings = field(default_factory=PruneSettings)


def build(
    trajectories: Sequence[Trajectory],
    lexicon: Lexicon,
    model: FrozenModel,
    encoder: Encoder,
    settings: BuildSettings,
    progress: Progress = lambda stage, done, total: None,
) -> tuple[Memory, Composer]:
    """Return a memory built from ``trajectories`` (successes and failures, in their order) and its composer.

    The composer remembers the latest episodes, so that practice can go on from there.
    """
    reader = Reader(lexicon)
    memory = Memory()
    memory.apply(Known(kinds=tuple(sorted(vocabulary(reader, trajectories)))))
    traces = _read_all(reader, trajectories, memory, model, progress)
    memory.apply(_explored(reader, traces))
    if settings.ontology:
        memory.apply(_clustered(trajectories, encoder, settings))
    salience = relevance(traces)
    for event in preferences(choice for trace in traces for step in trace.steps for choice in step.choices):
        memory.apply(event)
    memory.apply(habits(traces))
    decides = decider(traces)
    drafts = read_drafts(reader, traces)
    for arranged in drafts.events(encoder):
        memory.apply(arranged)
    parts = [[Abstracted(*pair) for pair in drafts.segments(number, decides)] for number in range(len(traces))]
    abstracted: list[list[Abstracted]] = []
    for start in range(0, len(traces), BATCH):
        abstracted += _abstract(traces[start : start + BATCH], parts[start : start + BATCH], salience, decides, model)
        progress("learning procedures", len(abstracted), len(traces))
    merger = Merger(memory, encoder, _theta_dup(abstracted, encoder, settings))
    composer = Composer(settings.theta_meta, settings.n_metas)
    lived: list[Lived] = []
    for trace, segments in zip(traces, abstracted, strict=True):
        lived.append(_insert(memory, merger, trace, segments))
        composer.observe(lived[-1])
    for source, segments in enumerate(abstracted):
        for segment in segments:
            if not segment.success:  # after all successes, so that it finds what it failed at
                missed = merger.fail(segment, source)
                if missed is not None:
                    composer.miss(lived[source], missed)
    if settings.metas:
        composer.compose(memory, model)
    shrink(memory, settings)
    return memory, composer


def shrink(memory: Memory, settings: BuildSettings) -> None:
    """Keep the memory within its capacities (``paper.md §9``)."""
    prune(memory, settings.n_procedures, settings.pruning)
    prune_metas(memory, settings.n_metas, settings.pruning)


def _theta_dup(abstracted: Sequence[Sequence[Abstracted]], encoder: Encoder, settings: BuildSettings) -> float:
    if settings.theta_dup != "mdl":
        return settings.theta_dup
    return theta_by_mdl(Counter(each.segment for segments in abstracted for each in segments), encoder)[0]


def _insert(memory: Memory, merger: Merger, trace: Trace, abstracted: Sequence[Abstracted]) -> Lived:
    """Fold the segments of one trajectory in; return the episode as composition sees it."""
    its, source = trace.trajectory, len(memory.sources)
    memory.apply(Source(task=its.task_id, source=its.source, outcome=its.outcome.value, steps=len(its.steps)))
    achieved = [each for each in abstracted if each.success]
    names = tuple(merger.insert(each, source) for each in achieved)
    alone = [k for k, each in enumerate(achieved) if not each.segment.part]
    alone = alone[: next((n for n, k in enumerate(alone) if k != n), len(alone))]  # up to a command put together
    needs = tuple(achieved[k].segment.needs() for k in alone)
    return Lived(trace.outline or trace.task.goal, tuple(names[k] for k in alone), needs, its.success, True)


def _clustered(trajectories: Sequence[Trajectory], encoder: Encoder, settings: BuildSettings) -> Clustered:
    """Return the ontology of the most frequent words of tasks and actions (Eq 7)."""
    texts = Counter(trajectory.task for trajectory in trajectories)
    texts.update(step.action for trajectory in trajectories for step in trajectory.steps)
    words = frequent_words(texts, settings.k_vocab)
    return Clustered(words=words, clusters=cluster(words, encoder, settings.theta_sim))


def _read_all(
    reader: Reader, trajectories: Sequence[Trajectory], memory: Memory, model: FrozenModel, progress: Progress
) -> list[Trace]:
    """Read the instructions (one model call each) and fold every trajectory whose instruction the model could read."""
    traces: list[Trace] = []
    shows = exemplary(trajectories)
    for start in range(0, len(trajectories), BATCH):
        batch = trajectories[start : start + BATCH]
        tasks = model.ask([task_request(reader, trajectory.task, memory.kinds) for trajectory in batch])
        each = zip(batch, tasks, shows[start : start + BATCH], strict=True)
        traces += [read(reader, its, task, shown) for its, task, shown in each if not isinstance(task, Malformed)]
        progress("reading trajectories", start + len(batch), len(trajectories))
    return traces


def _abstract(
    batch: Sequence[Trace],
    parts: Sequence[Sequence[Abstracted]],
    salience: Relevance,
    decides: Decider,
    model: FrozenModel,
) -> list[list[Abstracted]]:
    """Segment and abstract a batch of traces; all its model calls of one kind go out together.

    A trace that the model could not segment has no segments; one that it could not abstract is left out.
    """
    segmentations = model.ask([segment_request(trace, salience) for trace in batch])
    spans = [() if isinstance(each, Malformed) else each.segments for each in segmentations]
    abstracters = [Abstracter(trace, salience, decides, its) for trace, its in zip(batch, parts, strict=True)]
    requests = [list(abstracter.requests(its)) for abstracter, its in zip(abstracters, spans, strict=True)]
    replies = iter(model.ask([request for each in requests for request in each]))
    return [
        abstracter.segments(its, [next(replies) for _ in each])
        for abstracter, its, each in zip(abstracters, spans, requests, strict=True)
    ]


def _explored(reader: Reader, traces: Sequence[Trace]) -> Explored:
    counts = explore(reader, traces)
    probes = tuple(
        (verb, kind, times, dict(sorted(counts.revealed[verb, kind].items())))
        for (verb, kind), times in sorted(counts.probes.items())
    )
    return Explored(probes=probes)
