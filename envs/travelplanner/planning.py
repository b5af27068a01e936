"""The planning stage: the plan is written down, a day or more at a time, until all days are there.

The official planner is one call of a language model that writes the whole plan (``docs/spec/travelplanner.md §3-4``).
Here the agent writes it, in one action (text or JSON) or day by day (``Day[…]``).
"""

from collections.abc import Mapping
from typing import Any

from envs.travelplanner.plan_text import Day, parse_plan

DAY_FORM = "Day[Current City: …; Transportation: …; Breakfast: …; Attraction: …; Lunch: …; Dinner: …; Accommodation: …]"
UNREADABLE = f"The plan could not be read. Write one day as {DAY_FORM}"


class Planning:
    """The plan of one episode as far as it is written."""

    def __init__(self, query: Mapping[str, Any]) -> None:
        self.days_wanted = int(query["days"])
        self.plan: list[Day] = []
        self._attempts_left = 2 * self.days_wanted

    @property
    def complete(self) -> bool:
        """Whether all days are written."""
        return len(self.plan) >= self.days_wanted

    @property
    def exhausted(self) -> bool:
        """Whether twice as many actions as days were used."""
        return self._attempts_left <= 0

    def write(self, text: str) -> str:
        """Add the days in ``text``; return the observation."""
        self._attempts_left -= 1
        days = parse_plan(text)
        if days is None:
            return UNREADABLE
        for day in days:
            self.plan.append({**day, "days": len(self.plan) + 1})
        return "The plan is delivered." if self.complete else self.prompt()

    def prompt(self) -> str:
        """Return the sentence that asks for the next day."""
        return f"Write day {len(self.plan) + 1} of {self.days_wanted}.\n{DAY_FORM}"
