"""Wrong steps of experts (``build.noise``): a random command where another one is due."""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from macla.benchmarks.base import Task
from macla.benchmarks.lexicon import Lexicon
from macla.benchmarks.trajectory import Trajectory
from macla.seeding import python_rng

_HOLE = re.compile(r"\{[^{}]*\}")


class Slips:
    """Says which steps are wrong and counts them: the same ones for the same seed, task and number of the step."""

    def __init__(self, share: float, seed: int, grammar: str, lexicon: Lexicon) -> None:
        """``share`` of the steps are wrong; ``grammar`` lists the commands, one a line (a benchmark's ``help``)."""
        self.share = share
        self.seed = seed
        self.made = 0
        """How many steps were wrong so far."""
        self._templates = [line.strip() for line in grammar.splitlines() if line.strip()]
        self._lexicon = lexicon

    def command(self, task: str, step: int, seen: Sequence[str], possible: Sequence[str] = ()) -> str | None:
        """Return the wrong command to give as this step of a task; None when the step is right.

        One of those that are ``possible`` now, where that is known; else a line of the grammar filled with things of
        the texts ``seen`` in the episode, which is often refused.
        """
        rng = python_rng(self.seed, "slip", task, step)
        if rng.random() >= self.share:
            return None
        self.made += 1
        if possible:
            return rng.choice(possible)
        things = list(dict.fromkeys(mention.name for text in seen for mention in self._lexicon.mentions(text)))
        return _HOLE.sub(lambda _: rng.choice(things) if things else "", rng.choice(self._templates))


@runtime_checkable
class Erring(Protocol):
    """A benchmark whose experts go on from wherever a wrong step led them (``build.noise``).

    Example:
        ``action = slips.command(task.id, step, seen) or expert.action()``
    """

    def erring_experts(self, tasks: Sequence[Task], *, seed: int, slips: Slips) -> Iterator[Trajectory]:
        """Yield the trajectories of ``experts`` as they become when the steps that ``slips`` says are wrong.

        Args:
            tasks: As of ``experts``.
            seed: As of ``experts``.
            slips: Says which steps are wrong, and counts them.

        Yields:
            Trajectories, as ``experts`` does.
        """
        ...
