"""Rules that are added, reworded and voted on (after ExpeL, 2023): from pairs of a failed and a solved attempt at one
task, then from groups of solved ones.

What is ours: a full list lets the rule with the fewest votes go; attempts come from experts and from the model alone,
not from Reflexion; solved trajectories are shown beside the rules only where ``memory.examples`` says so.
"""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from macla.benchmarks.trajectory import Trajectory
from macla.methods.base import Tools
from macla.methods.nearest import in_words
from macla.methods.prompted import Note, Prompted, Writer, attempted, nearest
from macla.methods.settings import MethodSettings, key
from macla.models.malformed import Malformed
from macla.models.requests import Criticise, Operations


class InsightsSettings(Writer):
    """The ``memory`` section of the configuration for insights."""

    method: Literal["insights"] = "insights"
    name: str = "insights"
    k: int | None = key(None, "ours", "rules that a prompt shows, those with most votes first; null: all", ge=1)
    most: int = key(20, "ours", "rules that the list may have", ge=1)
    first_votes: int = key(2, "ours", "votes of a new rule, so that one attempt against it does not end it", ge=1)
    group: int = key(4, "ours", "solved attempts that are looked at together", ge=1)
    examples: int = key(0, "ours", "nearest solved trajectories that a prompt shows after the rules", ge=0)


class Insight(Note):
    """A rule with its votes, or a solved trajectory that may be shown as an example."""

    votes: int = 0
    """Of a rule at least 1; of an example 0."""


class Insights(Prompted):
    """Rules with votes (``memory=insights``)."""

    name: ClassVar[str] = "insights"
    Settings: ClassVar[type[MethodSettings]] = InsightsSettings
    note_type: ClassVar[type[Note]] = Insight

    def write(self, attempts: Sequence[Trajectory], notes: Sequence[Insight], tools: Tools) -> list[Insight]:
        """Return the rules as the attempts change them, one request after another, then the examples."""
        settings = self.settings
        rules = [note for note in notes if note.votes]
        examples = [note for note in notes if not note.votes]
        together = [*pairs(attempts), *groups(attempts, settings.group)]
        for number, group in enumerate(together):
            tools.report("criticising attempts", number, len(together))
            request = Criticise(
                help=tools.interface.help,
                reply_tokens=settings.reply_tokens,
                attempts=tuple(attempted(attempt) for attempt in group),
                rules=tuple(rule.text for rule in rules),
            )
            (reply,) = tools.model.ask([request])
            if not isinstance(reply, Malformed):
                rules = changed(rules, reply, settings.first_votes, settings.most)
        if settings.examples:
            solved = (attempt for attempt in attempts if attempt.success)
            examples += [Insight(about=attempt.task, text=in_words(attempt)) for attempt in solved]
        return [*rules, *examples]

    def choose(self, task: str, notes: Sequence[Insight], tools: Tools) -> list[Note]:
        """Return the rules by their votes, then the nearest examples."""
        rules = sorted((note for note in notes if note.votes), key=lambda rule: -rule.votes)
        examples = nearest(task, [note for note in notes if not note.votes], tools)
        return [*rules[: self.settings.k], *examples[: self.settings.examples]]


def pairs(attempts: Sequence[Trajectory]) -> Iterator[list[Trajectory]]:
    """Yield, for each task that was both failed and solved, the first failed attempt and the first solved one."""
    first: dict[str, dict[bool, Trajectory]] = {}
    for attempt in attempts:
        first.setdefault(attempt.task_id, {}).setdefault(attempt.success, attempt)
    yield from ([both[False], both[True]] for both in first.values() if len(both) == len((False, True)))


def groups(attempts: Sequence[Trajectory], size: int) -> Iterator[list[Trajectory]]:
    """Yield the solved attempts, ``size`` at a time."""
    solved = [attempt for attempt in attempts if attempt.success]
    yield from (solved[start : start + size] for start in range(0, len(solved), size))


def changed(rules: Sequence[Insight], said: Operations, first_votes: int, most: int) -> list[Insight]:
    """Return the rules after what was said: votes by one, a rule in other words by one, too; none without votes stays.

    A rule that is there already is voted up instead of being added. Of more than ``most`` those with most votes stay,
    of equals the older ones. Numbers that name no rule are passed over.
    """
    votes = [rule.votes for rule in rules]
    texts = [rule.text for rule in rules]
    there = range(len(rules))
    reworded = {edit.rule: plain(edit.text) for edit in said.edit if edit.rule in there and plain(edit.text)}
    for number in {*said.upvote, *reworded} & set(there):
        votes[number] += 1
    for number in set(said.downvote) & set(there):
        votes[number] -= 1
    for number, text in reworded.items():
        texts[number] = text
    for text in dict.fromkeys(plain(added) for added in said.add):
        if text in texts:
            votes[texts.index(text)] += 1
        elif text:
            texts.append(text)
            votes.append(first_votes)
    kept = [Insight(about=text, text=text, votes=count) for text, count in zip(texts, votes, strict=True) if count > 0]
    best = sorted(range(len(kept)), key=lambda place: -kept[place].votes)[:most]
    return [kept[place] for place in sorted(best)]


def plain(text: str) -> str:
    """Return a text on one line."""
    return " ".join(text.split())
