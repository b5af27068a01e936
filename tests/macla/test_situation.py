import re

import pytest

from macla import situation
from macla.belief import Belief, Reader
from macla.lexicon import Command, Mention

TASK = "Bring the red vase from MillTown to kiln 2."
_NAMES = {"MillTown": "town", "kiln 1": "kiln", "kiln 2": "kiln", "red vase": "vase"}


class Names:
    """A lexicon that knows a few names."""

    def mentions(self, text: str) -> list[Mention]:
        found = re.finditer("|".join(_NAMES), text)
        return [Mention(m.group(), _NAMES[m.group()], m.start(), m.end()) for m in found]

    def parse(self, action: str) -> Command | None:
        verb, _, name = action.partition(" ")
        return Command(f"{verb} {{}}", (name,))

    def render(self, command: Command) -> str:
        return command.verb.format(*command.arguments)

    def rejected(self, feedback: str) -> bool:
        return feedback.startswith("No")


@pytest.fixture
def belief() -> Belief:
    belief = Belief(Reader(Names()), TASK)
    belief.start("A kiln 1 and a kiln 2 stand here.")
    return belief


def test_facts_change_with_the_situation(belief: Belief) -> None:
    assert situation.NOTHING in situation.facts(belief)
    assert situation.facts(belief) is situation.facts(belief)  # kept as long as nothing happens
    belief.update("open kiln 1", "It is open.")
    assert "last: open <kiln>" in situation.facts(belief)
    assert situation.NOTHING not in situation.facts(belief)
    belief.update("open kiln 2", "No.")
    assert "refused" in situation.facts(belief)


def test_goal_cuts_out_what_is_known_by_now() -> None:
    belief = Belief(Reader(Names()), "Bring the vase that is red to kiln 2 of McMill.")
    belief.start("Nothing here.")
    assert situation.goal(belief) == "Bring the vase that is red to <kiln> of McMill."
    belief.update("look around", "A red vase.")
    assert situation.goal(belief) == "Bring the <vase> that is <vase> to <kiln> of McMill."
