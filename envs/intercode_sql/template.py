"""An SQL statement as a template with holes for tables, columns and literals, and back again."""

import re
from collections.abc import Sequence
from functools import lru_cache

from sqlglot import exp

from envs.intercode_sql.engine.base import SQLError
from envs.intercode_sql.translate.grammar import PlainMySQL, parse
from envs.intercode_sql.translate.tokens import RESERVED
from macla.benchmarks.lexicon import Command

_HOLE = re.compile(r"`?hole(\d+)x`?")
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9$]*$")
_NUMBER = re.compile(r"\d+(\.\d+)?([eE][+-]?\d+)?$|\.\d+$")


@lru_cache(maxsize=8192)
def split(sql: str) -> Command | None:
    """Return the statement's template and what fills its holes in order; None for what MySQL cannot parse.

    Names are in lower case (MySQL's columns do not tell cases apart, and our server's tables neither), columns carry
    their table's name instead of an alias. Where a query reads one table twice, aliases ``t1``, ``t2`` … stay.
    Aliases of columns go where nothing refers to them. A LIKE pattern's outer ``%`` belong to the template.
    """
    try:
        tree = parse(sql)
    except SQLError:
        return None
    if isinstance(tree, exp.Show):
        return _split_show(tree)
    if isinstance(tree, exp.Describe) and isinstance(tree.this, exp.Table):
        return Command("DESC {}", (_name(tree.this.this),)) if not tree.this.db else None
    if not isinstance(tree, exp.Query):
        return None
    return _Splitter(tree.copy()).command()


def join(command: Command) -> str:
    """Return the statement; names that MySQL would misread are quoted, quotes in literals doubled."""
    pieces = command.verb.split("{}")
    text = pieces[0]
    for argument, piece in zip(command.arguments, pieces[1:], strict=True):
        inside = text.count("'") % 2 == 1
        text += argument.replace("'", "''").replace("\\", "\\\\") if inside else _spelled(argument)
        text += piece
    return text


def _spelled(argument: str) -> str:
    if argument.startswith("`") or _NUMBER.match(argument):
        return argument
    return ".".join(quoted(name) for name in argument.split("."))


def quoted(name: str) -> str:
    """Return a name as a statement spells it, in backticks where MySQL would misread it."""
    return name if _PLAIN_NAME.match(name) and name.upper() not in RESERVED else f"`{name}`"


def _name(identifier: exp.Expression) -> str:
    """Return a name as an argument, in lower case; one that looks like a number keeps its quotes."""
    name = identifier.name.lower()
    return f"`{name}`" if _NUMBER.match(name) or name.startswith("`") else name


def _split_show(tree: exp.Show) -> Command | None:
    what, target = tree.name.upper(), tree.args.get("target")
    others = [key for key, value in tree.args.items() if value and key not in ("this", "target")]
    if others or what not in ("TABLES", "COLUMNS", "DATABASES"):
        return None
    if target is None:
        return Command(f"SHOW {what}", ())
    return Command("DESC {}", (_name(target),)) if what == "COLUMNS" else None


class _Splitter:
    """Replaces names and literals by numbered holes in a copy of the tree, then reads them off the text."""

    def __init__(self, tree: exp.Expression) -> None:
        self.tree = tree
        self.values: list[str] = []
        self.named: set[int] = set()
        """Columns that carry their table's name."""

    def command(self) -> Command | None:
        self._drop_column_aliases()
        self._one_spelling()
        self._name_tables()
        self._number_table_aliases()
        kept = self._kept_names()
        for literal in list(self.tree.find_all(exp.Literal)):
            self._literal(literal)
        for column in self.tree.find_all(exp.Column):
            if isinstance(column.this, exp.Identifier) and column.name.lower() not in kept:
                owner = column.table if id(column) in self.named else ""
                column.set("this", self._hole(f"{owner}.{_name(column.this)}" if owner else _name(column.this)))
                if owner:
                    column.set("table", None)
        for table in self.tree.find_all(exp.Table):
            if table.name.lower() not in kept and isinstance(table.this, exp.Identifier):
                table.set("this", self._hole(_name(table.this)))
        text = self.tree.sql(dialect=PlainMySQL, comments=False)
        if "{" in text or "}" in text:
            return None
        order = [int(number) for number in _HOLE.findall(text)]
        return Command(_HOLE.sub("{}", text), tuple(self.values[number] for number in order))

    def _hole(self, value: str) -> exp.Identifier:
        self.values.append(value)
        return exp.to_identifier(f"hole{len(self.values) - 1}x")

    def _literal(self, literal: exp.Literal) -> None:
        if not literal.is_string:
            literal.replace(self._hole(literal.name))
            return
        text = literal.name
        before = after = ""
        if isinstance(literal.parent, exp.Like) and literal.arg_key == "expression":
            before, after = "%" * (len(text) - len(text.lstrip("%"))), "%" * (len(text) - len(text.rstrip("%")))
            text = text.strip("%")
            after = "" if not text else after
        hole = self._hole(text).name
        literal.replace(exp.Literal.string(f"{before}{hole}{after}"))

    def _drop_column_aliases(self) -> None:
        """Write out what ORDER BY, HAVING and GROUP BY call by an alias; an alias that nothing else needs goes."""
        for select in list(self.tree.find_all(exp.Select)):
            meant = {alias.alias.lower(): alias.this for alias in select.expressions if isinstance(alias, exp.Alias)}
            for clause in ("order", "having", "group"):
                node = select.args.get(clause)
                for column in list(node.find_all(exp.Column)) if node is not None else []:
                    if not column.table and column.name.lower() in meant:
                        column.replace(meant[column.name.lower()].copy())
        used = {column.name.lower() for column in self.tree.find_all(exp.Column)}
        for alias in list(self.tree.find_all(exp.Alias)):
            if alias.alias.lower() not in used:
                alias.replace(alias.this)

    def _one_spelling(self) -> None:
        """Leave out words that change nothing: INNER before JOIN, ASC."""
        for join_ in self.tree.find_all(exp.Join):
            if join_.args.get("kind") == "INNER":
                join_.set("kind", None)
        for ordered in self.tree.find_all(exp.Ordered):
            if not ordered.args.get("desc"):
                ordered.set("desc", None)

    def _name_tables(self) -> None:
        """Qualify columns with their tables' names, unless some table is read twice where one name would mean both."""
        kept, found = self._kept_names(), []
        for column in list(self.tree.find_all(exp.Column)):
            owner = _owning(column)
            if owner is None or column.name.lower() in kept:
                continue
            select, table = owner
            if not _tells(select, column, table.name.lower()):
                return
            found.append((column, table.name.lower()))
        for column, name in found:
            column.set("table", exp.to_identifier(name))
            column.set("db", None)
            column.meta["numbered"] = True
            self.named.add(id(column))

    def _number_table_aliases(self) -> None:
        """Rename what qualifies the other columns; a table that no column is qualified with loses its alias."""
        count = 0
        for select in list(self.tree.find_all(exp.Select)):
            for node in _sources(select):
                old = (node.alias or node.name).lower()
                columns = [c for c in select.find_all(exp.Column) if c.table.lower() == old]
                owned = [column for column in columns if _owner(column, old) is select]
                if not owned and isinstance(node, exp.Table):
                    node.set("alias", None)
                    continue
                count += 1
                new = f"t{count}"
                node.set("alias", exp.TableAlias(this=exp.to_identifier(new)))
                for column in owned:
                    column.set("table", exp.to_identifier(new))
                    column.set("db", None)
                    column.meta["numbered"] = True

    def _kept_names(self) -> set[str]:
        """Return the names that are the statement's own: column aliases and common table expressions."""
        names = {alias.alias.lower() for alias in self.tree.find_all(exp.Alias)}
        for cte in self.tree.find_all(exp.CTE):
            names.add(cte.alias.lower())
            names |= {column.name.lower() for column in cte.args["alias"].columns}
        return names


def _sources(select: exp.Expression) -> list[exp.Expression]:
    """Return what the FROM clause of a SELECT reads: tables and derived tables."""
    start = select.args.get("from_")
    nodes = [start.this] if start is not None else []
    return nodes + [join_.this for join_ in select.args.get("joins") or []]


def _owning(column: exp.Column) -> tuple[exp.Expression, exp.Table] | None:
    """Return the SELECT and the table that a column belongs to, as far as the statement tells."""
    select, alias = column.find_ancestor(exp.Select), column.table.lower()
    while select is not None:
        nodes = _sources(select)
        if not alias:
            return (select, nodes[0]) if len(nodes) == 1 and isinstance(nodes[0], exp.Table) else None
        for node in nodes:
            if (node.alias or node.name).lower() == alias:
                return (select, node) if isinstance(node, exp.Table) else None
        select = select.find_ancestor(exp.Select)
    return None


def _tells(owner: exp.Expression, column: exp.Column, name: str) -> bool:
    """Whether a table's name means one table only at a column, seen up to the SELECT that reads it."""
    select = column.find_ancestor(exp.Select)
    while select is not None:
        times = [(node.alias or node.name).lower() == name or node.name.lower() == name for node in _sources(select)]
        if sum(times) != (select is owner):
            return False
        if select is owner:
            return True
        select = select.find_ancestor(exp.Select)
    return False


def _owner(column: exp.Column, alias: str) -> exp.Expression | None:
    """Return the innermost SELECT whose FROM clause has ``alias``; None once the column was renamed."""
    if column.meta.get("numbered"):
        return None
    select = column.find_ancestor(exp.Select)
    while select is not None:
        if any((node.alias or node.name).lower() == alias for node in _sources(select)):
            return select
        select = select.find_ancestor(exp.Select)
    return None


_CLAUSE = re.compile(
    r"\b(?:SELECT|FROM|(?:LEFT |RIGHT |CROSS )?JOIN|WHERE|AND|OR|GROUP BY|HAVING|ORDER BY|LIMIT)\b"
    r"|\b(?:UNION|EXCEPT|INTERSECT)\b|\bDESC(?= LIMIT|$)"
)
_BETWEEN = re.compile(r"BETWEEN \S+ $")
_LAST = ("UNION", "EXCEPT", "INTERSECT")
"""With a set operation goes all that follows it."""


def clauses(command: Command) -> list[Command]:
    """Return a SELECT's clauses as commands, in order; of each kind the first has all others of that kind in it."""
    verb, seen, starts = command.verb, set[str](), list[int]()
    if not verb.startswith("SELECT "):
        return [command]
    for found in _CLAUSE.finditer(verb):
        kind, start = found[0].split()[-1 if "JOIN" in found[0] else 0], found.start()
        if verb.count("(", 0, start) > verb.count(")", 0, start) or verb.count("'", 0, start) % 2:
            continue
        joins = bool(starts) and " ON " in verb[starts[-1] : start]
        if kind in ("AND", "OR") and (joins or {"AND", "OR"} & seen or _BETWEEN.search(verb[:start])):
            continue
        if kind not in seen:
            starts.append(start)
            seen.add(kind)
        if kind in _LAST:
            break
    result, used = [], 0
    for start, end in zip(starts, [*starts[1:], len(verb)], strict=True):
        piece = verb[start:end].strip()
        holes = piece.count("{}")
        result.append(Command(piece, command.arguments[used : used + holes]))
        used += holes
    return result


def joined(parts: Sequence[Command]) -> Command:
    """Return the statement that clauses make; the inverse of :func:`clauses`."""
    return Command(" ".join(part.verb for part in parts), tuple(name for part in parts for name in part.arguments))
