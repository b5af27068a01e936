"""One task as an environment: what each command does and says. Luck comes from the seed alone."""

import string
from typing import Any

import gymnasium

from envs.toy.lexicon import REJECTION, ToyLexicon
from envs.toy.world import DECISIVE, JOBS, STATIONS, Chances, Room
from macla.benchmarks.base import TaskEnv
from macla.seeding import python_rng

CHARSET = string.digits + string.ascii_letters + string.punctuation + " \n"
DONE, SPOILT = "The work is done.", "The work is spoilt."
_LEXICON = ToyLexicon()


class ToyEnv(TaskEnv):
    """Plays ``room``: a decisive command ends the episode, so do ``horizon`` commands.

    Whether a decisive command succeeds is drawn from the seed and its verb, not from what went before: with one
    seed, two policies that use the same way have the same luck.
    """

    def __init__(self, room: Room, chances: Chances, horizon: int, seed: int) -> None:
        self.room = room
        self.chances = chances
        self.horizon = horizon
        self.seed = seed
        self.observation_space = gymnasium.spaces.Text(2000, min_length=0, charset=CHARSET)
        self.action_space = gymnasium.spaces.Text(200, min_length=0, charset=CHARSET)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
        """Return the opening text and ``info``; without a seed the one given at creation decides the luck."""
        super().reset(seed=seed)
        self._luck = self.seed if seed is None else seed
        self._steps = 0
        self._place = ""
        self._holders = {holder: list(pieces) for holder, pieces in self.room.holders.items()}
        self._held: list[str] = []
        self._damp, self._pours = self.room.damp, self.room.pours
        self._done = self._spoilt = False
        return self._look(), self._info()

    def step(self, action: str) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Return feedback, reward (1.0 when done), terminated (done or spoilt), truncated (horizon), info."""
        self._steps += 1
        feedback = self._feedback(action)
        terminated = self._done or self._spoilt
        truncated = not terminated and self._steps >= self.horizon
        return feedback, float(self._done), terminated, truncated, self._info()

    def admissible(self) -> list[str]:
        """Return every command that is not refused now, in a fixed order."""
        found = ["look", *(f"go to {place}" for place in (*self._holders, *STATIONS))]
        found += [f"take {piece} from {self._place}" for piece in self._at(self._place)]
        if self._damp and self.room.piece in self._held:
            found.append(f"wipe {self.room.piece}")
        if self._can_fill():
            found.append(f"fill {self.room.piece} at {self._place}")
        at = [verb for verb, station in DECISIVE.items() if self._place.split(" ")[0] == station]
        return found + [verb.format(piece, self._place) for verb in at for piece in self._held]

    def _feedback(self, action: str) -> str:
        """Carry out a command and return what is said; one that is not possible changes nothing."""
        command = _LEXICON.parse(action)
        match command:
            case ("look", ()):
                return self._look()
            case ("go to {}", (place,)) if place in self._holders or place in STATIONS:
                return self._go(place)
            case ("take {} from {}", (piece, holder)) if holder == self._place and piece in self._at(holder):
                return self._take(piece, holder)
            case ("wipe {}", (piece,)) if piece in self._held and piece == self.room.piece and self._damp:
                self._damp = False
                return f"You wipe the {piece}. {self._state()}"
            case ("fill {} at {}", (piece, "well 1")) if piece == self.room.piece and self._can_fill():
                self._pours -= 1
                return f"You fill the {piece} at the well 1. {self._state()}"
            case (verb, (piece, station)) if verb in DECISIVE and piece in self._held and station == self._place:
                return self._decide(verb, piece, station)
        return REJECTION

    def _look(self) -> str:
        names = [*self._holders, *STATIONS]
        return f"You are in a workshop. You see a {', a '.join(names[:-1])}, and a {names[-1]}."

    def _go(self, place: str) -> str:
        self._place = place
        if place not in self._holders:
            return f"You arrive at the {place}."
        pieces = " and ".join(f"a {piece}" for piece in self._holders[place]) or "nothing"
        return f"You arrive at the {place}. In it you see {pieces}."

    def _take(self, piece: str, holder: str) -> str:
        self._holders[holder].remove(piece)
        self._held.append(piece)
        said = f"You take the {piece} from the {holder}."
        return (
            f"{said} The {piece} is {self.room.colour}. {self._state()}".strip() if piece == self.room.piece else said
        )

    def _state(self) -> str:
        """Return the cue: the sentence that says what decides the job (nothing where luck decides)."""
        if self.room.job == "glaze":
            return f"The {self.room.piece} is {'damp' if self._damp else 'dry'}."
        if self.room.job == "fill":
            return f"The {self.room.piece} is {'not full' if self._pours else 'full'}."
        return ""

    def _decide(self, verb: str, piece: str, station: str) -> str:
        """Finish the job, or spoil it: the wrong work, the wrong piece, the wrong state or bad luck."""
        if DECISIVE[verb] != station.split()[0]:
            return REJECTION
        chance = self.chances.success(verb, damp=self._damp, full=not self._pours)
        asked = verb in JOBS[self.room.job].ways and piece == self.room.piece
        self._done = asked and python_rng(self._luck, "luck", verb).random() < chance
        self._spoilt = not self._done
        name = verb.split()[0]
        return f"You {name} the {piece} {verb.split()[2]} the {station}. {DONE if self._done else SPOILT}"

    def _at(self, holder: str) -> list[str]:
        return self._holders.get(holder, [])

    def _can_fill(self) -> bool:
        return self._place == "well 1" and self.room.piece in self._held and self._pours > 0

    def _info(self) -> dict[str, Any]:
        return {
            "task": self.room.instruction,
            "task_type": self.room.job,
            "success": self._done,
            "score": float(self._done),
        }
