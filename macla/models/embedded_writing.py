"""How the embedded stand-in writes memories: by rule, out of the actions of the attempts. It cannot read them.

What it writes lets every memory be built and tested without a language model; it is no measure of any of them.
"""

import re
from typing import Any

from macla.models.requests import (
    Attempt,
    Criticise,
    Distil,
    Induce,
    Operations,
    Page,
    RewritePage,
    Script,
    Strategies,
    Strategy,
    Workflow,
    WriteScript,
    Writing,
)

NAMED = 6
"""Words of a task that a title has (Default)."""


def written(request: Writing[Any]) -> Any:
    """Return the reply to a request to write; TypeError for one that there is no rule for."""
    match request:
        case Induce():
            return _induce(request)
        case Criticise():
            return _criticise(request)
        case WriteScript():
            return _script(request)
        case Distil():
            return _distil(request)
        case RewritePage():
            return _rewrite(request)
    raise TypeError(f"the embedded model has no rule for {type(request).__name__}")


def _induce(request: Induce) -> Workflow:
    """Take the actions of the shortest attempt, with a placeholder for each word that only its own task says."""
    said = [_words(attempt.task) for attempt in request.attempts]
    common = [word for word in said[0] if all(word in words for words in said)]
    shortest = min(request.attempts, key=lambda attempt: len(attempt.steps))
    own = [word for word in dict.fromkeys(_words(shortest.task)) if word not in common]
    steps = [_with_placeholders(action, own) for action, _ in shortest.steps]
    return Workflow(name=" ".join(common[:NAMED]), steps=tuple(dict.fromkeys(steps)))


def _with_placeholders(action: str, words: list[str]) -> str:
    """Return an action with ``{1}``, ``{2}`` … for the first, the second … of the words."""
    for number, word in enumerate(words, 1):
        action = re.sub(rf"\b{re.escape(word)}\b", f"{{{number}}}", action, flags=re.IGNORECASE)
    return action


def _criticise(request: Criticise) -> Operations:
    """Ask for how a solved attempt ended, confirm the rules whose action all solved attempts took, and so on."""
    solved = [attempt for attempt in request.attempts if attempt.solved]
    failed = [attempt for attempt in request.attempts if not attempt.solved]
    rule = f"End as this did: {solved[0].steps[-1][0]}" if solved and solved[0].steps else ""
    confirmed = [number for number, known in enumerate(request.rules) if _confirms(solved, known)]
    against = [number for number, known in enumerate(request.rules) if _confirms(failed, known)]
    return Operations(
        add=(rule,) if rule and rule not in request.rules else (),
        upvote=tuple(confirmed),
        downvote=tuple(number for number in against if number not in confirmed),
    )


def _confirms(attempts: list[Attempt], rule: str) -> bool:
    """Whether there are attempts, and each took the action that the rule names."""
    action = rule.partition(": ")[2]
    return bool(attempts) and all(action in [done for done, _ in attempt.steps] for attempt in attempts)


def _script(request: WriteScript) -> Script:
    """List the actions once each; to a script that did not help, say what not to end with."""
    actions = [action for action, _ in request.attempt.steps]
    if not request.script:
        return Script(lines=tuple(dict.fromkeys(actions)))
    warning = () if request.attempt.solved or not actions else (f"Do not end with: {actions[-1]}",)
    return Script(lines=tuple(dict.fromkeys((*request.script, *warning))))


def _distil(request: Distil) -> Strategies:
    """Tell what was done, as what to do or what not to."""
    attempt = request.attempt
    actions = ", ".join(dict.fromkeys(action for action, _ in attempt.steps))
    named = " ".join(attempt.task.split()[:NAMED])
    verdict, advice = ("worked", "Do") if attempt.solved else ("failed", "Do not do")
    strategy = Strategy(title=f"What {verdict}: {named}", description=attempt.task, content=f"{advice}: {actions}")
    return Strategies(strategies=(strategy,)[: request.most])


def _rewrite(request: RewritePage) -> Page:
    """Add how the attempts ended, and forget the oldest lines."""
    lines = list(request.page)
    for attempt in request.attempts:
        ended = attempt.steps[-1][0] if attempt.steps else "nothing"
        line = f"{attempt.task}: {'end with' if attempt.solved else 'do not end with'} {ended}"
        lines = [*(known for known in lines if known != line), line]
    return Page(lines=tuple(lines[-request.most :]))


def _words(text: str) -> list[str]:
    """Return the words of a text, in lower case."""
    return re.findall(r"\w+", text.lower())
