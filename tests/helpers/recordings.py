"""Trajectories written in the forms that other projects keep: what ``macla convert`` has to read."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from macla.benchmarks.trajectory import Trajectory

FORMS: dict[str, Callable[[Trajectory], dict[str, Any]]] = {}


def _form(make: Callable[[Trajectory], dict[str, Any]]) -> Callable[[Trajectory], dict[str, Any]]:
    FORMS[make.__name__] = make
    return make


def _opening(shown: Trajectory) -> str:
    task = "" if shown.task in shown.first_observation else f"\n\nYour task is to: {shown.task}"
    return f"{shown.first_observation}{task}"


def turns(shown: Trajectory, model: str, world: str, who: str, said: str) -> list[dict[str, Any]]:
    """Return the conversation of a trajectory, an agreement before it."""
    told = [{who: world, said: "You act here. Answer with a thought and an action."}, {who: model, said: "OK"}]
    told.append({who: world, said: _opening(shown)})
    for step in shown.steps:
        told.append({who: model, said: f"Thought: what now?\nAction: {step.action}"})
        told.append({who: world, said: f"Observation: {step.observation}"})
    return told


@_form
def eto(shown: Trajectory) -> dict[str, Any]:
    return {"id": 0, "game_file": shown.task_id, "conversations": turns(shown, "gpt", "human", "from", "value")[:-1]}


@_form
def agentgym(shown: Trajectory) -> dict[str, Any]:
    told = turns(shown, "gpt", "human", "from", "value")
    return {"item_id": "nobody_0", "conversations": [{**turn, "loss": turn["from"] == "gpt"} for turn in told]}


@_form
def messages(shown: Trajectory) -> dict[str, Any]:
    told = turns(shown, "assistant", "user", "role", "content")
    parts = [{**turn, "content": [{"type": "text", "text": turn["content"]}]} for turn in told]
    return {"messages": [*parts, {"role": "assistant", "content": "OK, done."}]}


@_form
def fenced(shown: Trajectory) -> dict[str, Any]:
    told = turns(shown, "assistant", "user", "role", "content")
    for turn in told:
        before, mark, action = turn["content"].partition("Action: ")
        turn["content"] = f"{before}Action:\n```\n{action}\n```" if mark else before
    return {"task_id": shown.task_id, "messages": told}


@_form
def adp(shown: Trajectory) -> dict[str, Any]:
    content: list[Mapping[str, Any]] = [
        {"class_": "text_observation", "content": _opening(shown), "name": None, "source": "user"}
    ]
    for step in shown.steps:
        content.append({"class_": "code_action", "language": "text", "content": step.action, "description": "why not"})
        content.append({"class_": "text_observation", "content": step.observation, "source": "environment"})
    content.append({"class_": "message_action", "content": "<finish> </finish>", "description": ""})
    return {"id": "nobody_0", "content": content, "details": {}}


@_form
def steps(shown: Trajectory) -> dict[str, Any]:
    done = [{"step_id": n, "action": step.action, "obs": step.observation} for n, step in enumerate(shown.steps)]
    return {"g": shown.task_id, "g_id": 0, "steps": done}


@_form
def ours(shown: Trajectory) -> dict[str, Any]:
    return json.loads(shown.model_dump_json())
