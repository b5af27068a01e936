"""What the method may know of the interface: how tables, columns and values look, how a statement is built."""

import re
from collections.abc import Iterator, Sequence

from envs.intercode_sql import protocol, template
from macla.benchmarks.lexicon import Command, Looks, Mention

_DESCRIBED = re.compile(
    r"\('((?:[^'\\]|\\.)+)', b?'((?:big|small|tiny|medium)?(?:int|text|varchar|char|double|float|decimal|datetime|date|"
    r"timestamp|time|year|blob)\b[^']*)', '(?:YES|NO)', '(PRI|UNI|MUL)?'"
)
_SHOWN = re.compile(r"\[(?:\('[a-z0-9_]+',\)(?:, )?)+(?:\]|\.\.\.|\('?[a-z0-9_]*\.\.\.)")
_TABLE = re.compile(r"\('([a-z0-9_]+)',\)")
_VALUE = re.compile(
    r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"|Decimal\('([^']*)'\)|datetime\.\w+\(([^)]*)\)|(?<![\w'])(-?\d+(?:\.\d+)?)"
)
_CUT = "..."
_SAMPLE = "SELECT * FROM {} LIMIT 3"
_COLUMNS = (
    "SELECT GROUP_CONCAT(CONCAT(column_name, ' ', column_type, ' ', column_key) SEPARATOR ', ') "
    "FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = '{}'"
)
"""All columns of a table on one short line: DESC's answer is cut after seven or so."""
_SURVEY = (
    "SELECT CONCAT(table_name, ': ', GROUP_CONCAT(TRIM(CONCAT(column_name, ' ', column_key)) ORDER BY ordinal_position "
    "SEPARATOR ', ')) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name IN ({}) "
    "GROUP BY table_name ORDER BY table_name"
)
"""The columns of several tables, a row a table: ``[('singer: id PRI, name',), ('song: id PRI, singer_id MUL',)]``."""
_SURVEYED = re.compile(r"\('([^':]+): ([^']*)',\)")
_BEGUN = re.compile(r"\('([^':]+): ([^']*), ")
_LISTING = template.split(_COLUMNS.format("t"))
_LISTED = re.compile(r"(?:^\[\('|, )([^\s',]+) (\w+)(?:\([^)]*\))? (PRI|UNI|MUL)?")
_KIND = {"int": "number", "double": "number", "float": "number", "decimal": "number", "year": "number"}


class SQLLexicon:
    """See :class:`macla.benchmarks.lexicon.Lexicon`.

    Types: ``table``, ``number column``, ``text column``, ``date column``, ``key column``, ``value`` and ``number``.
    """

    def mentions(self, text: str) -> list[Mention]:
        """Return tables (SHOW TABLES), columns (DESC), values of result rows, nothing of a question."""
        if self.rejected(text) or not text.startswith("["):
            return []
        if described := list(_columns(_DESCRIBED, text)):
            return described
        if _SHOWN.match(text) and _is_listing(_TABLE.findall(text)):
            return [Mention(m[1], "table", m.start(1), m.end(1)) for m in _TABLE.finditer(text)]
        return list(_values(text))

    def answer(self, command: Command, text: str) -> list[Mention]:
        """Return the mentions in what a statement gave: a column belongs to the table that was asked for."""
        listed = _LISTING is not None and command.verb == _LISTING.verb and text.startswith("[")
        found = list(_columns(_LISTED, text)) if listed else self.mentions(text)
        if not listed and command.verb != "DESC {}":
            return found
        return [m._replace(name=f"{command.arguments[-1]}.{m.name.lower()}") for m in found]

    def looks(self, name: str, type: str, shown: str) -> Looks:
        """Return what lists a table's columns, where DESC was cut, and what shows its first rows."""
        if type != "table" or self.rejected(shown):
            return Looks()
        rest = _COLUMNS.format(name) if shown.endswith(_CUT) else ""
        return Looks(rest, _SAMPLE.format(template.quoted(name)))

    def survey(self, names: Sequence[str]) -> str:
        """Return what shows the columns of tables."""
        return _SURVEY.format(", ".join(f"'{name}'" for name in names))

    def surveyed(self, feedback: str) -> dict[str, str]:
        """Return the columns of each table that is shown whole; of the first as far as they go where none is."""
        if whole := _SURVEYED.findall(feedback):
            return dict(whole)
        begun = _BEGUN.match(feedback, 1)
        return {begun[1]: f"{begun[2]}, {_CUT}"} if begun else {}

    def parts(self, command: Command) -> list[Command]:
        """Return the clauses of a SELECT."""
        return template.clauses(command)

    def whole(self, parts: Sequence[Command]) -> Command:
        """Return the SELECT that clauses make."""
        return template.joined(parts)

    def parse(self, action: str) -> Command | None:
        """Return the statement's template and arguments; None for what is not a query, DESC, SHOW or ``submit``."""
        move = protocol.read_action(action, "ipr")
        if move.kind == "submit":
            return Command("submit", ())
        return template.split(move.sql) if move.kind == "sql" else None

    def render(self, command: Command) -> str:
        """Return the statement in canonical form; the inverse of :meth:`parse`."""
        return template.join(command)

    def rejected(self, feedback: str) -> bool:
        """Whether the statement was refused by the database or not understood by the harness."""
        return feedback.startswith((protocol.ERROR, *(protocol.unclear(p)[:30] for p in ("ipr", "try_again"))))


def _columns(pattern: re.Pattern[str], text: str) -> Iterator[Mention]:
    """Yield the columns that a pattern finds, whose groups are name, type and key."""
    for found in pattern.finditer(text):
        base = re.sub(r"^(big|small|tiny|medium)", "", found[2]).split("(")[0]
        kind = "date" if base in ("date", "datetime", "timestamp", "time") else _KIND.get(base, "text")
        yield Mention(found[1], "key column" if found[3] else f"{kind} column", found.start(1), found.end(1))


def _is_listing(names: list[str]) -> bool:
    """SHOW TABLES sorts its names and repeats none; values seldom look so."""
    return names == sorted(set(names))


def _values(text: str) -> Iterator[Mention]:
    for found in _VALUE.finditer(text):
        group = found.lastindex
        if group is None or not found[group]:
            continue
        yield Mention(found[group], "number" if group in (3, 5) else "value", found.start(group), found.end(group))
