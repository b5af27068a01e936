"""Workflows with placeholders, induced from solved attempts at similar tasks (after Agent Workflow Memory, 2024).

What is ours: tasks are grouped by their embeddings, not by website; a group has one workflow; a prompt shows the
nearest, not all.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal

from macla.benchmarks.trajectory import Trajectory
from macla.encoder import Encoder
from macla.methods.base import Tools
from macla.methods.prompted import Note, Prompted, Writer, attempted
from macla.methods.settings import MethodSettings, key
from macla.models.malformed import Malformed
from macla.models.requests import Induce, Workflow


class WorkflowsSettings(Writer):
    """The ``memory`` section of the configuration for workflows."""

    method: Literal["workflows"] = "workflows"
    name: str = "workflows"
    similar: float = key(0.7, "ours", "cosine of two instructions from which on they are one kind of task", ge=-1, le=1)
    group: int = key(4, "ours", "attempts that a workflow is induced from, at most: they have to fit a prompt", ge=1)


class Workflows(Prompted):
    """Induced workflows (``memory=workflows``)."""

    name: ClassVar[str] = "workflows"
    Settings: ClassVar[type[MethodSettings]] = WorkflowsSettings

    def write(self, attempts: Sequence[Trajectory], notes: Sequence[Note], tools: Tools) -> list[Note]:
        """Return the notes and a workflow for each group of similar solved attempts; equal ones once."""
        settings = self.settings
        solved = [attempt for attempt in attempts if attempt.success]
        groups = grouped(solved, tools.encoder, settings.similar, settings.group)
        replies = tools.model.ask([
            Induce(
                help=tools.interface.help,
                reply_tokens=settings.reply_tokens,
                attempts=tuple(attempted(attempt) for attempt in group),
            )
            for group in groups
        ])  # fmt: skip
        written = [
            Note(about=group[0].task, text=in_words(reply))
            for group, reply in zip(groups, replies, strict=True)
            if not isinstance(reply, Malformed) and reply.steps
        ]
        return list({note.text: note for note in (*written[::-1], *notes[::-1])}.values())[::-1]


def grouped(attempts: Sequence[Trajectory], encoder: Encoder, similar: float, most: int) -> list[list[Trajectory]]:
    """Return attempts in groups of at most ``most``: each joins the first open one whose first task is similar."""
    if not attempts:
        return []
    vectors = encoder.encode([attempt.task for attempt in attempts])
    groups: list[list[int]] = []
    for place, vector in enumerate(vectors):
        open_ones = (group for group in groups if len(group) < most and float(vectors[group[0]] @ vector) >= similar)
        found = next(open_ones, None)
        if found is None:
            groups.append([place])
        else:
            found.append(place)
    return [[attempts[place] for place in group] for group in groups]


def in_words(workflow: Workflow) -> str:
    """Return a workflow as a prompt shows it."""
    return "\n".join([f"How to {workflow.name}:", *(f"{n}. {step}" for n, step in enumerate(workflow.steps, 1))])
