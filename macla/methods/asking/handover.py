"""What a language model does for tasks that name the things themselves (``memory.grounded=model``)."""

from threading import Lock

from macla.methods.asking.ask import Asker
from macla.methods.asking.examples import Examples, examples
from macla.methods.asking.grounded import AskedGrounded
from macla.methods.base import Tools
from macla.methods.cloning.handover import CloningHandOver
from macla.methods.cloning.state import Cloned
from macla.methods.instruction import ParsedTask
from macla.methods.macla.acting.roles import Roles
from macla.methods.macla.acting.select import Selector
from macla.methods.macla.memory.prior import prior_of
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import Settings
from macla.methods.session import Session


class AskingHandOver(CloningHandOver):
    """See :class:`macla.methods.macla.handover.HandOver`: a memory that cloning learned, acted on by asking."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings.cloning)
        self.asking = settings.asking
        self._lock = Lock()
        self._made: tuple[Memory, Examples] | None = None

    def acts_on(self, session: Session, memory: Memory) -> bool:
        """Whether memory learned from tasks that name things: the instruction says nothing before the model read it."""
        return bool(memory.extension(Cloned).worked)

    def read(self, session: Session, memory: Memory, tools: Tools) -> ParsedTask | None:
        """Let the model name the things; None when the episode ended over replies of no use."""
        examples = self._examples(memory, tools)
        session.belief.name(Asker(session, tools, self.asking).read(examples))
        return None if session.over else ParsedTask(goal=session.task, slots=())

    def grounding(self, session: Session, roles: Roles, selector: Selector, tools: Tools) -> AskedGrounded:
        """Return how such a task is understood while acting."""
        return AskedGrounded(
            session,
            roles,
            selector.memory,
            settings=self.settings,
            encoder=selector.encoder,
            prior=prior_of(selector.memory, selector.settings),
            asker=Asker(session, tools, self.asking),
            examples=self._examples(selector.memory, tools),
        )

    def _examples(self, memory: Memory, tools: Tools) -> Examples:
        """Return what the worked tasks of a memory teach, made once."""
        with self._lock:
            if self._made is None or self._made[0] is not memory:
                self._made = memory, examples(memory.extension(Cloned).worked, self.asking, tools.reader)
            return self._made[1]
