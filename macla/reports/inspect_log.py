"""``macla export --to inspect``: a run as a log of inspect_ai (EvalLog, version 2, JSON), which ``inspect view`` opens.

The format is that package's, which is not needed to write it; a test reads what is written with the real one. A task is
a sample, its actions and observations are the messages, decisions and requests to the model the events of a transcript.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from macla import __version__
from macla.benchmarks.trajectory import Outcome
from macla.methods.episode import Episode
from macla.methods.run import Run
from macla.reports.decided import Decided, decided
from macla.reports.exchanges import BEFORE, Exchange, Exchanges

VERSION = 2
"""Of the format of logs."""
Values = dict[str, Any]


def log_name(run: Run) -> str:
    """Return the file name of a run's log; the viewer looks for names that begin with a time."""
    stamp = _time(run).strftime("%Y-%m-%dT%H-%M-%S+00-00")
    return f"{stamp}_{run.summary['env']}-{run.summary['split']}_{run.manifest['fingerprint']}.json"


def inspect_log(run: Run, asked: Exchanges) -> str:
    """Return the log; ``asked`` is what the model was asked, where a recording tells it."""
    model, when = str(run.summary["model"]), _time(run).isoformat()
    unscored = run.summary["n_tasks"] - run.summary["n_scored"]
    log = {
        "version": VERSION,
        "status": "success",
        "eval": _spec(run, model, when),
        "plan": {"name": "macla", "steps": [{"solver": str(run.summary["method"]), "params": {}}], "config": {}},
        "results": _results(run),
        "stats": {"started_at": when, "completed_at": when, "model_usage": _usage(run.episodes.values(), model)},
        "samples": [_sample(run, one, asked.get(task, ()), model, when) for task, one in run.episodes.items()],
        "metadata": {"unscored": unscored, "caveats": run.summary["caveats"]},
    }
    return json.dumps(log, ensure_ascii=False, allow_nan=False) + "\n"


def _time(run: Run) -> datetime:
    """Return when the run was finished: runs themselves keep no clock."""
    return datetime.fromtimestamp(int((run.folder / "summary.json").stat().st_mtime), UTC)


def _spec(run: Run, model: str, when: str) -> Values:
    identity = run.manifest["identity"]
    names = [str(episode.task) for episode in run.episodes.values()]
    name = f"{run.summary['env']}-{run.summary['split']}"
    return {
        "eval_id": run.manifest["fingerprint"],
        "run_id": run.manifest["fingerprint"],
        "created": when,
        "task": name,
        "task_id": run.manifest["fingerprint"],
        "task_version": 0,
        "task_args": {"split": run.summary["split"], "seed": run.summary["seed"], "memory": run.summary["method"]},
        "dataset": {"name": name, "samples": len(names), "sample_ids": names, "shuffled": False},
        "model": model,
        "model_args": identity["model"],
        "config": {"epochs": 1},
        "packages": {"macla": __version__, **run.manifest["packages"]},
        "metadata": {"config": identity["config"], "fingerprint": run.manifest["fingerprint"]},
    }


def _results(run: Run) -> Values:
    """Return success and score with the bounds of their intervals, as macla computed them."""
    summary = run.summary
    figures = {
        "success": ("accuracy", summary["success_rate"], summary["success_interval"]),
        "score": ("mean", summary["score_mean"], summary["score_interval"]),
    }
    return {
        "total_samples": summary["n_tasks"],
        "completed_samples": summary["n_scored"],
        "scores": [
            {
                "name": name,
                "scorer": name,
                "scored_samples": summary["n_scored"],
                "metrics": {
                    key: {"name": key, "value": value}
                    for key, value in ((what, found), ("low", bounds[0]), ("high", bounds[1]))
                    if value == value  # the interval of nothing is NaN, which JSON does not have
                },
            }
            for name, (what, found, bounds) in figures.items()
        ],
    }


def _sample(run: Run, episode: Episode, asked: Sequence[Exchange], model: str, when: str) -> Values:
    final = episode.steps[-1].action if episode.steps else ""
    scored = episode.outcome is not Outcome.INFRASTRUCTURE_ERROR
    failure = {"message": episode.error, "traceback": "", "traceback_ansi": ""}
    return {
        "id": episode.task,
        "epoch": 1,
        "input": episode.instruction,
        "target": "",
        "messages": list(_messages(episode)),
        "output": _output(model, final),
        "scores": _scores(episode) if scored else {},
        "metadata": {
            "type": episode.type,
            "goal": episode.goal,
            "steps": episode.n_steps,
            "rejected": episode.rejected,
        },
        "events": list(_events(run, episode, asked, model, when)),
        "model_usage": _usage([episode], model),
        "total_time": episode.seconds,
        **({} if scored else {"error": failure}),
    }


def _scores(episode: Episode) -> Values:
    explanation = f"{episode.outcome.value} after {episode.n_steps} actions"
    return {
        "success": {"value": "C" if episode.success else "I", "explanation": explanation},
        "score": {"value": episode.score, "explanation": explanation},
    }


def _messages(episode: Episode) -> Iterator[Values]:
    yield {"role": "user", "content": episode.first_observation or episode.instruction}
    for step in episode.steps:
        yield {"role": "assistant", "content": step.action}
        yield {"role": "user", "content": step.observation}


def _output(model: str, said: str) -> Values:
    return {"model": model, "choices": [{"message": {"role": "assistant", "content": said}, "stop_reason": "stop"}]}


def _events(run: Run, episode: Episode, asked: Sequence[Exchange], model: str, when: str) -> Iterator[Values]:
    """Yield the requests to the model and the decisions, each with what it did, in the order of the episode."""
    common = {"timestamp": when, "working_start": 0.0}
    yield from (_asked(one, model, common) for one in asked if one.step == BEFORE)
    waiting = [one for one in asked if one.step != BEFORE]
    for one in decided(run, episode):
        end = one.decision.step + max(1, one.decision.steps)
        yield from (_asked(first, model, common) for first in waiting if first.step < end)
        waiting = [later for later in waiting if later.step >= end]
        yield {"event": "info", "source": "macla", "data": _decision(one, episode), **common}
    yield from (_asked(one, model, common) for one in waiting)


def _decision(one: Decided, episode: Episode) -> Values:
    made = one.decision
    taken = episode.steps[made.step : made.step + made.steps]
    return {
        "step": made.step,
        "chosen": f"{made.kind} {made.chosen}",
        "y": int(made.success),
        "why": one.why,
        "context": made.context,
        "terms": dict(one.terms),
        "retrieved": [ranked._asdict() for ranked in one.candidates],
        "ran": [{**ran._asdict(), "bindings": dict(ran.bindings)} for ran in one.ran],
        "actions": [step.action for step in taken],
        **{name: str(value) for name, value in one.other.items()},
    }


def _asked(one: Exchange, model: str, common: Values) -> Values:
    sent, got = one.tokens
    tokens = {"input_tokens": sent, "output_tokens": got, "total_tokens": sent + got}
    return {
        "event": "model",
        "model": model,
        "role": one.purpose,
        "input": [{"role": "user", "content": one.prompt}],
        "tools": [],
        "tool_choice": "none",
        "config": {},
        "output": {**_output(model, one.reply), "usage": tokens},
        **common,
    }


def _usage(episodes: Iterable[Episode], model: str) -> Values:
    """Return what requests cost; nothing where no tokens were counted (the stand-in has none)."""
    costs = [cost for episode in episodes for cost in episode.usage.values()]
    sent, got = sum(cost.prompt_tokens for cost in costs), sum(cost.completion_tokens for cost in costs)
    cached = sum(cost.cached_tokens for cost in costs)
    counted = {
        "input_tokens": sent,
        "output_tokens": got,
        "total_tokens": sent + got,
        "input_tokens_cache_read": cached,
    }
    return {model: counted} if sent + got else {}
