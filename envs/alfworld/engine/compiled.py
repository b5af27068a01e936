"""The ``compiled`` engine: the real game's exact semantics on integer tables (``docs/spec/alfworld.md §D``)."""

from collections.abc import Iterable
from pathlib import Path

from envs.alfworld.engine import State
from envs.alfworld.engine.commands import Action, CommandTable
from envs.alfworld.engine.grammar import NOTHING_HAPPENS, listing
from envs.alfworld.engine.situation import Situation
from envs.alfworld.engine.world import World, read_world

# What a held object looks like, first match wins; the domain's texts for lamps can never be reached.
_LOOKS = (
    ({"clean", "hot", "sliced"}, "hot and clean sliced"),
    ({"clean", "cool", "sliced"}, "cool and clean sliced"),
    ({"clean", "sliced"}, "clean sliced"),
    ({"hot", "sliced"}, "hot sliced"),
    ({"cool", "sliced"}, "cool sliced"),
    ({"clean", "hot"}, "hot and clean"),
    ({"clean", "cool"}, "cool and clean"),
    ({"hot"}, "hot"),
    ({"clean"}, "clean"),
    ({"cool"}, "cold"),
    ({"sliced"}, "sliced"),
)


class CompiledEngine:
    """Plays one game; feedback, admissible commands and ``won`` equal the real engine's byte for byte."""

    def __init__(self, path: Path) -> None:
        self.world: World = read_world(path)
        self._table = CommandTable(self.world)
        self.reset()

    def reset(self) -> State:
        """Return the opening: the room and the task."""
        self.situation = Situation(self.world)
        here = self.situation.receptacles_here
        room = self._look(here) if here else _middle_of_room(_articled(self.world.receptacles))
        return self._observe(f"{room}\n\n{self.world.task_line}")

    def step(self, command: str) -> State:
        """Return the state after ``command``, matched exactly once surrounding white space is gone."""
        action = self._actions.get(command.strip())
        if action is None:
            return State(NOTHING_HAPPENS, *self._state[1:])
        return self._observe(self._play(action))

    def facts(self) -> list[str]:
        """Return the sorted facts that the hand-coded expert reads."""
        world, now = self.world, self.situation
        found = [
            f"inreceptacle {world.objects[thing]} {world.receptacles[receptacle]}"
            for receptacle, things in enumerate(now.inside)
            for thing in things
        ]
        for treatment in ("hot", "cool", "clean"):
            found += [f"is{treatment} {world.objects[thing]}" for thing in now.treated(treatment)]
        if now.held is not None:
            found.append(f"holds {world.agent} {world.objects[now.held]}")
        return sorted(found)

    def close(self) -> None:
        """Nothing to free."""

    def _observe(self, feedback: str) -> State:
        self._actions: dict[str, Action] = self._table.admissible(self.situation)
        self._state = State(feedback, tuple(sorted(self._actions)), self.situation.won())
        return self._state

    def _play(self, action: Action) -> str:
        """Carry out an admissible action; return its feedback."""
        world, now = self.world, self.situation
        thing, where = world.objects[action.thing], world.receptacles[action.receptacle]
        match action.verb:
            case "go":
                now.location = world.receptacle_location[action.receptacle]
                arrived = world.locations[now.location] if world.grammar.names_location else where
                return f"You arrive at {arrived}. {self._examine(action.receptacle)}"
            case "open":
                now.opened.add(action.receptacle)
                return f"You open the {where}. {self._examine(action.receptacle)}"
            case "close":
                now.opened.discard(action.receptacle)
                return f"You close the {where}."
            case "take":
                now.take(action.thing, action.receptacle)
                return f"You pick up the {thing} from the {where}."
            case "place":
                now.place(action.thing, action.receptacle)
                return world.grammar.placed.format(thing, where)
            case "heat" | "cool" | "clean":
                self._treat(action.verb, action.thing)
                return f"You {action.verb} the {thing} using the {where}."
            case "use":
                now.toggled.add(action.thing)
                return f"You turn on the {thing}."
            case "slice":
                now.sliced.add(action.thing)
                return f"You sliced the {thing} with the {world.objects[action.knife]}."
            case _:
                return self._say(action)

    def _treat(self, verb: str, thing: int) -> None:
        now = self.situation
        if verb == "clean":
            now.clean.add(thing)
            return
        gains, loses = (now.hot, now.cool) if verb == "heat" else (now.cool, now.hot)
        gains.add(thing)
        loses.discard(thing)

    def _say(self, action: Action) -> str:
        """Return the feedback of an action that changes nothing."""
        match action.verb:
            case "examine":
                return self._examine(action.receptacle)
            case "inspect":
                return self._inspect(action.thing)
            case "look":
                here = self.situation.receptacles_here
                return self._look(here) if here else _middle_of_room([])
            case "inventory" if self.situation.held is not None:
                return f"You are carrying: a {self.world.objects[self.situation.held]}."
            case "inventory":
                return "You are not carrying anything."
            case _:
                return self.world.grammar.help or ""

    def _examine(self, receptacle: int) -> str:
        name = self.world.receptacles[receptacle]
        if not self.situation.accessible(receptacle):
            return f"The {name} is closed."
        seen = listing(_articled(self.world.objects[thing] for thing in sorted(self.situation.inside[receptacle])))
        if receptacle in self.world.openable:
            return f"The {name} is open. In it, you see {seen}."
        return f"On the {name}, you see {seen}."

    def _inspect(self, thing: int) -> str:
        world, now, name = self.world, self.situation, self.world.objects[thing]
        if thing in world.contents:
            seen = listing(_articled(world.objects[inner] for inner in world.contents[thing]))
            return f"This is a normal {name}. In it, you see {seen}."
        treatments = {"clean": now.clean, "hot": now.hot, "cool": now.cool, "sliced": now.sliced}
        state = {treatment for treatment, things in treatments.items() if thing in things}
        for needed, words in _LOOKS:
            if needed <= state:
                return f"This is a {words} {name}."
        return f"There's nothing special about {name}."

    def _look(self, here: tuple[int, ...]) -> str:
        """Return ``look`` where receptacles stand; beside them it lists what was taken and put elsewhere here."""
        world, now = self.world, self.situation
        beside = [
            world.objects[thing]
            for thing, receptacle in sorted(now.taken_from)
            if receptacle in here and now.location in now.object_locations[thing]
        ]
        facing = listing([world.receptacles[receptacle] for receptacle in here])
        return f"You are facing the {facing}. Next to it, you see {listing(_articled(beside))}."


def _articled(names: Iterable[str]) -> list[str]:
    return [f"a {name}" for name in names]


def _middle_of_room(seen: list[str]) -> str:
    return f"You are in the middle of a room. Looking quickly around you, you see {listing(seen)}."
