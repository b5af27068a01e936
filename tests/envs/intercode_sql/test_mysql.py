"""What a server may send is bounded like the embedded engine's results: rows and bytes, and the episode goes on."""

from types import SimpleNamespace

import pytest

from envs.intercode_sql.engine.base import LARGEST_RESULT, ROW_CAP, SQLError
from envs.intercode_sql.engine.mysql import MySQLEngine, MySQLSession, bound_rows

MEGABYTE = 1 << 20
LONGEST_PACKET = (1 << 24) - 1
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


def test_one_row_that_is_too_large_is_not_read_to_its_end_and_the_next_statement_is_answered():
    """The connector's own protocol puts the packets of a row together."""
    protocol = pytest.importorskip("mysql.connector.protocol", reason="needs mysql-connector-python").MySQLProtocol()
    packet = b"\xff\xff\xff\x00" + bytes(LONGEST_PACKET)

    class Socket:
        sent = 0

        def recv(self, timeout=None):
            self.sent += 1
            return packet

    class Row(Cursor):
        def fetchone(self):
            rows, _ = protocol.read_text_result(first._socket, (8,), 1)
            return rows[0]

    first, second = Connection([]), Connection([(1,)])
    first.cursors, first._socket = [Row([])], Socket()
    bound_rows(first)
    session = Engine(first, second).session("world_1")
    with pytest.raises(SQLError, match=r"larger than max_allowed_packet \(67108864\)"):
        session.execute("SELECT REPEAT('x', 60000000), REPEAT('x', 60000000)")
    assert first._socket.sent == LARGEST_RESULT // LONGEST_PACKET
    assert session.execute("SELECT 1") == [(1,)]


def test_packets_of_many_rows_are_not_one_row():
    pytest.importorskip("mysql.connector", reason="needs mysql-connector-python")
    connection = Connection()
    sizes = [LONGEST_PACKET, LONGEST_PACKET, 5] * 4
    packets = [size.to_bytes(3, "little") + bytes(size) for size in sizes]
    connection._socket = SimpleNamespace(recv=lambda: packets.pop(0))
    bound_rows(connection)
    assert [len(connection._socket.recv()) - 3 for _ in sizes] == sizes


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
