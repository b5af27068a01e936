"""MySQL's error texts (``docs/spec/intercode_sql.md §3``)."""

from envs.intercode_sql.engine.base import SQLError


def syntax(rest: str, line: int) -> SQLError:
    """Return the syntax error whose text quotes the first 80 characters MySQL did not understand."""
    return SQLError(
        "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version "
        f"for the right syntax to use near '{rest[:80]}' at line {line}"
    )


def unknown_table(name: str) -> SQLError:
    """Return the error for a table that no database has."""
    return SQLError(f"Table '{name}' doesn't exist")


def unknown_column(name: str, clause: str) -> SQLError:
    """Return the error for a column that no table in reach has."""
    return SQLError(f"Unknown column '{name}' in '{clause}'")


def ambiguous(name: str, clause: str) -> SQLError:
    """Return the error for a column that several tables have."""
    return SQLError(f"Column '{name}' in {clause} is ambiguous")


def not_grouped(position: int, clause: str, column: str, *, grouped: bool) -> SQLError:
    """Return the ONLY_FULL_GROUP_BY error for one expression."""
    if not grouped:
        return SQLError(
            f"In aggregated query without GROUP BY, expression #{position} of {clause} contains nonaggregated "
            f"column '{column}'; this is incompatible with sql_mode=only_full_group_by"
        )
    return SQLError(
        f"Expression #{position} of {clause} is not in GROUP BY clause and contains nonaggregated column "
        f"'{column}' which is not functionally dependent on columns in GROUP BY clause; "
        "this is incompatible with sql_mode=only_full_group_by"
    )


def not_distinct(position: int, column: str) -> SQLError:
    """Return the error for ordering a DISTINCT result by something outside it."""
    return SQLError(
        f"Expression #{position} of ORDER BY clause is not in SELECT list, references column '{column}' "
        "which is not in SELECT list; this is incompatible with DISTINCT"
    )


NO_ALIAS = SQLError("Every derived table must have its own alias")
LIMIT_IN = SQLError("This version of MySQL doesn't yet support 'LIMIT & IN/ALL/ANY/SOME subquery'")
MANY_ROWS = SQLError("Subquery returns more than 1 row")
GROUP_FUNCTION = SQLError("Invalid use of group function")
DIFFERENT_COLUMNS = SQLError("The used SELECT statements have a different number of columns")
TOO_LONG = SQLError("Query execution was interrupted, maximum statement execution time exceeded")
OUT_OF_MEMORY = SQLError("Out of memory; restart server and try again (needed 1048576 bytes)")
LARGE_RESULT = SQLError("Result of the query was larger than max_allowed_packet (67108864) - truncated")
LONG_STATEMENT = SQLError("Got a packet bigger than 'max_allowed_packet' bytes")
MANY_COLUMNS = SQLError("Too many columns")
NESTED = SQLError("Thread stack overrun: the statement is nested too deeply")
EMPTY = SQLError("Query was empty")


def operand(columns: int) -> SQLError:
    """Return the error for a row where ``columns`` values are wanted."""
    return SQLError(f"Operand should contain {columns} column(s)")
