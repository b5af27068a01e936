"""The gathering stage: the official ReAct loop around the tools, with its limits (``docs/spec/travelplanner.md §3``).

The language model stands outside: :meth:`Gathering.act` takes its action and gives the observation. Thoughts are the
agent's own, so the scratchpad holds actions and observations only.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from envs.travelplanner import tools
from envs.travelplanner.database import Database

MASK = "Masked due to limited length. Make sure the data has been written in Notebook."
INVALID_ACTION = (
    "Invalid Action. Valid Actions are  FlightSearch[Departure City, Destination City, Date] / "
    "AccommodationSearch[City] /  RestaurantSearch[City] / NotebookWrite[Short Description] / AttractionSearch[City]"
    " / CitySearch[State] / GoogleDistanceMatrix[Origin, Destination, Mode] and Planner[Query]."
)
NULL_ACTION = (
    "No feedback from the environment due to the null action."
    " Please make sure your action does not start with [Thought, Action, Observation]."
)
FILTERED = (
    " Your action is filtered due to content. Please make sure your action does not start with"
    " ['\\\\n', 'Thought', 'Action', 'Observation'] and assume all the actions are permitted in this environment"
    " and take the action again."
)
REPEATED = "same action 3 times repeated"
TOO_LONG = "Max Token Length Exceeded."
PLANNER = "Planner"

_ACTION = re.compile(r"^(\w+)\[(.+)\]$")
_BLANKS = re.compile(r" {2,}")
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")

COUNTERS = {
    "FlightSearch": "flights",
    "AttractionSearch": "attractions",
    "AccommodationSearch": "invalidAction",  # its own failures are counted where nothing looks: an official quirk
    "RestaurantSearch": "restaurants",
    "GoogleDistanceMatrix": "googleDistanceMatrix",
    "NotebookWrite": "notebook",
    "CitySearch": "cities",
}
"""Tool → the error counter that stops it."""


def parse_action(text: str) -> tuple[str, str] | tuple[None, None]:
    """Return (tool, argument) of ``Tool[argument]``, (None, None) for anything else."""
    match = _ACTION.match(text)
    return (match.group(1), match.group(2)) if match else (None, None)


def format_step(text: str) -> str:
    """Return an action as the official loop reads it: trimmed, on one line."""
    return text.strip("\n").strip().replace("\n", "")


def estimated_tokens(text: str) -> int:
    """Return the length in tokens: three characters each, a run of blanks one (the official count needs tiktoken)."""
    return len(_BLANKS.sub(" ", text)) // 3


class Refused(Exception):  # noqa: N818  (an answer to the agent, not an error of ours)
    """A call that the tool refuses: the observation, and the state for the log."""

    def __init__(self, observation: str, state: str) -> None:
        super().__init__(observation)
        self.observation = observation
        self.state = state


class Note(NamedTuple):
    """One entry of the notebook; the content is None when nothing had been searched yet."""

    description: str
    content: str | None


@dataclass
class Gathering:
    """One episode of tool use."""

    database: Database
    max_steps: int = 30
    max_retries: int = 3
    max_tokens: int = 30000
    step: int = 1
    """Number of the next step."""
    current: str | None = None
    """The last searched data: what NotebookWrite stores."""
    notebook: list[Note] = field(default_factory=list)
    scratchpad: str = ""
    """Actions and observations so far, the older data masked."""
    log: list[dict[str, Any]] = field(default_factory=list)
    ended: str | None = None
    """Why the episode ended, None while it goes on; "Planner" when the agent asked for the plan."""
    _errors: Counter[str] = field(default_factory=Counter)
    _last: list[str] = field(default_factory=list)

    def act(self, action: str) -> str:
        """Do one step and return its observation ("" when the episode ends before the tool is called)."""
        action = format_step(action)
        self.scratchpad += f"\nAction {self.step}:" + (f" {action}" if action else FILTERED)
        self.log.append({"step": self.step, "thought": "", "action": action, "observation": "", "state": ""})
        self._last = [*self._last, action] if self._last and self._last[-1] == action else [action]
        if len(self._last) == 3:
            return self._end(REPEATED)
        self.scratchpad += f"\nObservation {self.step}: "
        observation = self._observe(action) if action else NULL_ACTION
        if self.ended in (None, PLANNER):
            self.scratchpad += observation
            self.log[-1]["observation"] = observation
            self.step += 1
            if self.ended is None:
                self._halt()
        return observation

    def _observe(self, action: str) -> str:
        tool, argument = parse_action(action)
        if tool == PLANNER:
            self._succeed()
            self.ended = PLANNER
            return self.notebook_text()
        counter = COUNTERS.get(tool or "", "invalidAction")
        if self._errors[counter] >= self.max_retries:
            return self._end(f"{counter} early stop due to {self.max_retries} max retries.")
        run = self._runs().get(tool or "")
        if run is None or argument is None:
            self._errors["invalidAction"] += 1
            self.log[-1]["state"] = "invalidAction"
            return INVALID_ACTION
        try:
            observation = run(argument)
        except Refused as refusal:
            if tool != "AccommodationSearch":
                self._errors[counter] += 1
            self.log[-1]["state"] = refusal.state
            return refusal.observation
        self._succeed()
        return observation

    def _runs(self) -> dict[str, Callable[[str], str]]:
        return {
            "FlightSearch": self._flights,
            "AttractionSearch": lambda city: self._city(tools.attraction_search, city),
            "AccommodationSearch": lambda city: self._city(tools.accommodation_search, city),
            "RestaurantSearch": lambda city: self._city(tools.restaurant_search, city),
            "CitySearch": self._cities,
            "GoogleDistanceMatrix": self._distance,
            "NotebookWrite": self._write,
        }

    def _flights(self, argument: str) -> str:
        parts = argument.split(", ")
        if len(parts) < 3:
            raise Refused("Illegal Flight Search. Please try again.", "Illegal args. Other Error")
        origin, destination, date = parts[:3]
        if not _DATE.match(date):
            raise Refused(f"'{date}' is not in the format YYYY-MM-DD", "Illegal args. DateError")
        self._check_city(origin)
        self._check_city(destination)
        self._mask()
        self.current = tools.flight_search(self.database, origin, destination, date)
        return self.current

    def _city(self, search: Callable[[Database, str], str], city: str) -> str:
        self._check_city(city)
        self._mask()
        self.current = search(self.database, city)
        return self.current.strip()

    def _cities(self, state: str) -> str:
        self._mask()
        return tools.city_search(self.database, state)

    def _distance(self, argument: str) -> str:
        self._mask()
        try:
            origin, destination, mode = argument.split(", ")[:3]
            self.current = tools.distance_matrix(self.database, origin, destination, mode)
        except ValueError:  # too few parts, or a distance that is no number
            raise Refused("Illegal GoogleDistanceMatrix. Please try again.", "Illegal args. Other Error") from None
        return self.current

    def _write(self, description: str) -> str:
        self._mask()
        self.notebook.append(Note(description, self.current))
        return f"The information has been recorded in Notebook, and its index is {len(self.notebook) - 1}."

    def _check_city(self, city: str) -> None:
        if city not in self.database.cities:
            raise Refused(f"{city} is not valid city in {list(self.database.cities)}.", "Illegal args. City Error")

    def _mask(self) -> None:
        """Hide the last data in the scratchpad. Before any search this hides the word "None": an official quirk."""
        self.scratchpad = self.scratchpad.replace(str(self.current).strip(), MASK)

    def _succeed(self) -> None:
        self._errors.clear()
        self.log[-1]["state"] = "Successful"

    def _end(self, state: str) -> str:
        self.ended = state
        self.log[-1]["state"] = state
        return ""

    def _halt(self) -> None:
        if self.step > self.max_steps:
            self.ended = f"no plan within {self.max_steps} steps"
        elif estimated_tokens(self.scratchpad) > self.max_tokens:
            self.ended = f"more than {self.max_tokens} tokens"

    def notebook_text(self) -> str:
        """Return the notebook as the planner reads it, an entry after the other with its line breaks."""
        return "\n\n".join(f"[{index}] {note.description}\n{note.content}" for index, note in enumerate(self.notebook))
