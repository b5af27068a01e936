"""Fixed rules for InterCode-SQL: describe the tables, select from the one that the question speaks of most.

One table, no join. They read the question's words, and tables, columns and values through the lexicon.
"""

import re
from collections.abc import Sequence

from envs.intercode_sql.lexicon import SQLLexicon
from macla.benchmarks.supplied import Script

_AGGREGATES = {"COUNT": r"how many|number of|count", "AVG": "average|mean", "MAX": "maximum", "MIN": "minimum"}
_DISTINCT = re.compile(r"\b(?:different|distinct|unique)\b", re.I)
_TAIL = re.compile(
    r"\b(?:whose|who|where|with|that|have|has|having|sort\w*|order\w*|in|by|for|each|descending)\b", re.I
)
"""Words after which columns are no longer what is asked for but what it depends on."""
_SORTED = re.compile(r"\b(?:sort\w*|order\w*|ascending|descending|alphabetical)\b", re.I)
_MOST = re.compile(r"\b(?:most|highest|largest|oldest|latest|biggest|longest)\b", re.I)
_LEAST = re.compile(r"\b(?:least|lowest|smallest|youngest|earliest|fewest|shortest)\b", re.I)
_MORE = re.compile(r"\b(?:more|greater|larger|higher|older|above|over|after)\b", re.I)
_LONGEST = 5
"""Words of a name, and one more."""
_DESCRIBED = 7
"""Tables that can be looked at in ten steps."""
_LESS = re.compile(r"\b(?:less|smaller|lower|younger|below|before|under)\b", re.I)


def script(lexicon: SQLLexicon, task: str, question: str) -> Script:
    """Describe the tables, ask of one, and submit whatever came of it."""
    listed = yield "SHOW TABLES"
    tables = [mention.name for mention in lexicon.mentions(listed)]
    named = sorted(_named(task, tables), key=lambda name: -len(_words(name)))
    best: tuple[int, str, dict[str, str]] = (-1, "", {})
    for table in list(dict.fromkeys([*named, *tables]))[:_DESCRIBED]:
        described = yield f"DESC `{table}`"
        columns = {mention.name: mention.type for mention in lexicon.mentions(described)}
        spoken_of = len(_named(task, list(columns))) + 2 * (table in named[:1])
        best = max(best, (spoken_of, table, columns), key=lambda choice: choice[0])
    yield _select(lexicon, task, best[1], best[2])
    yield "submit"


def _select(lexicon: SQLLexicon, question: str, table: str, columns: dict[str, str]) -> str:
    """Return the query: what the beginning of the question names, under the conditions and in the order of its end."""
    tail = _TAIL.search(question)
    head = question[: tail.start()] if tail else question
    asked, named = (
        [name for name in _named(text, list(columns)) if _words(name) != _words(table)] for text in (head, question)
    )
    depends = [name for name in named if name not in asked] or named
    query = f" FROM `{table}`{_where(lexicon, question, table, columns, depends)}"
    aggregates = [name for name, words in _AGGREGATES.items() if re.search(rf"\b(?:{words})\b", question, re.I)]
    distinct = "DISTINCT " if _DISTINCT.search(question) else ""
    if aggregates:
        numbers = [name for name in asked or named if columns[name] == "number column"]
        of = {"COUNT": distinct + asked[0] if asked and distinct else "*"}
        over = (numbers or asked or named or ["*"])[0]
        what = [f"{name}({of.get(name, over)})" for name in aggregates if name == "COUNT" or over != "*"]
        if re.search(r"\beach\b", question) and depends:
            return f"SELECT {depends[0]}, {', '.join(what)}{query} GROUP BY {depends[0]}"
        return f"SELECT {', '.join(what)}{query}"
    wanted = ", ".join(asked) or next((name for name in columns if "name" in name), "*")
    down = " DESC" if "desc" in question.lower() or _MOST.search(question) else ""
    if depends and (_MOST.search(question) or _LEAST.search(question)):
        query += f" ORDER BY {depends[-1]}{down} LIMIT 1"
    elif depends and _SORTED.search(question):
        query += f" ORDER BY {depends[-1]}{down}"
    return f"SELECT {distinct}{wanted}{query}"


def _where(lexicon: SQLLexicon, question: str, table: str, columns: dict[str, str], depends: Sequence[str]) -> str:
    """Return the conditions: a value that the question names stands in some column of texts, a number is a bound."""
    texts = ", ".join(name for name, kind in columns.items() if kind == "text column")
    known = set(_words(" ".join([table, *columns])))
    found = []
    for mention in lexicon.mentions(question):
        before = question[: mention.start]
        if mention.type == "value" and texts and not set(_words(mention.name)) <= known:
            found.append("'{}' IN ({})".format(mention.name.replace("'", "''"), texts))
        elif mention.type == "number" and depends and (_MORE.search(before) or _LESS.search(before)):
            found.append(f"{depends[-1]} {'>' if _MORE.search(before) else '<'} {mention.name}")
    return f" WHERE {' AND '.join(found)}" if found else ""


def _named(question: str, names: Sequence[str]) -> list[str]:
    """Return the names that the question spells, in the order in which it does: in one piece, or their words apart."""
    words = _words(question)
    joined = {"".join(words[i:j]): i for i in reversed(range(len(words))) for j in range(i + 1, i + _LONGEST)}
    found = []
    for name in names:
        parts = _words(name)
        if (together := "".join(parts)) in joined:
            found.append((joined[together], name))
        elif parts and all(part in words for part in parts):
            found.append((words.index(parts[0]), name))
    return [name for _, name in sorted(found)]


def _words(text: str) -> list[str]:
    """Return the words in lower case and in the singular; underscores part them."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    return [word.removesuffix("ies") + "y" if word.endswith("ies") else word.removesuffix("s") for word in words]
