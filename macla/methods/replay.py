"""Replaying demonstrations without a language model: their commands, with the things of this task in them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from macla.benchmarks.lexicon import Command
from macla.benchmarks.trajectory import Trajectory
from macla.methods.base import Tools
from macla.methods.belief import Belief
from macla.methods.none import ModelAlone
from macla.methods.session import Decision, Details, Session

DECIMALS = 6
"""Of logged cosines."""


class Retrieved(Details):
    """What is logged of a decision: how near the trajectory is that the step was taken from."""

    similarity: float


class Near(NamedTuple):
    """A remembered trajectory, the kinds of thing that its task names, and the cosine between its task and this one."""

    trajectory: Trajectory
    kinds: tuple[str, ...]
    similarity: float


class Replay:
    """Replays demonstrations step by step, the nearest first; what cannot be filled is left out."""

    def __init__(self, near: Sequence[Near], kinds: Sequence[str], tools: Tools) -> None:
        self.near = near
        self.kinds = kinds
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
        step, details = len(session.steps), Retrieved(similarity=round(near.similarity, DECIMALS))
        success = session.perform(command)
        return Decision(step=step, kind="skill", chosen=near.trajectory.task_id, success=success, details=details)

    def _commands(self, belief: Belief) -> Iterator[tuple[Near, Command]]:
        """Yield the commands in turn; each is filled when it is due, by what was seen until then."""
        for near in self.near:
            theirs = Belief(self.tools.reader, near.trajectory.task)
            theirs.start(near.trajectory.first_observation)
            filler = Filler(theirs, belief, dict(zip(near.kinds, self.kinds, strict=False)))
            for step in near.trajectory.steps:
                command = self.tools.reader.parse(step.action)
                filled = filler.fill(command) if command is not None else None
                theirs.update(step.action, step.observation)
                if filled is not None:
                    yield near, filled


class Filler:
    """Replaces the things in a demonstration's commands by things of this task, each time in the same way."""

    def __init__(self, theirs: Belief, ours: Belief, kinds: Mapping[str, str]) -> None:
        self.theirs = theirs
        self.ours = ours
        self.kinds = kinds
        """Kind that their task names → the one that ours names in its place."""
        self.roles: dict[str, str] = {}

    def fill(self, command: Command) -> Command | None:
        """Return the command with our things; None while there is none in place of one of theirs."""
        by_task = sorted(command.arguments, key=lambda name: self.theirs.types.get(name) not in self.kinds)
        for name in by_task:
            found = self.roles.get(name) or self._named(name) or self._holder(name) or self._of_kind(name)
            if found is None:
                return None
            self.roles[name] = found
        return Command(command.verb, tuple(self.roles[name] for name in command.arguments))

    def _named(self, name: str) -> str | None:
        """Return what our task names in the place in which theirs names this."""
        kind = self.theirs.named.get(name)
        alike = [other for other, of in self.theirs.named.items() if of == kind]
        ours = [other for other, of in self.ours.named.items() if of == kind]
        place = alike.index(name) if name in alike else len(ours)
        return ours[place] if place < len(ours) else None

    def _holder(self, name: str) -> str | None:
        """Return what had revealed the one of ours that stands for what this had revealed."""
        held = next((their for their in self.roles if self.theirs.holder.get(their) == name), None)
        return self.ours.holder.get(self.roles[held]) if held is not None else None

    def _of_kind(self, name: str) -> str | None:
        """Return the thing of that name, or else the first of that kind, which plays no role yet."""
        kind = self.theirs.types.get(name, "")
        wanted = self.kinds.get(kind, kind)
        free = [other for other, of in self.ours.types.items() if of == wanted and other not in self.roles.values()]
        return name if name in free else next(iter(free), None)
