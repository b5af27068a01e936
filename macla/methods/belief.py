"""What an agent may believe from text alone: which entities exist, what was last done and said about each.

A :class:`Belief` is folded from observations and commands through the adapter's lexicon. It serves learning (reading
trajectories) and acting (checking conditions, binding slots) alike, so both see the world in the same terms.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random

from macla.benchmarks.lexicon import Command, Mention
from macla.methods.derived import Derived
from macla.methods.reading import Reader, Reading

UNTOUCHED = "untouched"
"""The fact about an entity to which no command has been applied yet."""


def done(verb: str, position: int) -> str:
    """Return the fact "``verb`` was the last command applied to it, as argument ``position``"."""
    slots = iter(range(verb.count("{}")))
    return "did: " + re.sub(r"\{\}", lambda _: "it" if next(slots) == position else "…", verb)


@dataclass
class Things:
    """What is known of entities beside what was done to them: needed where tasks name the things themselves."""

    sight: tuple[str, ...] = ()
    """Entities that the last observation mentions outside the instruction, in order."""
    attributes: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """Entity → (type, name) of what is mentioned inside its own mention: the cells of a row."""
    whole: dict[str, str] = field(default_factory=dict)
    """Entity in sight → the entity inside whose mention it stands: parts of one whole are alternatives."""
    settled: set[str] = field(default_factory=set)
    """Wholes of which a part was used since they came into sight."""
    text: dict[str, str] = field(default_factory=dict)
    """Entity → the words of its mention when last seen."""
    revealers: dict[str, set[str]] = field(default_factory=dict)
    """Entity → the arguments of every command whose feedback mentioned it."""
    used: list[Command] = field(default_factory=list)
    """The accepted commands, in order …"""
    denied: set[Command] = field(default_factory=set)
    """… and those refused at any time in the episode."""

    def look(self, reading: Reading, observation: str, task: str, command: Command | None) -> dict[str, str]:
        """Note what an observation shows; return the entities in its repetition of the task, with their types."""
        start = observation.find(task)
        end = start + len(task) if start >= 0 else -1
        inside = [start <= mention.start and mention.end <= end for mention in reading.mentions]
        shown = [mention for mention, named in zip(reading.mentions, inside, strict=True) if not named]
        self.sight = tuple(dict.fromkeys(mention.name for mention in shown))
        arguments = command.arguments if command is not None else ()
        for name in self.sight:
            if name not in arguments:
                self.revealers.setdefault(name, set()).update(arguments)
        self._rows(shown, observation)
        wholes = {*self.whole.values()}
        self.settled = {whole for whole in self.settled if whole in wholes}
        self.settled.update(self.whole[name] for name in arguments if name in self.whole)
        return {m.name: m.type for m, named in zip(reading.mentions, inside, strict=True) if named}

    def _rows(self, shown: list[Mention], observation: str) -> None:
        outer: Mention | None = None
        self.whole = {}
        for mention in sorted(shown, key=lambda mention: (mention.start, -mention.end)):
            if outer is not None and mention.end <= outer.end:
                self.attributes[outer.name] += ((mention.type, mention.name),)
                self.whole[mention.name] = outer.name
                continue
            outer = mention
            self.attributes[mention.name] = ()
            self.text[mention.name] = observation[mention.start : mention.end]


@dataclass
class Belief:
    """Working memory of one episode."""

    reader: Reader
    task: str = ""
    """The instruction; where an observation repeats it, its entities are named by the task, not in sight."""
    named: dict[str, str] = field(default_factory=dict)
    """The things that the task itself names, as commands spell them, and their types; empty where a task names only
    kinds of things."""
    types: dict[str, str] = field(default_factory=dict)
    """Every entity mentioned so far and its type, in order of appearance."""
    things: Things = field(default_factory=Things)
    holder: dict[str, str] = field(default_factory=dict)
    """Entity → the entity whose exploration revealed it last."""
    explored: dict[str, set[str]] = field(default_factory=dict)
    """Entity → verbs already applied to it and accepted."""
    refused: set[Command] = field(default_factory=set)
    """Commands rejected since the last accepted command that changed something else."""
    idle: set[Command] = field(default_factory=set)
    """Accepted commands after which all looked as before, since something last changed: to repeat them is futile."""
    last_of_verb: dict[str, Command] = field(default_factory=dict)
    last_command: Command | None = None
    last_observation: str = ""
    patterns: tuple[str, ...] = ()
    """The sentences of the last observation, entities cut out."""
    dice: Random | None = field(default=None, repr=False)
    """Where it is given, candidates are drawn by their odds: practice tries out what demonstrators seldom chose."""
    derived: Derived = field(default_factory=Derived, repr=False)
    """What was computed from the present state."""
    renewed: set[str] = field(default_factory=set, repr=False)
    """Entities about which the last observation, or the command before it, said something."""
    _done: dict[str, str] = field(default_factory=dict)
    _said: dict[str, frozenset[str]] = field(default_factory=dict)
    _facts: dict[str, frozenset[str]] = field(default_factory=dict)
    """Entity → the facts about it, where they were asked for since they last changed."""
    _general: frozenset[str] = frozenset()

    @property
    def names_things(self) -> bool:
        """Whether the task names the things themselves, not only kinds of things; where commands have parts all do."""
        return bool(self.named) or self.reader.composes

    def start(self, observation: str) -> None:
        """Read the task and the first observation, which is no feedback: what it says of the whole is no fact."""
        self.named = dict(self.reader.read(self.task).types) if self.task else {}
        self.types.update(self.named)
        self._observe(observation, None)
        self._general = frozenset()

    def name(self, things: Mapping[str, str]) -> None:
        """Take in the things that the task names, and their types, as a model read them."""
        self.named = dict(things)
        self.types.update(things)
        self.derived.clear()

    def saw_at_once(self, verb: str, names: Sequence[str]) -> None:
        """Take things as explored by a command on each, for one action of another form showed what these show."""
        for name in names:
            self.explored.setdefault(name, set()).add(verb)
            self.last_command = self.last_of_verb[verb] = Command(verb, (name,))
        self.derived.clear()

    def update(self, action: str, observation: str) -> bool:
        """Fold one command and its feedback in; return whether the command was accepted."""
        self.renewed.clear()
        command = self.reader.parse(action)
        accepted = command is not None and not self.reader.read(observation).rejected
        if command is not None and not accepted:
            self.refused.add(command)
            self.things.denied.add(command)
        if command is not None and accepted:
            self.refused.clear()
            if observation != self.last_observation:
                self.idle.clear()
            elif command.arguments:
                self.idle.add(command)
            self.last_command = command
            self.things.used.append(command)
            self.last_of_verb[command.verb] = command
            for position, name in enumerate(command.arguments):
                self._done[name] = done(command.verb, position)
                self._renew(name)
                self.explored.setdefault(name, set()).add(command.verb)
        self._observe(observation, command if accepted else None)
        return accepted

    def left_at(self, name: str) -> str | None:
        """Return where the last accepted command that names an entity had it: its last argument; None if that is it."""
        last = next((command for command in reversed(self.things.used) if name in command.arguments), None)
        return None if last is None or last.arguments[-1] == name else last.arguments[-1]

    def was_left(self, name: str) -> None:
        """Take an entity to be where it was left."""
        place = self.left_at(name)
        if place is not None:
            self.holder[name] = place
            self.derived.clear()

    def about(self, name: str | None) -> frozenset[str]:
        """Return the current facts about an entity (None: about the situation as a whole)."""
        if name is None:
            return self._general
        if name not in self._facts:
            self._facts[name] = _one_of(self._said.get(name, frozenset()) | {self._done.get(name, UNTOUCHED)})
        return self._facts[name]

    def _renew(self, name: str) -> None:
        """Note that the facts about an entity may have changed."""
        self.renewed.add(name)
        self._facts.pop(name, None)

    def last_done(self, name: str | None) -> str:
        """Return the fact that names the last command applied to ``name``, or :data:`UNTOUCHED`."""
        return UNTOUCHED if name is None else self._done.get(name, UNTOUCHED)

    def of_type(self, kind: str) -> list[str]:
        """Return the known entities of a type, in order of appearance."""
        return [name for name, known in self.types.items() if known == kind]

    def _observe(self, observation: str, command: Command | None) -> None:
        reading = self.reader.read(observation) if command is None else self.reader.answer(command, observation)
        self.derived.clear()
        self.last_observation = observation
        self.named.update(self.things.look(reading, observation, self.task, command))
        said: dict[str, set[str]] = {}
        general = set()
        self.patterns = tuple(sentence.pattern for sentence in reading.sentences)
        for sentence in reading.sentences:
            if not sentence.holes:
                general.add(_said(sentence.pattern))
            for index, names in enumerate(sentence.holes):
                for name in names:
                    said.setdefault(name, set()).add(_mark(sentence.pattern, index))
        arguments = command.arguments if command is not None else ()
        for name, kind in reading.types:
            self.types.setdefault(name, kind)
            if name not in arguments and arguments:
                self.holder[name] = arguments[-1]
        for name, facts in said.items():
            self._said[name] = frozenset(facts)
            self._renew(name)
        if not reading.rejected:
            self._general = _one_of(frozenset(general))


@lru_cache(maxsize=8192)
def _said(pattern: str) -> str:
    """Return the fact that a sentence about the situation as a whole was said: one object for equal sentences."""
    return f"said: {pattern}"


@lru_cache(maxsize=8192)
def _mark(pattern: str, index: int) -> str:
    """Return the fact that ``pattern`` was said of the entity in its ``index``-th hole; other holes are ``…``."""
    holes = iter(range(pattern.count("<>") + pattern.count("<…>")))
    return _said(re.sub(r"<…>|<>", lambda _: "it" if next(holes) == index else "…", pattern))


@lru_cache(maxsize=8192)
def _one_of(facts: frozenset[str]) -> frozenset[str]:
    """Return the same object for equal sets: thousands of traces say the same of their entities."""
    return facts
