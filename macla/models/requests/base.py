"""What every request and reply is, and who answers."""

from collections.abc import Sequence
from typing import ClassVar, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from macla.models.malformed import Malformed


class Reply(BaseModel):
    """What a model answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")


R = TypeVar("R", bound=Reply)


class Request(BaseModel, Generic[R]):
    """What a model is asked. ``purpose`` names the prompt; ``reply`` is the type of the answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: ClassVar[str]
    reply: ClassVar[type[Reply]]

    draw: int = 0
    """How often this was asked before and not answered: every time is another draw of a sampling model."""


class FrozenModel(Protocol):
    """A model whose weights never change. Backends answer requests in bulk so that servers can batch.

    Example:
        A step, asked for by a method::

            (reply,) = tools.model.ask([Act(task=session.task, history=(), ...)])
            if isinstance(reply, Malformed):
                session.lose_step()
            else:
                session.say(reply.action)
    """

    name: str
    is_language_model: bool

    def ask(self, requests: list[Request[R]]) -> Sequence[R | Malformed]:
        """Return one reply per request, in order.

        Args:
            requests: Of one purpose or of several; as many as there are, for they go out together.

        Returns:
            A reply of the request's type, or in its place Malformed: what came was of no use after a repair round.

        Raises:
            InfrastructureError: The model is out of reach.
        """
        ...

    def identity(self) -> dict[str, str]:
        """Return what a table's footer names: backend, model, revision, temperature.

        Returns:
            Everything that an answer depends on, by name.
        """
        ...
