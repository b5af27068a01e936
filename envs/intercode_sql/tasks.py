"""The 1,034 tasks and the splits by (database, gold) that keep paraphrase twins together.

See ``docs/spec/intercode_sql.md §5, §9``.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from envs.intercode_sql.engine.base import first_statement
from macla.benchmarks.base import Task
from macla.errors import UserError, why

SPLITS = ("train", "test_seen", "test_unseen", "official")
"""``official`` is all 1,034, defects included; the first three leave the ``excluded`` out."""


@dataclass(frozen=True)
class Question:
    """What one row of ``ic_spider_dev.json`` holds."""

    row: int
    database: str
    question: str
    gold: str
    hardness: str
    excluded: str
    """Why it is in no split but ``official``: ``empty_db``, ``gold_error``, ``gold_empty``, or nothing."""

    @property
    def ordered(self) -> bool:
        """Whether the gold orders its rows: an ORDER BY outside all brackets."""
        depth0 = re.sub(r"\([^()]*\)", "", first_statement(self.gold))
        while "(" in depth0 and re.search(r"\([^()]*\)", depth0):
            depth0 = re.sub(r"\([^()]*\)", "", depth0)
        return re.search(r"\border\s+by\b", depth0, re.I) is not None


def read_questions(folder: Path) -> list[Question]:
    """Return all questions in official order; UserError when a file is missing or not what it should be."""
    rows = _json(folder / "ic_spider_dev.json")
    excluded = read_splits(folder)["excluded"]
    try:
        return [
            Question(i, r["db"].lower(), r["query"], r["gold"], r["hardness"], excluded.get(str(i), ""))
            for i, r in enumerate(rows)
        ]
    except (KeyError, TypeError) as error:
        raise UserError(f"{folder / 'ic_spider_dev.json'}: a task lacks {error}; fetch the file again") from None


def read_splits(folder: Path) -> Mapping[str, Any]:
    """Return ``splits.json``: rows per split and, for the excluded, the reason."""
    splits = _json(folder / "splits.json")
    missing = {"train", "test_seen", "test_unseen", "excluded"} - set(splits)
    if missing:
        raise UserError(f"{folder / 'splits.json'} lacks {', '.join(sorted(missing))}; fetch the file again")
    return splits  # type: ignore[no-any-return]


def make_tasks(questions: list[Question], splits: Mapping[str, Any]) -> dict[str, list[Task]]:
    """Return the tasks of every split in the order of the official rows."""
    rows = {name: splits[name] for name in SPLITS[:3]} | {"official": range(len(questions))}
    return {
        name: [Task(str(i), name, questions[i].hardness, questions[i]) for i in sorted(indices)]
        for name, indices in rows.items()
    }


def exclusion_counts(questions: list[Question]) -> dict[str, int]:
    """Return how many tasks each reason keeps out of the splits."""
    return dict(sorted(Counter(q.excluded for q in questions if q.excluded).items()))


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise UserError(f"no {path.name} in {path.parent}; set env.root to the InterCode-SQL folder") from None
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path}: not JSON ({why(error)}); fetch the file again") from None
