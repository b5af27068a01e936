"""The model alone: no memory at all, and what every other method falls back on."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar, Literal

from macla.benchmarks.trajectory import Trajectory
from macla.errors import UserError
from macla.methods.base import Actor, Interface, Tools
from macla.methods.episode import Episode
from macla.methods.session import Decision, Session
from macla.methods.settings import MethodSettings
from macla.models.malformed import Malformed
from macla.models.requests import Act, FrozenModel


class NoSettings(MethodSettings):
    """Nothing to set."""

    method: Literal["none"] = "none"
    name: str = "none"


class ModelAlone:
    """Lets the model take every step. ``notes`` are texts that a memory retrieved; they stand in each request."""

    def __init__(self, model: FrozenModel, interface: Interface, notes: Sequence[str] = ()) -> None:
        self.model = model
        self.interface = interface
        self.notes = tuple(notes)

    def begin(self, session: Session) -> None:
        """Nothing has to be prepared."""

    def act(self, session: Session) -> Decision:
        """Ask for one action and take it; a reply that cannot be used costs the step."""
        request = Act(
            task=session.task,
            help=self.interface.help,
            example=self.interface.example,
            notes=self.notes,
            first_observation=session.first_observation,
            history=tuple((step.action, step.observation) for step in session.steps),
            entities=tuple(session.belief.types),
            seed=session.seed,
        )
        step = len(session.steps)
        reply = self.model.ask([request])[0]
        accepted = False
        if isinstance(reply, Malformed):
            session.lose_step()
        else:
            accepted = session.say(reply.action)
        return Decision(step=step, kind="model", chosen=request.purpose, success=accepted)


class Nothing:
    """What a method has learned that learns nothing: it hands out actors, all alike."""

    def __init__(self, make_actor: Callable[[], Actor]) -> None:
        self.make_actor = make_actor

    def tasks(self) -> frozenset[str]:
        """Return no task."""
        return frozenset()

    def actor(self, *, practising: bool = False) -> Actor:
        """Return the actor of one episode; in practice it does as ever."""
        return self.make_actor()

    def absorb(self, episodes: Sequence[Episode]) -> None:
        """Learn nothing."""

    def save(self, folder: Path) -> None:
        """Write nothing."""

    def figures(self) -> Mapping[str, float]:
        """Return no figure."""
        return {}

    def describe(self, name: str | None = None) -> list[str]:
        """Return that there is no memory; UserError for any item."""
        if name is not None:
            raise UserError(f"nothing named {name}: this is no memory")
        return ["no memory"]


class Learnless:
    """A method that learns nothing; each says by :meth:`actors` who acts."""

    builds: ClassVar[bool] = False

    def __init__(self, settings: MethodSettings) -> None:
        self.settings = settings

    def actors(self, tools: Tools) -> Callable[[], Actor]:
        """Return what makes the actor of an episode."""
        raise NotImplementedError

    def build(self, trajectories: Sequence[Trajectory], tools: Tools) -> Nothing:
        """Return a memory of nothing, whatever the trajectories."""
        return Nothing(self.actors(tools))

    def load(self, folder: Path, tools: Tools) -> Nothing:
        """Return a memory of nothing."""
        return self.build((), tools)


class NoMemory(Learnless):
    """The method without a memory (``memory=none``)."""

    name: ClassVar[str] = "none"
    Settings: ClassVar[type[MethodSettings]] = NoSettings
    acts_by: ClassVar[str] = "prompt"

    def actors(self, tools: Tools) -> Callable[[], Actor]:
        """Return what makes the model act alone."""
        return partial(ModelAlone, tools.model, tools.interface)
