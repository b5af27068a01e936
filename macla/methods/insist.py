"""Ask a model in an episode until its reply is of use."""

from macla.methods.session import Session
from macla.models.malformed import Malformed
from macla.models.requests import FrozenModel, R, Request


def insist(session: Session, model: FrozenModel, request: Request[R]) -> R | None:
    """Return the reply; None when the episode ends over replies that cannot be used.

    Each of these costs a step, and the request is asked again as another draw.
    """
    draw = request.draw
    while not session.over:
        reply = model.ask([request.model_copy(update={"draw": draw})])[0]
        if not isinstance(reply, Malformed):
            return reply
        session.lose_step()
        draw += 1
    return None
