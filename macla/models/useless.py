"""Replies of no use, counted and told: of how many, for which reasons, and how the first one begins."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from macla.models.malformed import Malformed

MARKED = 0.1
"""Share of useless replies beyond which a figure says little of the agent, so that tables mark it (Default)."""
MOST_REASONS = 3
SHOWN = 120
"""Characters of a reply and of a reason that a sentence shows."""


def tally(usage: Mapping[str, Mapping[str, float]], useless: Iterable[Malformed]) -> dict[str, Any]:
    """Return how many replies were of no use, for which reasons, and the beginning of the first, for a summary.

    ``usage`` (purpose → cost) has the counts; ``useless`` may lack some of them, as in runs of earlier versions.
    """
    replies = list(useless)
    return {
        "replies": int(sum(cost["requests"] for cost in usage.values())),
        "useless": int(sum(cost["malformed"] for cost in usage.values())),
        "reasons": dict(Counter(_reason(reply) for reply in replies).most_common()),
        "first": _plain(replies[0].text) if replies else "",
    }


def share(counted: Mapping[str, Any]) -> float:
    """Return the share of the replies that were of no use."""
    return float(counted["useless"]) / max(1, int(counted["replies"]))


def deaf(counted: Mapping[str, Any]) -> bool:
    """Return whether a model was asked and none of its replies was of use: the figures say nothing of an agent.

    ``lost`` (of an evaluation) says how many episodes failed that had to do with such replies; where all succeeded, as
    by memory alone, the replies decided nothing.
    """
    return 0 < int(counted["replies"]) == int(counted["useless"]) and counted.get("lost", 1) > 0


def sentence(counted: Mapping[str, Any], *, example: bool = True) -> str:
    """Return a tally in words, e.g. ``9 of 9 replies were of no use (9 × it is empty): …``; empty when all were."""
    if not counted["useless"]:
        return ""
    reasons = [f"{count} × {reason}" for reason, count in counted["reasons"].items()]
    more = ["and others"] if len(reasons) > MOST_REASONS else []
    why = f" ({', '.join([*reasons[:MOST_REASONS], *more])})" if reasons else ""
    begins = f": the first begins “{counted['first']}”" if example and counted["first"] else ""
    return f"{counted['useless']} of {counted['replies']} replies were of no use{why}{begins}"


def _reason(reply: Malformed) -> str:
    stopped = "" if reply.finish_reason in ("", "stop") else f", finish_reason {reply.finish_reason}"
    return _plain(reply.reason) + _plain(stopped)


def _plain(text: str) -> str:
    """Return the beginning of a text that a model or a server wrote, on one line, without what a terminal obeys."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= SHOWN else line[:SHOWN] + "…"
