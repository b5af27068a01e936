"""An actor at work: the stand-in that remembers what it was asked, and sessions played to their end."""

from macla.methods.session import Session
from macla.models.embedded import Embedded
from macla.runs.play import run


class Asked(Embedded):
    """Remembers what it was asked."""

    def __init__(self):
        self.purposes = []

    def ask(self, requests):
        self.purposes += [request.purpose for request in requests]
        return super().ask(requests)


def played_by(actor, env, reader, horizon, seed=0, listing=None):
    """Return the session that an actor plays to its end; ``listing`` as :class:`Session` has it."""
    session = Session(env, reader, horizon, seed, listing=listing)
    run(actor, session)
    return session


def actions(session):
    return [step.action for step in session.steps]


def executions(session):
    """Return everything that was executed in a session of MACLA, in order."""
    return [execution for decision in session.decisions for execution in decision.details.executions]
