"""One episode in progress: the environment, what is believed, and what was done. The only door to the environment."""

from collections.abc import Callable, Sequence
from dataclasses import InitVar, dataclass, field
from typing import Any, Literal, Protocol, SupportsFloat

from pydantic import BaseModel, ConfigDict, SerializeAsAny

from macla.benchmarks.lexicon import Command
from macla.benchmarks.trajectory import Outcome, Step
from macla.methods.belief import Belief
from macla.methods.reading import Reader


class Environment(Protocol):
    """What the runtime needs of a gymnasium environment over strings."""

    def reset(self, *, seed: int | None = None) -> tuple[str, dict[str, Any]]:
        """Begin the episode."""
        ...

    def step(self, action: str) -> tuple[str, SupportsFloat, bool, bool, dict[str, Any]]:
        """Take one primitive action."""
        ...


class Details(BaseModel):
    """What a method logs of a decision beyond what all methods do; each method has a class of its own.

    Read back from a file, a decision's details are of this class and hold the same values;
    ``OwnDetails.model_validate(decision.details.model_dump())`` makes them typed again.
    """

    model_config = ConfigDict(frozen=True, extra="allow")


class Decision(BaseModel):
    """One turn of an actor: what it chose to do, and how that ended.

    Example:
        ``Decision(step=before, kind="skill", chosen="p0001", steps=3, success=True)``
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: int
    """Primitive actions of the episode before it."""
    kind: Literal["model", "skill", "meta", "rule"]
    """Who acted: the model by itself, one thing that memory holds, a composition of several, or a rule that is neither
    the model's nor learned."""
    chosen: str
    """Id of the skill; ``act`` for a step of the model; which rule."""
    steps: int = 1
    """Primitive actions that it took."""
    success: bool
    """y of Algorithm 1: it did what it was to do, and nothing was rejected."""
    context: str = ""
    """The situation as the method put it."""
    details: SerializeAsAny[Details] = Details()


@dataclass
class Session:
    """An episode: ``say`` (or ``perform``) is the only way to act, and counts against the horizon.

    Example:
        What an actor does in a turn::

            step = len(session.steps)
            accepted = session.say("go to shelf 1")
            return Decision(step=step, kind="rule", chosen="begin", success=accepted)
    """

    env: InitVar[Environment]
    """Kept from whoever acts: an environment knows what an agent may not."""
    reader: Reader
    horizon: int
    seed: int
    """All randomness of the episode derives from it."""
    task: str = ""
    goal: str = ""
    """The goal pattern that was read in the instruction, where the method reads one."""
    first_observation: str = ""
    steps: list[Step] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    rejected: int = 0
    over: bool = False
    success: bool = False
    score: float = 0.0
    won_at: int | None = None
    """Primitive actions until success."""
    measures: dict[str, tuple[float, float]] = field(default_factory=dict)
    """The benchmark's own figures of the episode by name: what was reached, of how much."""
    listing: InitVar[Callable[[Any], Sequence[str]] | None] = None
    """Lists what is admissible in the environment, for the one opponent that is told."""

    def __post_init__(self, env: Environment, listing: Callable[[Any], Sequence[str]] | None) -> None:
        self.belief = Belief(self.reader)
        self._env = env
        self._listing = listing

    def admissible(self) -> Sequence[str]:
        """Return the commands that do something now; only the opponent that asks for them (``asks_for``) is told.

        Returns:
            Action strings, in the benchmark's order.

        Raises:
            LookupError: This episode's method was not lent the list.
        """
        if self._listing is None:
            raise LookupError("admissible commands are lent to a method that asks for them (asks_for) alone")
        return self._listing(self._env)

    def start(self) -> None:
        """Reset the environment and read the task and the first observation; the harness calls it once.

        Raises:
            InfrastructureError: The environment is broken or out of reach.
        """
        self.first_observation, info = self._env.reset(seed=self.seed)
        self.task = str(info["task"])
        self.belief.task = self.task
        self.belief.start(self.first_observation)

    def perform(self, command: Command) -> bool:
        """Execute a command.

        Args:
            command: Verb and arguments; the benchmark's lexicon spells it.

        Returns:
            Whether it was accepted.

        Raises:
            InfrastructureError: The environment is broken or out of reach.
        """
        return self.say(self.reader.lexicon.render(command))

    def say(self, action: str) -> bool:
        """Execute an action string.

        Args:
            action: What the environment is sent, as it is.

        Returns:
            Whether it was accepted: no rejection, as the lexicon tells it.

        Raises:
            InfrastructureError: The environment is broken or out of reach.
        """
        accepted = self._step(action)
        self.rejected += not accepted
        return accepted

    def lose_step(self) -> None:
        """Pay for a reply of the model that could not be used: the empty action, which is nobody's rejected one."""
        self._step("")

    def _step(self, action: str) -> bool:
        observation, reward, terminated, truncated, info = self._env.step(action)
        self.steps.append(Step(action=action, observation=observation, reward=float(reward)))
        accepted = self.belief.update(action, observation)
        self.score = float(info["score"])
        self.measures = dict(info.get("measures", {}))
        if info["success"] and self.won_at is None:
            self.success, self.won_at = True, len(self.steps)
        self.over = terminated or truncated or len(self.steps) >= self.horizon
        return accepted

    @property
    def outcome(self) -> Outcome:
        """How the episode stands."""
        if self.success:
            return Outcome.SUCCESS
        return Outcome.STEP_LIMIT if len(self.steps) >= self.horizon else Outcome.FAILURE
