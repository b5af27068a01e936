"""Runs to read: made by hand, where every figure can be counted, and played in the toy world."""

from pathlib import Path

import pytest

from macla.benchmarks.trajectory import Outcome
from macla.config import compose
from macla.methods.episode import Episode
from macla.methods.macla.acting.select import Considered, Selection
from macla.methods.run import Run, read_run
from macla.methods.session import Decision
from macla.runs.build import build_memory
from macla.runs.evaluate import evaluate

SETTINGS = ["env=toy", "encoder=hashing", "env.n_train=60", "env.n_unseen=16", "build.practice=20"]


def make_decision(chosen, *, steps=1, success=True, posterior=0.8, candidates=(), step=0):
    names = ("id", "relevance", "risk", "successes", "failures")
    considered = tuple(Considered(**dict(zip(names, candidate, strict=True))) for candidate in candidates)
    kind = {"a": "model", "m": "meta"}.get(chosen[0], "skill")
    terms = {"relevance": 0.9, "posterior_mean": posterior, "information": -1.0, "utility": 0.5}
    details = Selection(**({} if kind == "model" else terms), candidates=considered)
    return Decision(
        step=step, kind=kind, chosen=chosen, steps=steps, success=success, context="somewhere", details=details
    )


def make_episode(task, *decisions, success=True, outcome=None, calls=1, rejected=0, score=None):
    return Episode(
        task=task,
        type="any",
        split="unseen",
        outcome=outcome or (Outcome.SUCCESS if success else Outcome.FAILURE),
        success=success,
        score=float(success) if score is None else score,
        n_steps=sum(decision.steps for decision in decisions),
        rejected=rejected,
        model_calls={"parse_task": calls},
        decisions=decisions,
    )


def make_run(*episodes, memory="none", settings=None, split="unseen", seed=0, env="toy", caveats=()):
    won = sum(episode.success for episode in episodes)
    summary = {"split": split, "n_scored": len(episodes), "n_success": won, "memory": memory, "method": memory}
    summary |= {"seed": seed, "env": env, "caveats": [*caveats]}
    summary["memory_mode"] = "none" if memory == "none" else "frozen"
    manifest = {"identity": {"config": {"memory": {"method": "macla", **(settings or {})}}}}
    return Run(Path("run"), summary, manifest, {episode.task: episode for episode in episodes})


@pytest.fixture(scope="session")
def decision():
    return make_decision


@pytest.fixture(scope="session")
def episode():
    return make_episode


@pytest.fixture(scope="session")
def run():
    return make_run


@pytest.fixture(scope="session")
def played(tmp_path_factory):
    """A toy memory with practice, a frozen and an online evaluation of it, and one without memory: directories."""
    folder = tmp_path_factory.mktemp("played")
    config = compose([*SETTINGS, f"runs={folder}"])
    memory = Path(build_memory(config, None)["memory"])
    online = compose([*SETTINGS, f"runs={folder}", "eval.mode=online"])
    return {
        "memory": memory,
        "frozen": Path(evaluate(config, "unseen", memory, None)["run"]),
        "online": Path(evaluate(online, "unseen", memory, None)["run"]),
        "none": Path(evaluate(config.without_memory(), "unseen", None, None)["run"]),
    }


@pytest.fixture(scope="session")
def frozen(played):
    return read_run(played["frozen"])
