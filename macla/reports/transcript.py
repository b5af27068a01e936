"""``macla episode``: one episode as text: what was seen and done, what was retrieved and why it was chosen."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from macla.errors import UserError
from macla.methods.episode import Episode
from macla.methods.run import Run
from macla.reports.decided import Decided, Ranked, decided
from macla.reports.exchanges import BEFORE, Exchange

SHOWN = 5
"""Candidates that are shown for a decision."""
LIKE = 0.5
"""How much of an id must be right for it to be suggested (difflib's ratio)."""
_INDENT = "    "


def find(run: Run, task: str) -> Episode:
    """Return the episode whose task id is ``task``, or alone contains it; UserError names the nearest ids."""
    if task in run.episodes:
        return run.episodes[task]
    containing = [name for name in run.episodes if task in name]
    if len(containing) == 1:
        return run.episodes[containing[0]]
    if containing:
        raise UserError(f"{len(containing)} tasks of {run.folder} contain {task}: {', '.join(containing[:3])} …")
    near = get_close_matches(task, run.episodes, 3, LIKE) or list(run.episodes)[:3]
    raise UserError(f"no task of {run.folder} is {task}; did you mean {' or '.join(near)}?")


def transcript(run: Run, episode: Episode, asked: Sequence[Exchange], *, prompts: bool = False) -> list[str]:
    """Return an episode for the console; ``asked`` is what the model was asked in it, ``prompts`` whether they show."""
    made = decided(run, episode)
    lines = [*_head(run, episode), "", *_wrapped(episode.first_observation), *_asked(asked, BEFORE, prompts)]
    reached = {one.decision.step + step for one in made for step in range(one.decision.steps)}
    for one in made:
        start = one.decision.step
        lines += ["", *_decision(one)]
        if one.decision.steps == 0:
            lines += _asked(asked, start, prompts)
        for number in range(start, min(start + one.decision.steps, len(episode.steps))):
            lines += [*_asked(asked, number, prompts), *_step(episode, number)]
    for number in range(len(episode.steps)):
        if number not in reached:  # an actor may act before its first decision
            lines += [*_asked(asked, number, prompts), *_step(episode, number)]
    return [*lines, "", _end(episode)]


def _head(run: Run, episode: Episode) -> Iterator[str]:
    summary = run.summary
    yield f"{summary['env']} {summary['split']}, memory {summary['method']}, seed {summary['seed']}: {run.folder}"
    yield f"task: {episode.task} ({episode.type})"
    yield f"instruction: {episode.instruction}"
    if episode.goal:
        yield f"read as: {episode.goal}"
    calls = ", ".join(f"{purpose} {n}" for purpose, n in episode.model_calls.items())
    yield f"requests to the model: {calls or 'none'}"
    for reply in episode.useless:
        yield f"of no use ({reply.purpose}): {reply.reason}: {reply.text}"
    if episode.error:
        yield f"error: {episode.error}"


def _decision(one: Decided) -> Iterator[str]:
    made = one.decision
    by = {"model": "the model", "rule": "a fixed rule"}.get(made.kind, f"{made.kind} {made.chosen}")
    why = f" ({one.why})" if one.why else ""
    actions = f"{made.steps} action{'' if made.steps == 1 else 's'}"
    yield f"[{made.step}] {by}{why}: {actions}, {'succeeded' if made.success else 'failed'} (y = {int(made.success)})"
    if made.context:
        yield f"{_INDENT}context: {made.context}"
    if one.terms:
        yield f"{_INDENT}" + ", ".join(f"{name} {value:.3f}" for name, value in one.terms.items())
    if one.candidates:
        more = f"; {len(one.candidates) - SHOWN} more" if len(one.candidates) > SHOWN else ""
        yield f"{_INDENT}retrieved: " + "; ".join(map(_candidate, one.candidates[:SHOWN])) + more
    for ran in one.ran:
        within = f" in {ran.part_of}" if ran.part_of else ""
        bindings = ", ".join(f"{slot} = {name}" for slot, name in ran.bindings.items())
        credit = "success" if ran.success else "failure"
        yield f"{_INDENT}ran {ran.id}{within}: credited a {credit}" + (f"; {bindings}" if bindings else "")
    for name, value in one.other.items():
        yield f"{_INDENT}{name}: {value}"


def _candidate(one: Ranked) -> str:
    counts = f"{one.successes:g}/{one.failures:g}"
    if one.utility is None:
        return f"{one.id} (relevance {one.relevance:.3f}, risk {one.risk:.3f}, {counts})"
    return (
        f"{one.id} EU {one.utility:.3f} (relevance {one.relevance:.3f}, posterior {one.posterior:.3f} of {counts}, "
        f"risk {one.risk:.3f})"
    )


def _asked(asked: Sequence[Exchange], step: int, prompts: bool) -> Iterator[str]:
    for one in asked:
        if one.step == step:
            if prompts:
                yield f"{_INDENT}prompt ({one.purpose}, {one.tokens[0]} tokens):"
                yield from _wrapped(one.prompt, 2 * _INDENT)
            yield f"{_INDENT}model ({one.purpose}): {one.reply}"


def _step(episode: Episode, number: int) -> Iterator[str]:
    step = episode.steps[number]
    reward = f"  (reward {step.reward:g})" if step.reward else ""
    yield f"{number + 1:>3} > {step.action or '(no action: a reply was of no use)'}{reward}"
    yield from _wrapped(step.observation)


def _wrapped(text: str, indent: str = _INDENT) -> Iterator[str]:
    yield from (f"{indent}{line}" for line in text.splitlines() or [""])


def _end(episode: Episode) -> str:
    won = f", solved after {episode.won_at}" if episode.won_at is not None else ""
    return (
        f"outcome: {episode.outcome.value}, score {episode.score:g}, {episode.n_steps} actions{won}, "
        f"{episode.rejected} rejected"
    )
