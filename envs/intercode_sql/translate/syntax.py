"""Where MySQL's parser would stop: a recogniser of its query grammar, for the text of syntax errors.

See ``docs/spec/intercode_sql.md §3``.

It builds no tree. sqlglot accepts much that MySQL refuses, and quotes other places; the agent learns from that text.
"""

from envs.intercode_sql.translate import errors
from envs.intercode_sql.translate.operands import ExpressionGrammar

_SET_OPERATORS = ("UNION", "EXCEPT", "INTERSECT")


def check(sql: str) -> None:
    """Raise SQLError when MySQL's parser would refuse the statement; other statements than queries pass."""
    recogniser = QueryGrammar(sql)
    recogniser.statement()
    if recogniser.limit_in_subquery:
        raise errors.LIMIT_IN


class QueryGrammar(ExpressionGrammar):
    """Recursive descent over statements; the first token that cannot continue raises the syntax error."""

    # statements

    def statement(self) -> None:
        """A whole statement."""
        if self.peek("SELECT", "WITH", "("):
            self.query()
        elif self.accept("DESC", "DESCRIBE", "EXPLAIN"):
            if self.peek("SELECT", "WITH", "("):
                self.query()
            else:
                self.dotted()
                if self.token.kind in ("word", "quoted", "string"):
                    self.at += 1
        elif self.accept("SHOW"):
            self.show()
        elif self.accept("USE"):
            self.name()
        elif self.token.kind in ("end", "word"):
            return
        self.accept(";")
        if self.token.kind != "end":
            raise self.fail()

    def show(self) -> None:
        """What follows SHOW."""
        self.accept("FULL", "EXTENDED")
        if self.accept("CREATE"):
            self.expect("TABLE", "DATABASE", "SCHEMA", "VIEW")
            self.dotted()
        elif self.accept("TABLES", "COLUMNS", "FIELDS", "INDEX", "INDEXES", "KEYS", "DATABASES", "SCHEMAS", "TABLE"):
            if self.tokens[self.at - 1].text == "TABLE":
                self.expect("STATUS")
            while self.accept("FROM", "IN"):
                self.dotted()
            if self.accept("LIKE"):
                self.kind("string")
            elif self.accept("WHERE"):
                self.expression()
        else:
            self.kind("word")
            while self.token.kind not in ("end", "bad"):
                self.at += 1

    # queries

    def query(self) -> bool:
        """Accept a query expression; return whether it has a LIMIT of its own."""
        if self.accept("WITH"):
            self.accept("RECURSIVE")
            self.common_table()
            while self.accept(","):
                self.common_table()
        limited = self.term()
        while self.accept(*_SET_OPERATORS):
            self.accept("ALL", "DISTINCT")
            limited = self.term()
        return self.tail() or limited

    def common_table(self) -> None:
        """One WITH element."""
        self.name()
        if self.accept("("):
            self.names()
        self.expect("AS")
        self.subquery()

    def names(self) -> None:
        """Names up to the closing bracket."""
        self.name()
        while self.accept(","):
            self.name()
        self.expect(")")

    def subquery(self) -> bool:
        """A query in brackets; whether it has a LIMIT of its own."""
        self.expect("(")
        limited = self.query()
        self.expect(")")
        return limited

    def term(self) -> bool:
        """A SELECT or a query in brackets; whether it has a LIMIT."""
        if self.peek("("):
            return self.subquery()
        self.expect("SELECT")
        while self.accept("DISTINCT", "ALL", "DISTINCTROW", "STRAIGHT_JOIN", "SQL_CALC_FOUND_ROWS", "SQL_NO_CACHE"):
            pass
        self.item()
        while self.accept(","):
            self.item()
        if self.accept("FROM"):
            self.tables()
        if self.accept("WHERE"):
            self.expression()
        if self.accept("GROUP"):
            self.expect("BY")
            self.expressions()
            if self.accept("WITH"):
                self.expect("ROLLUP")
        if self.accept("HAVING"):
            self.expression()
        return self.tail()

    def tail(self) -> bool:
        """ORDER BY, LIMIT, FOR; whether there is a LIMIT."""
        if self.accept("ORDER"):
            self.expect("BY")
            self.ordering()
        limited = self.accept("LIMIT")
        if limited:
            self.whole_number()
            if self.accept(",", "OFFSET"):
                self.whole_number()
        if self.accept("FOR"):
            self.expect("UPDATE", "SHARE")
        return limited

    def whole_number(self) -> None:
        """A number without fraction."""
        if not self.token.text.isdigit():
            raise self.fail()
        self.at += 1

    def ordering(self) -> None:
        """What follows ORDER BY."""
        self.expression()
        self.accept("ASC", "DESC")
        while self.accept(","):
            self.expression()
            self.accept("ASC", "DESC")

    def item(self) -> None:
        """One element of a select list."""
        if self.accept("*"):
            return
        if self.token.kind in ("word", "quoted") and self.following(".") and self.following("*", ahead=2):
            self.at += 3
            return
        self.expression()
        if self.accept("AS"):
            if self.token.kind == "string":
                self.at += 1
            else:
                self.name()
        elif self.is_name() or self.token.kind == "string":
            self.at += 1

    # tables

    def tables(self) -> None:
        """What follows FROM."""
        self.joined()
        while self.accept(","):
            self.joined()

    def joined(self) -> None:
        """A table and what is joined to it."""
        self.factor()
        while True:
            if self.accept("LEFT", "RIGHT"):
                self.accept("OUTER")
                self.expect("JOIN")
                self.factor()
                while not self.peek("ON", "USING"):
                    if not self.inner_join():
                        raise self.fail()
                self.condition()
            elif self.accept("NATURAL"):
                if not self.accept("INNER") and self.accept("LEFT", "RIGHT"):
                    self.accept("OUTER")
                self.expect("JOIN")
                self.factor()
            elif not self.inner_join():
                return

    def inner_join(self) -> bool:
        """A join that needs no condition; whether there was one."""
        if self.accept("INNER", "CROSS"):
            self.expect("JOIN")
        elif not self.accept("JOIN", "STRAIGHT_JOIN"):
            return False
        self.factor()
        if self.peek("ON", "USING"):
            self.condition()
        return True

    def condition(self) -> None:
        """ON or USING."""
        if self.accept("ON"):
            self.expression()
        else:
            self.expect("USING")
            self.expect("(")
            self.names()

    def factor(self) -> None:
        """One table, derived table or bracket."""
        if self.peek("(") and self.query_ahead():
            self.subquery()
            self.accept("AS")
            if not self.is_name():
                if self.token.kind == "end" or self.peek(
                    ")", ",", "WHERE", "ORDER", "GROUP", "LIMIT", "JOIN", "ON", ";"
                ):
                    raise errors.NO_ALIAS
                raise self.fail()
            self.at += 1
            if self.accept("("):
                self.names()
        elif self.accept("("):
            self.tables()
            self.expect(")")
        elif self.accept("DUAL"):
            return
        else:
            self.dotted()
            if self.accept("AS"):
                self.name()
            elif self.is_name():
                self.at += 1
            if self.accept("USE", "FORCE", "IGNORE"):
                self.expect("INDEX", "KEY")
                self.expect("(")
                self.names()
