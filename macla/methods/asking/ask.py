"""What a language model is asked in one episode of a task that names the things themselves."""

from collections.abc import Iterator, Mapping, Sequence

from macla.methods.asking.examples import Examples, spells
from macla.methods.asking.refused import with_known_names
from macla.methods.asking.settings import AskingSettings
from macla.methods.base import Tools
from macla.methods.insist import insist
from macla.methods.session import Session
from macla.models.requests import Ground, R, ReadRequest, Request, Write

NONE = "none of these"
ZERO = "0"


class Asker:
    """Asks the model and pays for replies that cannot be used: each costs a step, and it is asked again."""

    def __init__(self, session: Session, tools: Tools, settings: AskingSettings) -> None:
        self.session = session
        self.tools = tools
        self.settings = settings
        self._written_from = session.horizon

    def ask(self, request: Request[R]) -> R | None:
        """Return the reply; None when the episode ends over replies that cannot be used."""
        return insist(self.session, self.tools.model, request)

    def read(self, examples: Examples) -> dict[str, str]:
        """Return the things that the task names, as commands spell them, with their kinds, some of ``examples.kinds``.

        Of kinds that every instruction of training spelled, what this one does not spell is left out: a small model
        copies such things from the examples.
        """
        if not examples.kinds:
            return {}
        task = self.session.task
        reply = self.ask(ReadRequest(task=task, kinds=examples.kinds, examples=examples.readings))
        things = reply.things if reply is not None else ()
        return {t.name: t.kind for t in things if t.name and (t.kind not in examples.spelled or spells(task, t))}

    def choose(self, step: str, slot: str, candidates: Mapping[str, str], *, or_none: bool = False) -> str | None:
        """Return the name of the candidate (name → how it is shown) that the model chooses; None for none of them."""
        shown = [*candidates.values(), *([NONE] if or_none else [])]
        request = Ground(
            task=self.session.task,
            done=tuple(one.action for one in self.session.steps),
            step=step,
            slot=slot,
            candidates=tuple(shown),
            observation="",
        )
        reply = self.ask(request)
        return None if reply is None or reply.choice >= len(candidates) else list(candidates)[reply.choice]

    def gave_nothing(self, feedback: str) -> bool:
        """Whether ``feedback`` is a rejection, or names no thing at all but zeros: nothing was counted or added up."""
        reading = self.session.reader.read(feedback)
        return reading.rejected or all(mention.name == ZERO for mention in reading.mentions)

    def _told(self, feedback: str, known: Sequence[str]) -> str:
        """Return the feedback to a statement, with the names that are known where it was refused."""
        refused = self.session.reader.read(feedback).rejected
        return with_known_names(feedback, known, self.settings.close) if refused else feedback

    def write(
        self, known: Sequence[str], answers: tuple[tuple[str, str], ...], here: tuple[tuple[str, str], ...] = ()
    ) -> Iterator[str]:
        """Yield statements, the likeliest first, then drawn ones; what the last ones gave stands in the request.

        Only statements that were rejected or gave nothing are shown, an earlier call's too: the others are answers.
        """
        start = self._written_from = min(self._written_from, len(self.session.steps))
        for number in range(self.settings.candidates):
            steps = [step for step in self.session.steps[start:] if self.gave_nothing(step.observation)]
            request = Write(
                help=self.tools.interface.help,
                examples=answers,
                known=tuple(known),
                task=self.session.task,
                here=here,
                tried=tuple((step.action, self._told(step.observation, known)) for step in steps[-1:]),
                temperature=self.settings.temperature if number else None,
                draw=number,
            )
            reply = self.ask(request)
            if reply is None:
                return
            yield reply.action
