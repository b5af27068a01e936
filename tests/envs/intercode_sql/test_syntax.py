import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envs.intercode_sql.engine.base import SQLError, first_statement
from envs.intercode_sql.translate.syntax import check


@pytest.mark.parametrize(
    ("sql", "near"),
    [
        ("SELECT a FROM <table_name> WHERE a = 1", "<table_name> WHERE a = 1"),
        ("SELECT avg(Attendance) FROM SHOW", "SHOW"),
        ("SELECT a FROM t ORDER BY COUNT (*) DESC LIMIT 1", "*) DESC LIMIT 1"),
        ("SELECT CAST(a AS INT)", "INT)"),
        ("SELECT a FROM t ) SELECT b FROM u", ") SELECT b FROM u"),
        ("SELECT a FROM students  Please try this command", "try this command"),
        ("SELECT a FROM t WHERE b = 'x' This is it", "This is it"),
        ("SELECT a FROM t JOIN like l ON 1", "like l ON 1"),
        ("SELECT a FROM t WHERE a LIKE '%x", "'%x"),
        ("SELECT a FROM a.b.c", ".c"),
        ("SELECT a FROM t WHERE", ""),
    ],
)
def test_syntax_errors_quote_the_place_where_mysql_stops(sql, near):
    with pytest.raises(SQLError, match="You have an error in your SQL syntax") as raised:
        check(sql)
    assert f"near '{near}' at line 1" in str(raised.value)


def test_the_line_counts_and_the_text_is_cut_at_80():
    with pytest.raises(SQLError, match=r"at line 3$") as raised:
        check("SELECT a\nFROM t\nGROUP " + "x" * 200)
    assert f"near '{'x' * 80}' at" in str(raised.value)


def test_a_derived_table_needs_an_alias_and_in_no_limit():
    with pytest.raises(SQLError, match="Every derived table"):
        check("SELECT COUNT(*) FROM (SELECT a FROM t)")
    with pytest.raises(SQLError, match=r"LIMIT & IN/ALL/ANY/SOME"):
        check("SELECT a FROM t WHERE a IN (SELECT a FROM t LIMIT 1)")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT t.show, `rank` FROM `show` AS t LEFT JOIN u USING (id) WHERE NOT a IN (1, 2) AND b IS NOT NULL",
        "WITH c AS (SELECT 1 AS x) SELECT x FROM c UNION ALL SELECT 2 ORDER BY 1 LIMIT 2, 3",
        "SELECT RANK() OVER (PARTITION BY a ORDER BY b DESC), IF(a > 1, 'x', \"y\") FROM t",
        "SELECT GROUP_CONCAT(DISTINCT a ORDER BY b SEPARATOR ', '), CAST(a AS DECIMAL(10,2)) FROM t -- end",
        "SELECT CASE a WHEN 1 THEN 'x' ELSE 'y' END, EXISTS (SELECT 1) FROM t WHERE a = ANY (SELECT 1)",
        "SELECT DATE_ADD(a, INTERVAL 1 DAY), a COLLATE utf8mb4_bin, -a, !b, a DIV 2 FROM t WHERE a LIKE 'x' ESCAPE '|'",
    ],
)
def test_what_mysql_accepts_passes(sql):
    check(sql)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="SELCTFROMab*(),'\"`;.=<> 1\n", max_size=60))
def test_no_text_breaks_the_recogniser(text):
    with contextlib.suppress(SQLError):
        check("SELECT " + first_statement(text))
