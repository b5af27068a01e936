"""A statement that computes without end or fills the memory is ended from outside, and the next one runs."""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from envs.intercode_sql.engine.base import SQLError, bare, encodable, first_statement
from envs.intercode_sql.engine.sqlite import SQLiteEngine
from envs.intercode_sql.protocol import read_action

MANY = "WITH RECURSIVE n AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM n WHERE x < 90000) SELECT"
LONG = "REPEAT('a', 1000000)"
NESTED = "'a'"
for _ in range(8):
    NESTED = f"REPLACE({NESTED}, 'a', '{'a' * 30}')"

TIME = "Query execution was interrupted, maximum statement execution time exceeded"
MEMORY = "Out of memory; restart server and try again (needed 1048576 bytes)"
DEPTH = "Thread stack overrun"
REGEX = "Timeout exceeded in regular expression match"


@pytest.fixture
def run(small: SQLiteEngine):
    return small.session("world_1").execute


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT POW(9999999, 9999999)", "DOUBLE value is out of range in 'pow(9999999,9999999)'"),
        ("SELECT POW(0, -1)", "DOUBLE value is out of range in 'pow(0,-1)'"),
        (f"SELECT {'1' * 400}", "BIGINT value is out of range"),
        (f"SELECT 1 + {'9' * 400}", "BIGINT value is out of range"),
        (f"SELECT REGEXP_LIKE({LONG}, '(a+)+b')", TIME),
        (f"{MANY} REGEXP_LIKE(CONCAT({LONG}, x), '(a|a)+c') FROM n", TIME),
        (f"{MANY} GROUP_CONCAT(REPEAT(x, 100000)) FROM n", MEMORY),
        (f"{MANY} x FROM n ORDER BY REPEAT(x, 100000)", MEMORY),
        (f"SELECT {'(' * 3000}1{')' * 3000}", DEPTH),
        (f"EXPLAIN SELECT {'(' * 3000}1{')' * 3000}", DEPTH),
        (f"SELECT {'1+' * 20_000}1", DEPTH),
        (f"SELECT '{'a' * 70_000}'", "Got a packet bigger than 'max_allowed_packet' bytes"),
        ("SET sql_mode = (SELECT Name FROM maker WHERE 0)", "Variable 'sql_mode' can't be set to the value of 'NULL'"),
        ("-- nothing", "Query was empty"),
        ("SELECT ABS(-9223372036854775808)", "BIGINT value is out of range in 'abs(-9223372036854775808)'"),
        ("SELECT 9223372036854775807+1", "BIGINT value is out of range in '(9223372036854775807 + 1)'"),
        ("SELECT 2 * (9223372036854775807-1)", "BIGINT value is out of range in '(2 * (9223372036854775807 - 1))'"),
        ("SELECT 'a' REGEXP '('", "Mismatched parenthesis in regular expression."),
        ("SELECT 'a' REGEXP '[a'", "The regular expression contains an unclosed bracket expression."),
        ("SELECT 'a' REGEXP 'a{3,1}'", "The maximum is less than the minimum in a {min,max} interval."),
        (f"{'SELECT * FROM (' * 40}SELECT 1{') x' * 40}", DEPTH),
        (f"SELECT {','.join('1' * 3000)}", "Too many columns"),
        ("SELECT * FROM DUAL", "No tables used"),
    ],
)
def test_what_has_no_answer_has_an_error(run, sql: str, message: str):
    began = time.monotonic()
    with pytest.raises(SQLError) as error:
        run(sql)
    assert str(error.value).startswith(message) or {str(error.value), message} in ({TIME, MEMORY}, {TIME, REGEX})
    assert time.monotonic() - began < 10
    assert run("SELECT Id FROM maker WHERE Id = 1") == [(1,)]


@pytest.mark.parametrize(
    ("sql", "row"),
    [
        (f"SELECT LENGTH({NESTED})", (None,)),
        (f"SELECT LENGTH(REPLACE({LONG}, 'a', {LONG}))", (None,)),
        (f"SELECT LENGTH(LPAD('b', 1000000, {LONG}))", (1_000_000,)),
        (f"SELECT LENGTH(CONCAT({', '.join([LONG] * 60)}))", (None,)),
        ("SELECT FORMAT(1.5, 999999999)", ("1.500000000000000000000000000000",)),
        ("SELECT POW(2, 10), POW(2, 0.5), POW(-8, 0.5)", (1024.0, 2**0.5, None)),
        ("SELECT LPAD('a', 5, 'xy'), RPAD('abc', 2, 'x'), LPAD('a', 4, 'x')", ("xyxya", "ab", "xxxa")),
    ],
)
def test_functions_make_no_more_than_a_text_may_hold(run, sql: str, row: tuple[object, ...]):
    assert run(sql) == [row]


def test_no_statement_takes_gigabytes(run):
    for sql in (f"{MANY} GROUP_CONCAT(REPEAT(x, 100000)) FROM n", f"{MANY} x, REPEAT('abc', 300000) FROM n"):
        with pytest.raises(SQLError):
            run(sql)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < (1 << 20)  # kilobytes


def test_half_a_character_is_sent_as_a_question_mark(run):
    assert run(encodable("SELECT '\ud800'")) == [("?",)]


@pytest.mark.parametrize("comment", ["-- all\n", "/* a; b */ ", "# it's\n", "  /* a */ -- b;\n\t"])
def test_a_leading_comment_hides_no_statement(run, comment: str):
    sql = f"{comment}SELECT Id FROM maker WHERE Id = 2; SELECT 1"
    assert run(sql) == [(2,)]
    assert bare(first_statement(sql)) == "SELECT Id FROM maker WHERE Id = 2"
    for profile in ("ipr", "react", "try_again"):
        assert read_action(sql, profile).kind == "sql"


def test_a_fork_asks_a_process_of_its_own(run, small: SQLiteEngine):
    assert run("SELECT 5") == [(5,)]
    child = os.fork()
    if child == 0:
        os._exit(0 if small.session("world_1").execute("SELECT 6") == [(6,)] else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert run("SELECT 7") == [(7,)]


def test_the_guarded_process_ends_with_the_one_it_works_for(small: SQLiteEngine):
    code = (
        "import sys, time; from pathlib import Path; from envs.intercode_sql.engine.sqlite import SQLiteEngine\n"
        "engine = SQLiteEngine(Path(sys.argv[1]), Path(sys.argv[2]), timeout=1.0)\n"
        "engine.session('world_1').execute('SELECT 1')\n"
        "print(engine._guard._process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    arguments = [sys.executable, "-c", code, str(small._dump), str(small._folder)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        guarded = int(owner.stdout.readline())
        owner.kill()
    ended = time.monotonic() + 10
    while _runs(guarded) and time.monotonic() < ended:
        time.sleep(0.05)
    assert not _runs(guarded)


def _runs(process: int) -> bool:
    """Whether a process still does something: one that nobody waited for is gone all the same."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT 1 FROM DUAL", [(1,)]),
        ("SELECT 1 AS a FROM dual WHERE 1 ORDER BY a LIMIT 1", [(1,)]),
        ("SELECT 1 FROM DUAL WHERE 0", []),
        ("SELECT LOAD_FILE('/etc/passwd')", [(None,)]),
        ("SELECT 9223372036854775806 + 1, ABS(-9223372036854775807)", [(9223372036854775807, 9223372036854775807)]),
        ("SELECT -9223372036854775807 - 1", [(-9223372036854775808,)]),
    ],
)
def test_what_is_legal_has_the_value_that_mysql_gives(run, sql: str, rows: list[tuple[int | None, ...]]):
    assert run(sql) == rows
