"""Agents on the market of ``market.py``: what they are lent, how they play, and the records that they leave."""

from helpers.market import MarketLexicon
from macla.encoder import Cached, Hashing
from macla.methods.base import Interface, Tools
from macla.methods.episode import Episode
from macla.methods.reading import Reader
from macla.methods.session import Session
from macla.models.embedded import Embedded
from macla.runs.play import run

HORIZON = 20
HELP = "ask {stall}\nknock {stall}\ntake {ware}\npay"
READER = Reader(MarketLexicon())


def lent():
    """Return what the harness lends a method on the market."""
    return Tools(Cached(Hashing()), Embedded(), READER, Interface(HELP, ""))


def shop(actor, market, seed=0):
    """Return the session of an actor on a market."""
    session = Session(market, READER, HORIZON, seed)
    run(actor, session)
    return session


def lived(market, session):
    """Return the record of a session, as practice has it."""
    return Episode(
        task=market.id,
        type="",
        split="train",
        instruction=session.task,
        goal=session.goal,
        outcome=session.outcome,
        success=session.success,
        score=session.score,
        n_steps=len(session.steps),
        decisions=tuple(session.decisions),
        first_observation=session.first_observation,
        steps=tuple(session.steps),
    )


def actions(session, verb=""):
    """Return the actions of a session that begin with ``verb``."""
    return [step.action for step in session.steps if step.action.startswith(verb)]
