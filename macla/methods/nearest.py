"""A baseline, and the template of a memory method: the k training trajectories whose tasks are most like this one.

A language model is shown them as notes of its requests. The stand-in cannot read notes: for it the nearest is replayed,
then the next nearest, with the things in their commands replaced by things of this task.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np

from macla.benchmarks.trajectory import Trajectory, read_trajectories, write_trajectories
from macla.errors import UserError, why
from macla.files import parse_object, write_json
from macla.methods.base import Tools
from macla.methods.episode import Episode
from macla.methods.instruction import task_request
from macla.methods.none import ModelAlone
from macla.methods.replay import Near, Replay
from macla.methods.session import Decision, Session
from macla.methods.settings import MethodSettings, key
from macla.models.malformed import Malformed
from macla.models.truncate import tokens

TRAJECTORIES, LEARNED = "remembered.jsonl", "nearest.json"


class NearestSettings(MethodSettings):
    """The ``memory`` section of the configuration for the nearest trajectories."""

    method: Literal["nearest"] = "nearest"
    name: str = "nearest"
    k: int = key(3, "ours", "trajectories that are shown or replayed", ge=1)

    def construction(self, practice: bool) -> dict[str, Any]:
        """Return what a build depends on: only practice looks at the k nearest."""
        return self.model_dump(mode="json", exclude={"name"} if practice else {"name", "k"})


class Remembered:
    """Trajectories, the kinds of thing that their tasks name, and the vectors of their tasks."""

    def __init__(self, tools: Tools, k: int, tasks: frozenset[str]) -> None:
        self.tools = tools
        self.k = k
        self.learned_from = tasks
        self.trajectories: list[Trajectory] = []
        self.kinds: list[tuple[str, ...]] = []
        self.vocabulary: set[str] = set()
        """Every kind of thing that observations mentioned."""
        self._vectors = np.empty((0, tools.encoder.dimension), dtype=np.float32)

    def remember(self, trajectories: Sequence[Trajectory], kinds: Sequence[tuple[str, ...]] | None = None) -> None:
        """Add trajectories, with the kinds of thing that their tasks name (None: as the stand-in reads them now)."""
        texts = {text for one in trajectories for text in (one.first_observation, *(s.observation for s in one.steps))}
        self.vocabulary |= {kind for text in texts for _, kind in self.tools.reader.read(text).types}
        self.trajectories += trajectories
        tasks = [trajectory.task for trajectory in trajectories]
        if kinds is None and not self.tools.model.is_language_model:
            kinds = read_kinds(tasks, self.tools, self.vocabulary)
        self.kinds += kinds or [()] * len(tasks)  # a language model is shown trajectories: no kind is replaced in them
        self._vectors = self.tools.encoder.encode([trajectory.task for trajectory in self.trajectories])

    def tasks(self) -> frozenset[str]:
        """Return the tasks of all trajectories it was built from, the failures among them too."""
        return self.learned_from

    def actor(self, *, practising: bool = False) -> "Actor":
        """Return what acts on the nearest trajectories."""
        return Actor(self)

    def nearest(self, task: str) -> list[Near]:
        """Return the k trajectories whose tasks are most like ``task``, the most like it first."""
        cosines = self._vectors @ self.tools.encoder.encode([task])[0]
        order = np.argsort(-cosines, kind="stable")[: self.k]
        return [Near(self.trajectories[place], self.kinds[place], float(cosines[place])) for place in order]

    @property
    def instructions(self) -> Mapping[str, str]:
        """Id → instruction of every task of which it remembers something."""
        return {one.task_id: one.task for one in self.trajectories}

    def shown(self, task: str) -> list[str]:
        """Return the nearest trajectories as a prompt shows them."""
        return [in_words(one.trajectory) for one in self.nearest(task)]

    def absorb(self, episodes: Sequence[Episode]) -> None:
        """Remember the successful ones, too."""
        self.learned_from |= {episode.task for episode in episodes}
        self.remember([played(episode) for episode in episodes if episode.success])

    def save(self, folder: Path) -> None:
        """Write the trajectories, the kinds and the tasks."""
        write_trajectories(folder / TRAJECTORIES, self.trajectories)
        write_json(folder / LEARNED, {"tasks": sorted(self.learned_from), "kinds": self.kinds})

    def figures(self) -> Mapping[str, float]:
        """Return how many trajectories it remembers, and an upper estimate of their tokens."""
        return {
            "n_remembered": len(self.trajectories),
            "note_tokens": sum(tokens(in_words(one)) for one in self.trajectories),
        }

    def describe(self, name: str | None = None) -> list[str]:
        """Return a line a trajectory, or the steps of those of one task; UserError for an unknown task."""
        if name is None:
            return [f"{one.task_id}: {one.task} ({len(one.steps)} steps)" for one in self.trajectories]
        found = [in_words(one) for one in self.trajectories if one.task_id == name]
        if not found:
            raise UserError(f"nothing named {name}; e.g. {self.trajectories[0].task_id}")
        return found


class Actor:
    """Shows the nearest trajectories to a language model, or replays them for the stand-in."""

    def __init__(self, remembered: Remembered) -> None:
        self.remembered = remembered

    def begin(self, session: Session) -> None:
        """Find the nearest."""
        tools = self.remembered.tools
        if tools.model.is_language_model:
            notes = self.remembered.shown(session.task)
            self.inner: ModelAlone | Replay = ModelAlone(tools.model, tools.interface, notes)
        else:
            known = {*self.remembered.vocabulary, *session.belief.types.values()}
            (kinds,) = read_kinds([session.task], tools, known)
            self.inner = Replay(self.remembered.nearest(session.task), kinds, tools)
        self.inner.begin(session)

    def act(self, session: Session) -> Decision:
        """Take one step."""
        return self.inner.act(session)


def read_kinds(tasks: Sequence[str], tools: Tools, vocabulary: set[str]) -> list[tuple[str, ...]]:
    """Return the kinds of thing that instructions name, as the model reads them; none where it cannot."""
    replies = tools.model.ask([task_request(tools.reader, task, vocabulary) for task in tasks])
    return [() if isinstance(reply, Malformed) else reply.kinds for reply in replies]


def furthest(trajectories: Sequence[Trajectory]) -> list[Trajectory]:
    """Return, of every task, what came furthest: its successes, or else its best-scored attempts with any reward."""
    best: dict[str, tuple[bool, float]] = {}
    for one in trajectories:
        best[one.task_id] = max(best.get(one.task_id, (False, 0.0)), (one.success, one.score))
    return [one for one in trajectories if (one.success, one.score) == best[one.task_id] and one.score > 0]


def in_words(trajectory: Trajectory) -> str:
    """Return a trajectory as a prompt shows it."""
    steps = "\n".join(f"Action: {step.action}\n{step.observation}" for step in trajectory.steps)
    return f"Task: {trajectory.task}\n{trajectory.first_observation}\n{steps}"


def played(episode: Episode, source: str = "practice") -> Trajectory:
    """Return an episode as a trajectory; ``source`` says where it comes from."""
    return Trajectory(
        task_id=episode.task,
        task=episode.instruction,
        task_type=episode.type,
        first_observation=episode.first_observation,
        steps=episode.steps,
        outcome=episode.outcome,
        score=episode.score,
        source=source,
    )


class Nearest:
    """The k nearest training trajectories (``memory=nearest``)."""

    name: ClassVar[str] = "nearest"
    Settings: ClassVar[type[MethodSettings]] = NearestSettings
    builds: ClassVar[bool] = True
    acts_by: ClassVar[str] = "prompt"

    def __init__(self, settings: NearestSettings) -> None:
        self.settings = settings

    def build(self, trajectories: Sequence[Trajectory], tools: Tools) -> Remembered:
        """Remember, of every task, what came furthest; UserError when nothing came anywhere."""
        kept = furthest(trajectories)
        if not kept:
            raise UserError("no trajectory with any reward to remember; build from a split with experts that succeed")
        remembered = Remembered(tools, self.settings.k, frozenset(one.task_id for one in trajectories))
        remembered.remember(kept)
        return remembered

    def load(self, folder: Path, tools: Tools) -> Remembered:
        """Return what was saved; UserError when it does not read."""
        try:
            learned = parse_object((folder / LEARNED).read_bytes())
            tasks, kinds = frozenset(learned["tasks"]), [tuple(named) for named in learned["kinds"]]
            trajectories = list(read_trajectories(folder / TRAJECTORIES))
            if len(kinds) != len(trajectories):
                raise ValueError(f"kinds of {len(kinds)} tasks for {len(trajectories)} trajectories")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UserError(
                f"{folder / LEARNED} does not read ({why(error)}); rebuild with macla build-memory"
            ) from None
        remembered = Remembered(tools, self.settings.k, tasks)
        remembered.remember(trajectories, kinds)
        return remembered
