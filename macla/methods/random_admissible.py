"""An opponent without memory that is told what no other agent is: the admissible commands. It takes one at random."""

from collections.abc import Callable
from typing import ClassVar, Literal

from macla.benchmarks.supplied import What
from macla.methods.base import Actor, Tools
from macla.methods.none import Learnless
from macla.methods.session import Decision, Session
from macla.methods.settings import MethodSettings
from macla.seeding import python_rng


class RandomAdmissibleSettings(MethodSettings):
    """Nothing to set."""

    method: Literal["random_admissible"] = "random_admissible"
    name: str = "random_admissible"


class AtRandom:
    """Draws every command, all alike, from those that do something now."""

    def begin(self, session: Session) -> None:
        """Nothing has to be prepared."""

    def act(self, session: Session) -> Decision:
        """Take one admissible command; the draw depends on the episode's seed and the step alone."""
        step = len(session.steps)
        action = python_rng(session.seed, "admissible", step).choice(session.admissible())
        return Decision(step=step, kind="rule", chosen="random", success=session.say(action))


class RandomAdmissible(Learnless):
    """The method that acts at random among the admissible commands (``memory=random_admissible``)."""

    name: ClassVar[str] = "random_admissible"
    Settings: ClassVar[type[MethodSettings]] = RandomAdmissibleSettings
    asks_for: ClassVar[What] = "admissible"

    def actors(self, tools: Tools) -> Callable[[], Actor]:
        """Return what makes an actor that draws among the admissible commands."""
        return AtRandom
