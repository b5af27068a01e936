"""A baseline, and the template of a memory method: the k training trajectories whose tasks are most like this one.

A language model is shown them as notes of its requests. The stand-in cannot read notes: for it the nearest is replayed,
then the next nearest, with the things in their commands replaced by things of this task.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Literal, NamedTuple

import numpy as np

from macla.benchmarks.lexicon import Command
from macla.benchmarks.trajectory import Trajectory, read_trajectories, write_trajectories
from macla.errors import UserError
from macla.files import write_json
from macla.methods.base import Tools
from macla.methods.belief import Belief
from macla.methods.episode import Episode
from macla.methods.none import ModelAlone
from macla.methods.session import Decision, Details, Session
from macla.methods.settings import MethodSettings, key

TRAJECTORIES, LEARNED = "remembered.jsonl", "nearest.json"


class NearestSettings(MethodSettings):
    """The ``memory`` section of the configuration for the nearest trajectories."""

    method: Literal["nearest"] = "nearest"
    name: str = "nearest"
    k: int = key(3, "ours", "trajectories that are shown or replayed", ge=1)


class Retrieved(Details):
    """What is logged of a decision: how near the trajectory is that the step was taken from."""

    similarity: float


class Near(NamedTuple):
    """A remembered trajectory and the cosine between its task and this one."""

    trajectory: Trajectory
    similarity: float


class Replay:
    """Replays the nearest trajectories, step by step; what cannot be filled is left out."""

    def __init__(self, near: Sequence[Near], tools: Tools) -> None:
        self.near = near
        self.tools = tools
        self.fallback = ModelAlone(tools.model, tools.interface)
        self.script: Iterator[tuple[Near, Command]] = iter(())

    def begin(self, session: Session) -> None:
        """Start with the nearest."""
        self.script = self._commands(session.belief)

    def act(self, session: Session) -> Decision:
        """Take the next step that can be filled; when nothing is left, one step of the model."""
        following = next(self.script, None)
        if following is None:
            return self.fallback.act(session)
        near, command = following
        step, details = len(session.steps), Retrieved(similarity=round(near.similarity, 6))
        success = session.perform(command)
        return Decision(step=step, kind="skill", chosen=near.trajectory.task_id, success=success, details=details)

    def _commands(self, belief: Belief) -> Iterator[tuple[Near, Command]]:
        for near in self.near:
            theirs = Belief(self.tools.reader, near.trajectory.task)
            theirs.start(near.trajectory.first_observation)
            roles: dict[str, str] = {}
            for step in near.trajectory.steps:
                command = self.tools.reader.parse(step.action)
                filled = _filled(command, theirs, belief, roles) if command is not None else None
                theirs.update(step.action, step.observation)
                if filled is not None:
                    yield near, filled


def _filled(command: Command, theirs: Belief, ours: Belief, roles: dict[str, str]) -> Command | None:
    """Return the command with our things in place of theirs, kept in ``roles``; None where there is none for one.

    What their task names becomes what ours names in the same place; anything else becomes the thing of that name, or
    else the first one of that kind which plays no role yet.
    """
    for name in command.arguments:
        if name not in roles:
            kind, known = theirs.types.get(name), [each for each in ours.types if each not in roles.values()]
            named = [each for each, other in theirs.named.items() if other == kind]
            mine = [each for each, other in ours.named.items() if other == kind]
            if name in named:
                choices = mine[named.index(name) :][:1]
            else:
                choices = [name] if name in known else [each for each in known if ours.types[each] == kind]
            if not choices:
                return None
            roles[name] = choices[0]
    return Command(command.verb, tuple(roles[name] for name in command.arguments))


class Remembered:
    """Trajectories and the vectors of their tasks."""

    def __init__(
        self, trajectories: Sequence[Trajectory], tasks: frozenset[str], settings: NearestSettings, tools: Tools
    ) -> None:
        self.trajectories = list(trajectories)
        self.settings = settings
        self.tools = tools
        self._tasks = tasks
        self._vectors = tools.encoder.encode([trajectory.task for trajectory in self.trajectories])

    def tasks(self) -> frozenset[str]:
        """Return the tasks of all trajectories it was built from, the failures among them too."""
        return self._tasks

    def actor(self, *, practising: bool = False) -> "Actor":
        """Return what acts on the nearest trajectories."""
        return Actor(self)

    def nearest(self, task: str) -> list[Near]:
        """Return the k trajectories whose tasks are most like ``task``, the most like it first."""
        cosines = self._vectors @ self.tools.encoder.encode([task])[0]
        order = np.argsort(-cosines, kind="stable")[: self.settings.k]
        return [Near(self.trajectories[place], float(cosines[place])) for place in order]

    def absorb(self, episodes: Sequence[Episode]) -> None:
        """Remember the successful ones, too."""
        self._tasks |= {episode.task for episode in episodes}
        self.trajectories += [played(episode) for episode in episodes if episode.success]
        self._vectors = self.tools.encoder.encode([trajectory.task for trajectory in self.trajectories])

    def save(self, folder: Path) -> None:
        """Write the trajectories and the tasks."""
        write_trajectories(folder / TRAJECTORIES, self.trajectories)
        write_json(folder / LEARNED, {"tasks": sorted(self._tasks)})

    def figures(self) -> Mapping[str, float]:
        """Return how many trajectories it remembers."""
        return {"n_trajectories_kept": len(self.trajectories)}

    def describe(self, name: str | None = None) -> list[str]:
        """Return a line a trajectory, or the steps of one."""
        if name is None:
            return [f"{one.task_id}: {one.task} ({len(one.steps)} steps)" for one in self.trajectories]
        found = [one for one in self.trajectories if one.task_id == name]
        if not found:
            raise UserError(f"nothing named {name}; e.g. {self.trajectories[0].task_id}")
        return [in_words(one) for one in found]


class Actor:
    """Shows the nearest trajectories to a language model, or replays them for the stand-in."""

    def __init__(self, remembered: Remembered) -> None:
        self.remembered = remembered

    def begin(self, session: Session) -> None:
        """Find the nearest."""
        tools, near = self.remembered.tools, self.remembered.nearest(session.task)
        notes = [in_words(one.trajectory) for one in near]
        shown = tools.model.is_language_model
        self.inner = ModelAlone(tools.model, tools.interface, notes) if shown else Replay(near, tools)
        self.inner.begin(session)

    def act(self, session: Session) -> Decision:
        """Take one step."""
        return self.inner.act(session)


def in_words(trajectory: Trajectory) -> str:
    """Return a trajectory as a prompt shows it."""
    steps = "\n".join(f"Action: {step.action}\n{step.observation}" for step in trajectory.steps)
    return f"Task: {trajectory.task}\n{trajectory.first_observation}\n{steps}"


def played(episode: Episode) -> Trajectory:
    """Return an episode as a trajectory."""
    return Trajectory(
        task_id=episode.task,
        task=episode.instruction,
        task_type=episode.type,
        first_observation=episode.first_observation,
        steps=episode.steps,
        outcome=episode.outcome,
        score=episode.score,
        source="practice",
    )


class Nearest:
    """The k nearest training trajectories (``memory=nearest``)."""

    name: ClassVar[str] = "nearest"
    Settings: ClassVar[type[MethodSettings]] = NearestSettings
    builds: ClassVar[bool] = True

    def __init__(self, settings: NearestSettings) -> None:
        self.settings = settings

    def build(self, trajectories: Sequence[Trajectory], tools: Tools) -> Remembered:
        """Remember, of every task, what came furthest: its successes, or else its best-scored attempts with reward."""
        best: dict[str, tuple[bool, float]] = {}
        for one in trajectories:
            best[one.task_id] = max(best.get(one.task_id, (False, 0.0)), (one.success, one.score))
        kept = [one for one in trajectories if (one.success, one.score) == best[one.task_id] and one.score > 0]
        if not kept:
            raise UserError("no trajectory with any reward to remember; build from a split with experts that succeed")
        return Remembered(kept, frozenset(best), self.settings, tools)

    def load(self, folder: Path, tools: Tools) -> Remembered:
        """Return what was saved; UserError when it does not read."""
        try:
            tasks = json.loads((folder / LEARNED).read_text(encoding="utf-8"))["tasks"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UserError(f"{folder / LEARNED} does not read ({error}); rebuild with macla build-memory") from None
        return Remembered(list(read_trajectories(folder / TRAJECTORIES)), frozenset(tasks), self.settings, tools)
