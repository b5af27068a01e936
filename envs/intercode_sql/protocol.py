"""How the harnesses read an action and show an observation (``docs/spec/intercode_sql.md §2``).

Beside its own wrapping every profile accepts the bare statement and ``submit``: that is what our agent writes.
"""

import re
from dataclasses import dataclass
from typing import Literal

from envs.intercode_sql.engine.base import Result, bare, first_statement

Profile = Literal["ipr", "react", "try_again"]
ERROR = "Error executing query: "

_FENCE = re.compile(r"```(?:sql|mysql)?\s*(.*?)```", re.I | re.S)
_FENCE_IPR = re.compile(r"```sql(.*?)```", re.S)
_EXECUTE = re.compile(r"^\s*execute\[(.*)\]", re.I | re.S)
_STATEMENT = re.compile(
    r"[(\s]*(SELECT|SHOW|DESC|DESCRIBE|EXPLAIN|USE|SET|WITH|INSERT|UPDATE|DELETE|DROP|CREATE|ALTER|REPLACE|TRUNCATE|"
    r"CALL|DO|BEGIN|START|COMMIT|ROLLBACK|GRANT|REVOKE|LOAD|LOCK|RENAME|FLUSH)\b",
    re.I,
)
_KEYWORDS = ("SHOW", "SELECT", "DESCRIBE", "DESC")
_UNCLEAR: dict[Profile, str] = {
    "ipr": (
        'I don\'t understand your input.\n Your input shoud include the key world "Action:".\n If you want to perform '
        "a query operation, please use the following format:\n Action: \n```sql\nthe mysql code\n```. And the action "
        "should be executable and should not contain natural language.\n If you have got the final answer, please use "
        'the following format:\n Action: submit. Remember your output should contain only one "Action:" part.'
    ),
    "react": f"{ERROR}Your last `execute` action did not contain sql code",
    "try_again": (
        "No SQL code was found in your last response.\n\nYour response should be a SQL command. "
        "Format your SQL command as follows:\n\n```SQL\nYour SQL code here\n```\n"
    ),
}


@dataclass(frozen=True)
class Move:
    """What an action asks for: to run ``sql``, to submit, to skip, or nothing that can be understood."""

    kind: Literal["sql", "submit", "skip", "unclear"]
    sql: str = ""


def read_action(action: str, profile: Profile) -> Move:
    """Return what ``action`` asks for under ``profile``."""
    text = action.strip()
    if text == "skip":
        return Move("skip")
    if text.lower().startswith("submit"):
        return Move("submit")
    if found := _EXECUTE.match(text):
        sql = first_statement(found[1]).strip()
        return Move("sql", sql) if sql else Move("unclear")
    if profile == "try_again":
        return _read_try_again(text)
    wrapped = "```" in text or text.startswith("Action:") or "\nAction:" in text
    if profile == "ipr" and wrapped:
        return _read_ipr(text)
    return Move("sql", first_statement(text).strip()) if _STATEMENT.match(bare(text)) else Move("unclear")


def _read_ipr(text: str) -> Move:
    """IPR: ``submit`` anywhere wins; of the block only the first line runs."""
    action = text.split("Action:", 1)[-1]
    if "submit" in action:
        return Move("submit")
    found = _FENCE_IPR.search(action)
    first = found[1].strip().split("\n")[0].strip() if found else ""
    return Move("sql", first) if first else Move("unclear")


def _read_try_again(text: str) -> Move:
    """Try-again: a fenced block, ``SQL: …`` or the text from the first keyword; only the four reading verbs."""
    if found := _FENCE.search(text):
        sql = " ".join(found[1].split())
    elif "SQL:" in text:
        sql = text.split("SQL:", 1)[1].strip()
    else:
        starts = [text.find(word) for word in _KEYWORDS if word in text]
        sql = text[starts[0] :] if starts else text
    sql = first_statement(sql).strip()
    return Move("sql", sql) if bare(sql).split(" ")[0].upper() in _KEYWORDS else Move("unclear")


def official_text(observation: Result | str) -> str:
    """Return an observation as the official environment's log has it."""
    return observation if isinstance(observation, str) else str(observation)


def shown(observation: Result | str, profile: Profile) -> str:
    """Return what the agent reads, cut as the profile cuts; IPR cannot show a statement without a result."""
    if profile == "ipr":
        if observation is None:
            return unclear(profile)
        text = official_text(observation)
        if text.startswith("Error") and "Unknown" not in text:
            text += "\n"
        return text if len(text) <= 350 else text[:350] + "..."
    if isinstance(observation, str):
        return observation[: 350 if profile == "react" else 1000]
    if observation == [] and profile == "try_again":
        return "No output"
    return str(observation[: 25 if profile == "react" else 50] if observation is not None else None)


def unclear(profile: Profile) -> str:
    """Return the answer to an action that holds no statement."""
    return _UNCLEAR[profile]
