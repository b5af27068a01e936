"""A memory method: it recalls what was last done in a successful attempt at a task of the same words."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Literal

from macla.benchmarks.trajectory import Trajectory
from macla.errors import UserError
from macla.files import write_json
from macla.methods.base import Tools
from macla.methods.episode import Episode
from macla.methods.none import ModelAlone
from macla.methods.session import Decision, Session
from macla.methods.settings import MethodSettings, key


class RecallSettings(MethodSettings):
    """The ``memory`` section of the configuration."""

    method: Literal["recall"] = "recall"
    name: str = "recall"
    times: int = key(1, "ours", "attempts with what is recalled before the model takes over", ge=0)


class Recalled:
    """What was last done, by task."""

    def __init__(self, tools: Tools, settings: RecallSettings, actions: dict[str, str], tasks: frozenset[str]) -> None:
        self.tools = tools
        self.settings = settings
        self.actions = actions
        self.learned_from = tasks

    def tasks(self) -> frozenset[str]:
        """Return the ids of the tasks it learned from."""
        return self.learned_from

    def actor(self, *, practising: bool = False) -> "Recaller":
        """Return the actor of one episode."""
        return Recaller(self)

    def absorb(self, episodes: Sequence[Episode]) -> None:
        """Recall successful episodes, too."""
        self.learned_from |= {episode.task for episode in episodes}
        self.actions |= {one.instruction: one.steps[-1].action for one in episodes if one.success}

    def save(self, folder: Path) -> None:
        """Write one file; macla seals it."""
        write_json(folder / "recall.json", {"actions": self.actions, "tasks": sorted(self.learned_from)})

    def figures(self) -> Mapping[str, float]:
        """Return how much it recalls."""
        return {"n_recalled": len(self.actions)}

    def describe(self, name: str | None = None) -> list[str]:
        """Return a line a task, or the line of one; UserError for an unknown task."""
        if name is not None and name not in self.actions:
            raise UserError(f"nothing named {name}; there are {', '.join(sorted(self.actions))}")
        return [f"{task}: {action}" for task, action in sorted(self.actions.items()) if name in (None, task)]


class Recaller:
    """Does what is recalled, then leaves the task to the model."""

    def __init__(self, recalled: Recalled) -> None:
        self.recalled = recalled
        self.alone = ModelAlone(recalled.tools.model, recalled.tools.interface)

    def begin(self, session: Session) -> None:
        """Nothing has to be prepared."""

    def act(self, session: Session) -> Decision:
        """Take one step."""
        action = self.recalled.actions.get(session.task)
        step = len(session.steps)
        if action is None or step >= self.recalled.settings.times:
            return self.alone.act(session)
        return Decision(step=step, kind="skill", chosen=session.task, success=session.say(action))


class Recall:
    """The method, registered under the entry point ``macla.methods``."""

    name: ClassVar[str] = "recall"
    Settings: ClassVar[type[MethodSettings]] = RecallSettings
    builds: ClassVar[bool] = True

    def __init__(self, settings: RecallSettings) -> None:
        self.settings = settings

    def build(self, trajectories: Sequence[Trajectory], tools: Tools) -> Recalled:
        """Return what successes end with."""
        actions = {one.task: one.steps[-1].action for one in trajectories if one.success}
        return Recalled(tools, self.settings, actions, frozenset(one.task_id for one in trajectories))

    def load(self, folder: Path, tools: Tools) -> Recalled:
        """Return what was saved; macla has compared the checksum."""
        values = json.loads((folder / "recall.json").read_text(encoding="utf-8"))
        return Recalled(tools, self.settings, values["actions"], frozenset(values["tasks"]))
