"""The world as data: jobs, the ways to finish them, and rooms drawn from a seed. Every probability is known.

| job | what it proves |
|---|---|
| fire | one way with a success rate p: a posterior must recover p |
| mend | two ways with different rates: exploration must find the better one |
| glaze | succeeds only on a piece that is not damp, which a sentence says: refinement must find that condition |
| fill | a step to repeat until its effect holds, or to skip because it holds already: a control policy must tell |
"""

from dataclasses import dataclass, replace
from random import Random
from typing import Literal

JobName = Literal["fire", "mend", "glaze", "fill"]


@dataclass(frozen=True)
class Job:
    """What a customer asks for, and the decisive commands that may finish it."""

    wordings: tuple[str, ...]
    """How customers ask for it: the usual way, then others that training tasks never use."""
    ways: dict[str, str]
    """Verb template → kind of station it needs."""


JOBS: dict[JobName, Job] = {
    "fire": Job(("fire a {} in kiln.", "bake a {} in kiln.", "burn a {} in kiln."), {"fire {} in {}": "kiln"}),
    "mend": Job(
        ("mend a {} at bench.", "repair a {} at bench.", "fix a {} at bench."),
        {"glue {} at {}": "bench", "rivet {} at {}": "bench"},
    ),
    "glaze": Job(("glaze a {} at vat.", "coat a {} at vat.", "varnish a {} at vat."), {"glaze {} at {}": "vat"}),
    "fill": Job(
        ("put a full {} on table.", "place a full {} on table.", "put a filled {} on table."), {"put {} on {}": "table"}
    ),
}
DECISIVE = {verb: station for job in JOBS.values() for verb, station in job.ways.items()}
"""Every decisive verb and its station: on a piece it ends the episode, done or spoilt."""

STATIONS = ("kiln 1", "bench 1", "vat 1", "well 1", "table 1")
PIECES = ("vase", "bowl", "cup", "jar")
UNSEEN_PIECES = ("dish", "pot")
"""Kinds that training tasks never ask for; they stand about as other pieces."""
COLOURS = ("red", "blue")
"""A visible fact that decides nothing: a condition on it is a mistake."""
MOST_POURS = 3


@dataclass(frozen=True)
class Chances:
    """The probabilities of the world."""

    fire: float = 0.7
    glue: float = 0.35
    rivet: float = 0.85
    damp: float = 0.5
    """That the piece to glaze is damp."""
    crate: float = 0.7
    """That the piece asked for lies in a crate rather than on a shelf."""

    def success(self, verb: str, *, damp: bool, full: bool) -> float:
        """Return the probability that a job's decisive command succeeds on a piece in this state."""
        known = {"fire {} in {}": self.fire, "glue {} at {}": self.glue, "rivet {} at {}": self.rivet}
        return {**known, "glaze {} at {}": float(not damp), "put {} on {}": float(full)}[verb]

    def swapped(self) -> "Chances":
        """Return the same with the two ways of mending in each other's place (``env.drift``)."""
        return replace(self, glue=self.rivet, rivet=self.glue)


@dataclass(frozen=True)
class Room:
    """One task's workshop, before anything is done in it."""

    job: JobName
    piece: str
    """The piece asked for, e.g. ``vase 1``; the only one of its kind."""
    holders: dict[str, tuple[str, ...]]
    """Holder → the pieces in it."""
    colour: str
    damp: bool
    pours: int
    """How often the piece must be filled before it is full; 0: it is full."""
    wording: int = 0
    """Which of the job's wordings the customer uses."""

    @property
    def kind(self) -> str:
        """The kind of piece asked for."""
        return self.piece.split()[0]

    @property
    def instruction(self) -> str:
        """The task as the agent reads it."""
        return JOBS[self.job].wordings[self.wording].format(self.kind)

    @property
    def home(self) -> str:
        """The holder of the piece asked for."""
        return next(holder for holder, pieces in self.holders.items() if self.piece in pieces)


def draw_room(rng: Random, job: JobName, kinds: tuple[str, ...], n_each: int, chances: Chances) -> Room:
    """Return a random room with ``n_each`` shelves and crates; the piece asked for is of one of ``kinds``."""
    kind = rng.choice(kinds)
    names = [f"{holder} {number}" for holder in ("shelf", "crate") for number in range(1, n_each + 1)]
    home = f"{'crate' if rng.random() < chances.crate else 'shelf'} {rng.randint(1, n_each)}"
    contents: dict[str, list[str]] = {name: [] for name in names}
    contents[home].append(f"{kind} 1")
    for other in rng.sample([other for other in PIECES + UNSEEN_PIECES if other != kind], 2):
        contents[rng.choice(names)].append(f"{other} 1")
    return Room(
        job=job,
        piece=f"{kind} 1",
        holders={name: tuple(pieces) for name, pieces in contents.items()},
        colour=rng.choice(COLOURS),
        damp=job == "glaze" and rng.random() < chances.damp,
        pours=rng.randint(0, MOST_POURS) if job == "fill" else 0,
    )
