"""Check InterCode-SQL's data (``macla data intercode_sql --check``)."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from envs.intercode_sql import recordings
from envs.intercode_sql.dump import read_dump
from envs.intercode_sql.tasks import Question
from macla.benchmarks.base import Task
from macla.errors import UserError

_TASKS, _DATABASES = 1034, 20


def check_folder(folder: Path, questions: Sequence[Question], tasks: Mapping[str, Sequence[Task]]) -> list[str]:
    """Return what reading every file found; UserError for the first that is broken."""
    schema, rows = read_dump(folder / "ic_spider_dbs.sql")
    held = {name for name, tables in schema.databases.items() if tables}
    strange = sorted({question.database for question in questions} - set(schema.databases))
    if strange:
        raise UserError(f"{folder}: ic_spider_dbs.sql lacks the database {strange[0]} of a task; fetch the files again")
    lines = [
        f"{folder}: {len(questions)} tasks, {len(held)} databases, {sum(map(len, rows.values()))} rows",
        *(f"{name}: {len(part)} tasks" for name, part in tasks.items()),
    ]
    if (len(questions), len(held)) != (_TASKS, _DATABASES):
        lines.append(f"the official data has {_TASKS} tasks and {_DATABASES} databases")
    episodes = recordings.recorded_actions(folder)
    unknown = sorted(set(episodes) - {task.id for task in tasks["official"]})
    if unknown:
        raise UserError(f"{folder}: an episode is of task {unknown[0]}, which there is not; fetch the files again")
    lines.append(f"recorded episodes: {sum(map(len, episodes.values()))} of {len(episodes)} tasks")
    return [*lines, "every file reads"]
