"""What a server may send is bounded like the embedded engine's results: rows and bytes, and the episode goes on."""

import pytest

from envs.intercode_sql.engine.base import LARGEST_RESULT, ROW_CAP, SQLError
from envs.intercode_sql.engine.mysql import MySQLEngine, MySQLSession

MEGABYTE = 1 << 20
MANY = LARGEST_RESULT // MEGABYTE


class Cursor:
    """Sends rows without end, and counts those that were read."""

    description = (("a", 253),)

    def __init__(self, rows):
        self.rows, self.read = iter(rows), 0

    def execute(self, sql):
        self.sql = sql

    def fetchone(self):
        self.read += 1
        return next(self.rows, None)

    def close(self):
        pass


class Connection:
    def __init__(self, *results):
        self.cursors = [Cursor(rows) for rows in results]
        self.used = []

    def cursor(self):
        self.used.append(self.cursors.pop(0))
        return self.used[-1]


class Engine(MySQLEngine):
    """An engine whose every session has the next of its connections."""

    def __init__(self, *connections):
        super().__init__("", timeout=1)
        self.left = list(connections)

    def session(self, database):
        return MySQLSession(self, self.left.pop(0), database)


def without_end(row):
    while True:
        yield row


def test_a_result_that_is_too_large_is_an_error_text_and_the_next_statement_is_answered():
    pytest.importorskip("mysql.connector", reason="needs mysql-connector-python")
    first, second = Connection(without_end(("x" * MEGABYTE,))), Connection([(1,)])
    session = Engine(first, second).session("world_1")
    with pytest.raises(SQLError, match=r"larger than max_allowed_packet \(67108864\)"):
        session.execute("SELECT REPEAT('x', 1048576) FROM a, b")
    assert first.used[0].read == MANY + 1
    assert session.execute("SELECT 1") == [(1,)]
    assert len(second.used) == 1


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ([(b"x" * MEGABYTE,)] * (LARGEST_RESULT // MEGABYTE), LARGEST_RESULT // MEGABYTE),
        (without_end((1, None)), ROW_CAP),
    ],
)
def test_what_is_within_the_bounds_is_whole_and_more_rows_are_cut(rows, kept):
    pytest.importorskip("mysql.connector", reason="needs mysql-connector-python")
    session = Engine(Connection(rows), Connection([])).session("world_1")
    assert len(session.execute("SELECT a FROM b")) == kept


def test_a_real_server_sends_no_more(server_dsn):
    session = MySQLEngine(server_dsn, timeout=20).session("world_1")
    with pytest.raises(SQLError, match="larger than max_allowed_packet"):
        session.execute("SELECT REPEAT('x', 1000000) FROM country a, country b")
    assert session.execute("SELECT COUNT(*) FROM country") == [(239,)]
