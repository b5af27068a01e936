"""Evaluate (``macla eval``): every task of a split, resumable, with an honest summary."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from macla.benchmarks.base import Benchmark, Task
from macla.benchmarks.caveats import caveats_of
from macla.benchmarks.splits import split_named
from macla.benchmarks.trajectory import read_trajectories
from macla.benchmarks.wording import KEY, content_hash
from macla.config import Config
from macla.encoder import Cached, Hashing
from macla.errors import InfrastructureError, UserError
from macla.files import fingerprint, locked, write_atomic, write_checked
from macla.methods.episode import Episode, EpisodeLog, fingerprint_of, read_summary
from macla.methods.run import origin
from macla.methods.stored import read
from macla.models.create import create
from macla.models.malformed import Malformed
from macla.models.usage import Ledger, costs
from macla.models.useless import deaf, sentence, tally
from macla.models.vllm import around
from macla.progress import note, progress
from macla.runs import memories
from macla.runs.assemble import make_benchmark, make_method, make_tools
from macla.runs.cluster import check_runner
from macla.runs.directory import LOCKS, alone, open_run
from macla.runs.given import REPEATED
from macla.runs.online import learn_online
from macla.runs.summarise import summarise
from macla.runs.tasks import named_tasks, sample
from macla.runs.trackers import check_tracker, tracked
from macla.runs.workers import Player, run_episodes
from macla.seeding import python_rng


def evaluate(
    config: Config,
    split: str,
    memory: Path | None,
    out: Path | None,
    benchmark: Benchmark | None = None,
    tasks: list[Task] | None = None,
) -> dict[str, Any]:
    """Play every task of ``split`` with a frozen memory and return (and write) the summary.

    ``memory`` is its directory; None where the method needs none (``memory=none``). ``benchmark`` is that of the
    configuration, where it was made before; ``tasks`` are those of the split to play, None: as ``eval.limit`` says.

    Reopening a run directory plays only what is missing; everything again when no reply of the model was of any use.
    Raises UserError before any work when there is no model, no memory though the method needs one, when the memory
    learned from a task of this split, when the directory holds another run, or when data is missing;
    InfrastructureError when the model gets lost (finished episodes stay).
    """
    check_tracker(config)
    check_runner(config.runner)
    with around(config.model) as settings, create(settings) as model:
        config = config.model_copy(update={"model": settings})
        return _evaluate(config, model, split, memory, out, benchmark, tasks)


def evaluate_once(config: Config, split: str, memory: Path | None, benchmark: Benchmark) -> dict[str, Any]:
    """Return the summary of an evaluation; a process that is to play the same at the same time waits and finds it."""
    what = [config.evaluation(), config.model_dump(mode="json")["eval"], split, str(memory)]
    with locked(config.runs / LOCKS / f"eval-{fingerprint(what)}"):
        return evaluate(config, split, memory, None, benchmark)


def check_played(summaries: Sequence[Mapping[str, Any]]) -> None:
    """Raise InfrastructureError when episodes are unscored, UserError when a model gave no reply of any use in a run.

    The latter is mended by whoever chose the model and its settings; tables and summaries are written all the same.
    """
    unscored = sum(summary["n_tasks"] - summary["n_scored"] for summary in summaries)
    if unscored:
        reason = next(filter(None, (summary.get("unscored_reason") for summary in summaries)), "no reason is known")
        raise InfrastructureError(f"{unscored} episodes unscored: {reason}; run again to resume")
    for summary in summaries:
        if deaf(summary["useless_replies"]):
            told = sentence(summary["useless_replies"])
            raise UserError(
                f"{told}; macla doctor asks the model once: mend its settings (model.max_tokens=N …) or its server; "
                f"the same command plays {summary['run']} again"
            )


def _evaluate(
    config: Config,
    model: Ledger,
    split: str,
    memory: Path | None,
    out: Path | None,
    benchmark: Benchmark | None,
    tasks: list[Task] | None,
) -> dict[str, Any]:
    if memory is None and make_method(config).builds:
        raise UserError(
            f"memory={config.memory.name} needs a memory; build one with macla build-memory memory={config.memory.name}"
        )
    benchmark = benchmark or make_benchmark(config)
    split = split_named(benchmark, split)
    if tasks is None:
        chosen = named_tasks(benchmark, split, config.eval.tasks)
        tasks = sample(chosen, config.eval.limit, 0, "evaluation")  # every seed plays the same tasks
    if not tasks:
        raise UserError(f"{config.env_name} has no tasks in split {split}")
    encoder = config.encoder.create() if memory is not None else Cached(Hashing())  # nothing to embed without
    tools = make_tools(config, benchmark, encoder, model)
    learned = memories.load(memory, config, tools)
    _check_disjoint(memory, learned.tasks() | _shown(memory, config), tasks)
    identity = _identity(config, model, benchmark, split, tasks, memory)
    named = f"{config.env_name}-{split}-{_label(config, memory)}-{fingerprint(identity)}"
    folder = open_run(out or config.runs / "eval" / named, config, identity, "evaluation")
    player = Player(config=config, benchmark=benchmark, learned=learned, tools=tools, model=model)
    with alone(config.runs, folder):
        summary = _played(player, split, memory, tasks, identity, folder)
    encoder.save()
    return summary


def _played(
    player: Player,
    split: str,
    memory: Path | None,
    tasks: list[Task],
    identity: dict[str, Any],
    folder: Path,
) -> dict[str, Any]:
    """Play what is missing of a run and write its summary."""
    config, model, benchmark = player.config, player.model, player.benchmark
    log = EpisodeLog(folder, origin(identity))
    done = log.finished()
    if deaf(_useless(costs(episode.usage for episode in done.values()), (), done.values())):
        log.path.unlink()  # what is wrong with such a model may lie with its server, which no identity tells
        done = {}
    started = perf_counter()
    missing = [task for task in tasks if task.id not in done]
    if not missing:
        of = " (another model.base_url alone makes no other run)" if model.is_language_model else ""
        note(f"nothing to play: all {len(tasks)} episodes were played before{of}; remove {folder} to play them again")
    with progress() as report, tracked(config, folder) as tracker:
        report("episodes", len(done), len(tasks))
        number, solved = len(done), sum(episode.success for episode in done.values())
        try:
            for number, episode in enumerate(_episodes(player, tasks, memory, done, folder), len(done) + 1):
                log.append(episode)
                report("episodes", number, len(tasks))
                solved += episode.success
                tracker.log({"solved_so_far": solved / number, "score": episode.score}, number)
        except InfrastructureError as error:
            kept = f"{number} of {len(tasks)} episodes are kept in {folder}"
            raise InfrastructureError(f"{error}; {kept}; the same command resumes") from None
    episodes = log.settle([task.id for task in tasks])
    summary = summarise(config, split, memory, len(tasks), benchmark.horizon, episodes)
    earlier = _earlier(folder)
    summary["seconds"] = round(earlier + perf_counter() - started, 3) if missing else earlier
    summary["model"] = identity["model"]["model"]
    summary["usage"] = costs([*(episode.usage for episode in episodes), model.apart.usage])
    useless = [reply for episode in episodes for reply in episode.useless] + model.apart.useless
    summary["useless_replies"] = _useless(summary["usage"], useless, episodes)
    summary["engine"] = identity["benchmark"].get("engine", "")
    summary["data"] = identity["benchmark"].get("data", "")
    if lacking := identity["benchmark"].get("incomplete"):
        summary["incomplete"] = lacking
    learned_from = [] if memory is None else [split_named(benchmark, config.build.split)]
    summary["caveats"] = [*caveats_of(benchmark, [split, *learned_from]), *_worded(player, tasks)]
    summary["run"] = str(folder)
    summary["fingerprint"] = fingerprint(identity)
    summary["episodes"] = fingerprint_of(episodes)
    write_checked(folder / "summary.json", summary)
    return summary


def _useless(
    usage: Mapping[str, Mapping[str, float]], replies: Iterable[Malformed], episodes: Iterable[Episode]
) -> dict[str, Any]:
    """Return the tally of replies of no use, and how many episodes (``lost``) failed that got any."""
    failed = (episode for episode in episodes if not episode.success)
    lost = sum(any(cost.malformed for cost in episode.usage.values()) for episode in failed)
    return {**tally(usage, replies), "lost": lost}


def _earlier(folder: Path) -> float:
    """Return the seconds of what was played before; 0 where no summary tells (it is written anew)."""
    try:
        return float(read_summary(folder)["seconds"])
    except (UserError, KeyError, TypeError, ValueError):
        return 0.0


def _worded(player: Player, tasks: list[Task]) -> list[str]:
    """Return how many of the tasks are in a user's own words, and in whose, where any is."""
    worded, path = sum(task.id in player.wordings for task in tasks), player.config.instructions
    if path is None or not worded:
        return []
    return [f"{worded} of {len(tasks)} tasks are in the words of {path.name} ({KEY}, SHA-256 {content_hash(path)})"]


def _label(config: Config, memory: Path | None) -> str:
    """Return what a run directory calls the memory."""
    return "memory" if memory is not None and config.memory.name == "macla" else config.memory.name


def _episodes(
    player: Player, tasks: list[Task], memory: Path | None, done: dict[str, Episode], folder: Path
) -> Iterator[Episode]:
    """Yield the episodes that are not ``done``, with the memory frozen or learning on."""
    config = player.config
    if memory is None or config.eval.mode == "frozen":
        yield from run_episodes(player, [task for task in tasks if task.id not in done], memory)
        return
    order = list(tasks)
    python_rng(config.seed, "order").shuffle(order)
    order.sort(key=lambda task: task.changed)
    played: list[Episode] = []
    curve = []
    scratch = folder / "memory"
    try:
        for _, point in learn_online(player, order, scratch, done, played.append):
            yield from played
            played.clear()
            curve.append(json.dumps(point) + "\n")
            write_atomic(folder / "online.jsonl", "".join(curve))
    except InfrastructureError:
        yield from played  # the batch is not complete, what was played of it stays
        raise
    memories.save(scratch, player.learned, config, player.tools, {"online": str(memory)})


def _identity(
    config: Config, model: Ledger, benchmark: Benchmark, split: str, tasks: list[Task], memory: Path | None
) -> dict[str, Any]:
    """Return everything the episodes depend on."""
    learned: dict[str, Any] = {"memory": config.memory.name}
    if memory is not None:
        stored = read(memory)
        learned = {"memory": stored.fingerprint, "learned": stored.about}
    return {
        "config": config.evaluation(),
        "split": split,
        "tasks": fingerprint([task.id for task in tasks]),
        "n_tasks": len(tasks),
        "benchmark": json.loads(json.dumps(dict(benchmark.identity()))),
        "model": model.identity(),
        **learned,
    }


def _shown(memory: Path | None, config: Config) -> frozenset[str]:
    """Return the tasks that a memory of an import path was shown, whatever it says of itself; of our own, none."""
    if memory is None or ":" not in config.memory.method or not (memory / memories.SHOWN).is_file():
        return frozenset()
    return frozenset(one.task_id for one in read_trajectories(memory / memories.SHOWN))


def _check_disjoint(memory: Path | None, learned_from: frozenset[str], tasks: list[Task]) -> None:
    """Raise UserError when the memory learned from one of the tasks."""
    known = {name.partition(REPEATED)[0] for name in learned_from}
    shared = [task.id for task in tasks if task.id in known]
    if shared:
        raise UserError(
            f"{memory} learned from {len(shared)} of these tasks (e.g. {shared[0]}); "
            "evaluate another split or build from another one"
        )
