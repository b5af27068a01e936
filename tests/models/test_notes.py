"""Notes of a memory in the prompt of a single step: shown where there are some, and no trace of them otherwise."""

from helpers.model_requests import act

from macla.models.prompts import prompt
from macla.models.truncate import GAP, tokens

PLENTY = 100_000
WITHOUT = """\
You solve a task in an interactive environment, one action at a time. After every action you are told what happened.

What you can do:
go to {place}
take {thing} from {place}

An example (another task):
Thought: first the desk.
Action: go to desk 1

Each time, think briefly about what to do next, then choose one action, written exactly as described above. Reply with one JSON object and nothing else:
{"thought": your thought, "action": your action}

Your task: put a mug in cabinet

You are in a room with a desk 1 and a cabinet 1.
Action 1: go to desk 0
xxxxxxxxxxxxxxxxxxxx
"""  # noqa: E501 the prompt's own line
"""The prompt without notes: what all episodes share comes first, the history last."""


def rendered(*notes, budget=PLENTY, **size):
    return prompt("act").render(act(**size).model_copy(update={"notes": notes}), budget)


def test_without_notes_nothing_is_said_of_any():
    assert rendered() == WITHOUT


def test_notes_stand_right_before_the_task():
    before, after = WITHOUT.split("\nYour task:")
    notes = ("Task: first\nAction: look", "Task: second")
    shown = "".join(f"\nFrom memory:\n{note}\n" for note in notes)
    assert rendered(*notes) == f"{before}{shown}\nYour task:{after}"


def test_long_notes_are_cut_to_the_context_and_nothing_is_said_to_be_missing():
    notes = [f"Task: number {number}\n" + "shelf " * 3000 for number in range(3)]
    text = rendered(*notes, budget=2000)
    assert text is not None
    assert tokens(text) <= 2000
    assert all(f"From memory:\nTask: number {number}\n" in text for number in range(3))
    assert GAP in text
