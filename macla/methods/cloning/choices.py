"""The choices behind the arguments of commands: what was chosen, and what could have been."""

from collections.abc import Iterator
from dataclasses import dataclass

from macla.benchmarks.lexicon import Command
from macla.methods.belief import Belief
from macla.methods.cloning.candidate_features import CandidateSet, Features
from macla.methods.cloning.settings import ArgumentSettings
from macla.methods.episode import Episode
from macla.methods.reading import Reader
from macla.seeding import python_rng


@dataclass(frozen=True)
class Choice:
    """One argument that was filled: the features of all candidates, the chosen one first."""

    verb: str
    position: int
    kind: str
    rows: tuple[Features, ...]


def choices(belief: Belief, task_id: str, command: Command, settings: ArgumentSettings) -> Iterator[Choice]:
    """Yield the choice behind each argument that was known before: the chosen entity against others of its kind.

    A statement that is put together from parts has none: what fills its parts is learned apart.
    """
    if belief.reader.parts(command):
        return
    bound: dict[int, str] = {}
    for position in filling_order(command, belief):
        name = command.arguments[position]
        kind = belief.types.get(name)
        if kind is not None:
            others = [other for other in belief.of_type(kind) if other != name]
            candidates = CandidateSet(belief, settings, command.verb, position, candidates=[name, *others], bound=bound)
            if len(others) > settings.rivals:
                rng = python_rng(0, "rivals", task_id, len(belief.things.used), position)
                others = rng.sample(others, settings.rivals)
            yield Choice(command.verb, position, kind, tuple(candidates.features(one) for one in (name, *others)))
        bound[position] = name


def choices_of(reader: Reader, episode: Episode, settings: ArgumentSettings) -> tuple[Choice, ...]:
    """Return the choices behind all accepted commands of an episode."""
    belief = Belief(reader, episode.instruction)
    belief.start(episode.first_observation)
    found: list[Choice] = []
    for step in episode.steps:
        command = reader.parse(step.action)
        made = list(choices(belief, episode.task, command, settings)) if command else []
        if belief.update(step.action, step.observation):
            found += made
    return tuple(found)


def filling_order(command: Command, belief: Belief) -> list[int]:
    """Return the positions of the arguments: what revealed other arguments first, then from left to right."""
    revealing = [
        any(name in belief.things.revealers.get(other, ()) for other in command.arguments) for name in command.arguments
    ]
    return sorted(range(len(revealing)), key=lambda position: not revealing[position])
