"""Which requests of a recording belong to which step of an episode, and what the model replied."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from macla.config import read_config
from macla.errors import UserError
from macla.methods.episode import Episode
from macla.methods.run import Run
from macla.models.malformed import Malformed
from macla.models.recorded import Recorded, recorded

BEFORE = -1
"""The step of what is asked when an episode begins: reading its instruction."""
Exchanges = dict[str, list["Exchange"]]
"""Task → what the model was asked in its episode, in order."""


class Exchange(NamedTuple):
    """A request to the model and its reply, at a step of an episode."""

    step: int
    """Primitive actions before it; :data:`BEFORE` all decisions."""
    purpose: str
    prompt: str
    reply: str
    tokens: tuple[int, int]
    """Of the prompt and of the reply."""


def exchanges(run: Run, recording: Path | None) -> Exchanges:
    """Return what the model was asked in the episodes of a run; nothing where no recording is known.

    ``recording`` is a folder of ``model.record`` or ``model.cache``; by default the one that the run's configuration
    names, where it is still there. Requests are told apart by what they hold: task, actions and observations so far.
    UserError when a folder that was given is no recording.
    """
    folder = recording or _of_config(run.folder)
    if folder is None:
        return {}
    by_task: dict[str, list[Recorded]] = {}
    for one in recorded(folder):
        by_task.setdefault(str(one.request.get("task")), []).append(one)
    found = {task: _of_episode(played, by_task.get(played.instruction, ())) for task, played in run.episodes.items()}
    return {task: asked for task, asked in found.items() if asked}


def _of_config(folder: Path) -> Path | None:
    """Return the folder that a run recorded to or was replayed from; None where it is gone, or there was none."""
    try:
        model = read_config(folder).model
    except UserError:  # of a package that is not installed here, or of another version
        return None
    return next(
        (path for path in (model.record, model.replay, model.cache) if path is not None and path.is_dir()), None
    )


def _of_episode(episode: Episode, asked: Iterable[Recorded]) -> list[Exchange]:
    mine = [(place(one.request, episode), one) for one in asked if one.purpose in episode.model_calls]
    placed = [(step, one) for step, one in mine if step is not None and _led(one, episode, step)]
    placed.sort(key=lambda found: (found[0], found[1].purpose == "act", found[1].request.get("draw", 0)))
    return [_exchange(step, one) for step, one in placed]


def place(request: Mapping[str, Any], episode: Episode) -> int | None:
    """Return the number of actions before a request about this task; None when it was asked in another episode.

    :data:`BEFORE` where it knows of no action at all; a first statement counts as written at the start.
    """
    if "first_observation" in request and request["first_observation"] != episode.first_observation:
        return None
    steps = [(step.action, step.observation) for step in episode.steps]
    actions = [action for action, _ in steps]
    if "history" in request:
        return _after([(action, seen) for action, seen in request["history"]], steps)
    if "done" in request:
        return _after(list(request["done"]), actions)
    if "tried" not in request:
        return BEFORE
    tried = [(action, seen) for action, seen in request["tried"]]
    if any(pair not in steps for pair in tried):
        return None
    return 1 + steps.index(tried[-1]) if tried else 0


def _led(one: Recorded, episode: Episode, step: int) -> bool:
    """Whether a step that the model took is what the episode did next: recordings hold other runs' episodes, too."""
    if "history" not in one.request or "action" not in one.reply:
        return True
    return step < len(episode.steps) and episode.steps[step].action == one.reply["action"]


def _after(begun: Sequence[Any], all_of_it: Sequence[Any]) -> int | None:
    return len(begun) if list(all_of_it[: len(begun)]) == list(begun) else None


def _exchange(step: int, one: Recorded) -> Exchange:
    usage = one.usage
    tokens = int(usage.get("prompt_tokens", 0)), int(usage.get("completion_tokens", 0))
    return Exchange(step, one.purpose, one.prompt, _said(one.reply), tokens)


def _said(reply: Mapping[str, Any]) -> str:
    """Return a reply as the model gave it; of one that was of no use how it begins, and why it was of none."""
    if reply.keys() >= {"reason", "text"}:
        failure = Malformed.model_validate(dict(reply))
        return f"[of no use: {failure.reason}] {failure.text}"
    return json.dumps(reply, ensure_ascii=False)


def check_recording(recording: Path, runs: Sequence[Run], found: Sequence[Exchanges]) -> None:
    """Raise UserError when a recording that was given holds nothing that was asked in any of the runs."""
    if not any(found):
        raise UserError(f"{recording} holds no request of {runs[0].folder}; give the recording of that run")
