"""The memory of MACLA behind a run: under which settings it was read, and how its beliefs moved."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from macla.errors import UserError
from macla.methods.macla.equations.beta import Prior
from macla.methods.macla.handover import find
from macla.methods.macla.memory import directory
from macla.methods.macla.memory.events import Credited, Faded, MemoryEvent, Pruned, Refined
from macla.methods.macla.memory.prior import prior_of
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import Settings
from macla.methods.run import Run
from macla.methods.stored import check_sealed, read


def settings_of(run: Run) -> Settings:
    """Return the settings under which a run read its memory; UserError when that is not one of MACLA."""
    values = run.manifest["identity"]["config"]["memory"]
    if values["method"] != "macla":
        raise UserError(f"{run.folder} ran with memory {values['method']}; only decisions of macla can be looked into")
    return Settings.model_validate(values)


def memory_of(run: Run) -> Memory:
    """Return the memory that a run read, or wrote when it learned online.

    UserError when it ran without, or when the memory is gone or was rebuilt since.
    """
    folder = run.memory
    if not (folder / directory.EVENTS).is_file():
        raise UserError(f"{run.folder} read the memory at {folder}, which is not there; type this where it ran")
    if run.summary["memory_mode"] == "frozen" and read(folder).fingerprint != run.manifest["identity"]["memory"]:
        raise UserError(f"{folder} has been rebuilt since {run.folder} read it; evaluate again with macla eval")
    return replay(folder, settings_of(run))


def replay(folder: Path, settings: Settings) -> Memory:
    """Return the fold of a memory's events; UserError when the memory was changed since it was sealed."""
    check_sealed(folder)
    find(settings)  # makes the kinds of event known that a method adds to which tasks are handed over
    return directory.replay(folder, settings)


def prior_of_run(run: Run) -> Prior:
    """Return the prior that a run gave its procedures."""
    settings = settings_of(run)
    return prior_of(memory_of(run) if settings.prior == "empirical_bayes" else Memory(settings), settings)


def posteriors(run: Run, top: int) -> pd.DataFrame:
    """Return how beliefs moved: columns episode, procedure, goal, alpha, mean; one row a change.

    Of the ``top`` procedures and meta-procedures with most executions, from the event log of a memory that practised
    or was evaluated online. The first row of each is its belief before its first execution. UserError when nothing
    was ever executed. Episodes of an online evaluation are counted on from those of practice.
    """
    frame = moves(replay(run.memory, settings_of(run)), prior_of_run(run), top)
    if not len(frame):
        raise UserError(f"{run.memory} executed nothing: practise (build.practice=N) or evaluate online")
    return frame


def moves(memory: Memory, prior: Prior, top: int) -> pd.DataFrame:
    """Return what :func:`posteriors` does of the events of a memory; empty when nothing was ever executed."""
    rows: list[tuple[int, str, str, float, float]] = []
    executions: Counter[str] = Counter()
    latest = 0
    state = Memory(memory.settings)

    def note(name: str) -> None:
        goal = state.find(name).goals.most_common(1)[0][0]
        alpha, beta = _belief(state, name, prior)
        rows.append((latest, name, goal, alpha, alpha / (alpha + beta)))

    for event in memory.events:
        moved: list[str] = []
        if isinstance(event, Credited):
            name, latest = event.execution.procedure, event.execution.context.episode
            if name not in executions:
                note(name)
            executions[name] += 1
            moved = [name]
        elif isinstance(event, Refined | Faded):  # metas are judged anew with what they run
            moved = [name for name in executions if name in state.procedures or name in state.metas]
        before = {name: _belief(state, name, prior) for name in moved}
        state.apply(event)
        for name in moved:
            if isinstance(event, Credited) or _belief(state, name, prior) != before[name]:
                note(name)
    most = {name for name, _ in executions.most_common(top)}
    kept = [row for row in rows if row[1] in most]
    return pd.DataFrame(kept, columns=["episode", "procedure", "goal", "alpha", "mean"])


def pruning(run: Run) -> pd.DataFrame:
    """Return what pruning saw: columns procedure, status (retained or pruned), support, mean, meta.

    A pruned procedure shows the evidence it had when it was dropped, a retained one what it has now. ``support`` is
    the number of segments (or episodes) it was merged from and executions it had.
    """
    prior, settings = prior_of_run(run), settings_of(run)
    final = replay(run.memory, settings)
    rows = [
        _standing(state, event.procedure, "pruned", prior)
        for event, state in _history(final.events, settings)
        if isinstance(event, Pruned)
    ]
    rows += [_standing(final, name, "retained", prior) for name in [*final.procedures, *final.metas]]
    return pd.DataFrame(rows, columns=["procedure", "status", "support", "mean", "meta"])


def _history(events: Sequence[MemoryEvent], settings: Settings) -> Iterator[tuple[MemoryEvent, Memory]]:
    """Yield every event with the state right before it."""
    state = Memory(settings)
    for event in events:
        yield event, state
        state.apply(event)


def _standing(memory: Memory, name: str, status: str, prior: Prior) -> tuple[str, str, float, float, bool]:
    support = sum(memory.find(name).evidence.counts())
    alpha, beta = _belief(memory, name, prior)
    return name, status, support, alpha / (alpha + beta), name in memory.metas


def _belief(memory: Memory, name: str, prior: Prior) -> tuple[float, float]:
    """Return (α, β) of a procedure or meta-procedure, untempered."""
    successes, failures = memory.find(name).evidence.counts()
    return prior.alpha0 + successes, prior.beta0 + failures
