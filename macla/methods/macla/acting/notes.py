"""MACLA's procedures as text in the prompt of a model that acts by itself (``memory.act=notes``).

It tells what memory holds from what executing it is worth: the same procedures, the same retrieval, no executor.
"""

from macla.methods.base import Tools
from macla.methods.macla.acting.select import Candidate, Selector
from macla.methods.macla.memory.meta import MetaProcedure
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.none import ModelAlone
from macla.methods.session import Decision, Session


class Noted:
    """Retrieves once, by the instruction, what memory knows, and lets the model take every step with it in sight."""

    def __init__(self, selector: Selector, tools: Tools) -> None:
        self.selector = selector
        self.tools = tools

    def begin(self, session: Session) -> None:
        """Put the best skills into words: those that Eq 4 ranks first for the instruction."""
        ranked = self.selector.rank((session.task,), lambda skill: not (isinstance(skill, Procedure) and skill.part))
        notes = [note(candidate, self.selector) for candidate in ranked[: self.selector.settings.notes]]
        self.alone = ModelAlone(self.tools.model, self.tools.interface, notes)

    def act(self, session: Session) -> Decision:
        """Let the model take one step."""
        return self.alone.act(session)


def note(candidate: Candidate, selector: Selector) -> str:
    """Return a skill as a prompt shows it: what it is for, when, the steps, and how often it succeeded."""
    skill, memory = candidate.skill, selector.memory
    goal = skill.goals.most_common(1)[0][0]
    children = skill.children if isinstance(skill, MetaProcedure) else (skill.id,)
    lines = [
        f"How to {goal} (worked {candidate.successes:.0f} of {candidate.successes + candidate.failures:.0f} times)"
    ]
    if skill.preconditions:
        lines.append("When: " + ", ".join(condition.text() for condition in skill.preconditions))
    for number, name in enumerate(children, 1):
        procedure = memory.procedures[name]
        lines.append(f"{number}. " + ", then ".join(_step(step.key.text(), procedure) for step in procedure.plan))
    return "\n".join(lines)


def _step(text: str, procedure: Procedure) -> str:
    """Return a step; slots that no task names are followed by the kind of thing that mostly filled them."""
    for slot, tally in procedure.slots.items():
        if not slot.of_task and tally.kinds:
            text = text.replace(str(slot), f"{slot} (a {tally.kinds.most_common(1)[0][0]})")
    return text
