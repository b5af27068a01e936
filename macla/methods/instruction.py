"""How an instruction is put to the model, in learning and in acting alike."""

from collections.abc import Iterable

from macla.methods.reading import Reader
from macla.models.requests import ParseTask


def task_request(reader: Reader, task: str, vocabulary: Iterable[str]) -> ParseTask:
    """Return the request that reads an instruction."""
    mentions = tuple((m.type, m.start, m.end) for m in reader.lexicon.mentions(task))
    return ParseTask(task=task, mentioned=mentions, vocabulary=tuple(sorted(vocabulary)))
