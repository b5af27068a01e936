import datetime
import time
from decimal import Decimal

import pytest

from envs.intercode_sql.engine.base import SQLError
from envs.intercode_sql.engine.sqlite import SQLiteEngine
from envs.intercode_sql.engine.statements import Statements
from envs.intercode_sql.lexicon import SQLLexicon
from macla.errors import UserError

LEXICON = SQLLexicon()


@pytest.fixture
def run(small):
    return small.session("world_1").execute


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT COUNT(*), SUM(Id), AVG(Id) FROM car", [(4, Decimal("46"), Decimal("11.5000"))]),
        ("SELECT SUM(Price), AVG(Price) FROM car", [(Decimal("135.74"), Decimal("33.935000"))]),
        ("SELECT AVG(Rating), SUM(Weight) FROM car", [(8.1, 10.0)]),
        ("SELECT 7 / 2, 7 DIV 2, 1 / 0, 2 = 2", [(Decimal("3.5000"), 3, None, 1)]),
        ("SELECT Founded FROM maker WHERE Id = 1", [(datetime.date(1990, 5, 1),)]),
        ("SELECT Name FROM maker WHERE Name = 'ZURICH MOTORS'", [("Zürich Motors",)]),
        ("SELECT COUNT(*) FROM maker WHERE Country = 'usa'", [(2,)]),
        ("SELECT Country, COUNT(*) FROM maker GROUP BY Country", [("Swiss", 2), ("usa ", 2)]),
        ("SELECT DISTINCT country FROM maker", [("Swiss",), ("usa ",)]),
        ("SELECT Id FROM car WHERE Horsepower > 100", [(10,), (13,)]),
        ('SELECT Id FROM maker WHERE Name LIKE "%neil" AND NOT Name LIKE "x%"', [(2,)]),
        ("SELECT Id FROM maker WHERE Name NOT LIKE '%e%'", [(1,)]),
        ("SELECT Id FROM maker WHERE Founded > '1980-01-01' ORDER BY Founded DESC", [(2,), (1,)]),
        ("SELECT YEAR(Founded), LENGTH(Name), UPPER(Country) FROM maker WHERE Id = 4", [(1970, 16, "SWISS")]),
        ("SELECT Maker FROM car UNION SELECT Id FROM maker", [(1,), (2,), (3,), (4,)]),
        ("SELECT Id FROM maker EXCEPT SELECT Maker FROM car", [(4,)]),
        ("SELECT m.Name, COUNT(*) FROM maker m JOIN car c ON m.Id = c.Maker GROUP BY m.Id ORDER BY 2 DESC LIMIT 1",
         [("O'Neil", 2)]),
        ("SELECT Id FROM maker WHERE Id NOT IN (SELECT Maker FROM car)", [(4,)]),
        ("SELECT `18_code`, GROUP_CONCAT(Id ORDER BY Id DESC) FROM car GROUP BY `18_code`",
         [("a", "12,10"), ("b", "11"), (None, "13")]),
        ("SELECT Id, RANK() OVER (ORDER BY Weight DESC) FROM car WHERE Id > 11", [(13, 1), (12, 2)]),
        ("WITH big AS (SELECT Id FROM car WHERE Weight >= 2) SELECT COUNT(*) FROM big", [(3,)]),
        ("SELECT IFNULL(Horsepower, 'none') FROM car WHERE Id = 12", [("none",)]),
        ("SHOW TABLES", [("car",), ("maker",)]),
        ("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1",
         [("car",), ("maker",)]),
        (LEXICON.survey(["car", "maker"]),
         [("car: Id PRI, Maker MUL, Horsepower, Price, Weight, Rating, 18_code",),
          ("maker: Id PRI, Name, Country, Founded",)]),
    ],
)  # fmt: skip
def test_values_types_and_order_are_mysqls(run, sql, rows):
    assert repr(sorted(run(sql)) if " UNION " in sql else run(sql)) == repr(rows)


def test_desc_shows_what_mysql_shows(run):
    assert run("DESC Maker")[:2] == [
        ("Id", "int", "NO", "PRI", None, "auto_increment"),
        ("Name", "text", "YES", "", None, ""),
    ]
    assert run("SHOW COLUMNS FROM car")[1] == ("Maker", "int", "YES", "MUL", None, "")


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT x FROM maker", "Unknown column 'x' in 'field list'"),
        ("SELECT Id FROM maker WHERE y = 1", "Unknown column 'y' in 'where clause'"),
        ("SELECT m.Id FROM maker m JOIN car c ON m.Id = c.z", "Unknown column 'c.z' in 'on clause'"),
        ("SELECT Id FROM maker ORDER BY y", "Unknown column 'y' in 'order clause'"),
        ("SELECT Id FROM maker JOIN car", "Column 'Id' in field list is ambiguous"),
        ("SELECT nothing FROM nowhere", "Table 'world_1.nowhere' doesn't exist"),
        ("SELECT 1 FROM elsewhere.t", "Unknown database 'elsewhere'"),
        (
            "SELECT Name, COUNT(*) FROM maker",
            "In aggregated query without GROUP BY, expression #1 of SELECT list contains nonaggregated column "
            "'world_1.maker.Name'; this is incompatible with sql_mode=only_full_group_by",
        ),
        ("SELECT Id FROM maker WHERE COUNT(*) > 1", "Invalid use of group function"),
        ("SELECT Id FROM maker WHERE Id = (SELECT Maker FROM car)", "Subquery returns more than 1 row"),
        ("SELECT Id FROM maker WHERE Id IN (SELECT Id, Maker FROM car)", "Operand should contain 1 column(s)"),
        ("SELECT Id FROM maker UNION SELECT Id, Name FROM maker",
         "The used SELECT statements have a different number of columns"),
        ("SELECT nofunction(1)", "FUNCTION world_1.nofunction does not exist"),
        ("SELECT DISTINCT Name FROM maker ORDER BY Country", "Expression #1 of ORDER BY clause is not in SELECT list, "
         "references column 'world_1.maker.Country' which is not in SELECT list; this is incompatible with DISTINCT"),
        ("DROP TABLE maker", "DROP command denied to user 'agent'@'localhost' for table 'maker'"),
    ],
)  # fmt: skip
def test_errors_have_mysqls_words(run, sql, message):
    with pytest.raises(SQLError) as raised:
        run(sql)
    assert str(raised.value) == message


def test_a_key_determines_the_other_columns_of_its_table(run):
    assert run("SELECT m.Name, COUNT(*) FROM maker m JOIN car c ON c.Maker = m.Id GROUP BY m.Id") != []
    with pytest.raises(SQLError, match="functionally dependent"):
        run("SELECT c.Weight, COUNT(*) FROM maker m JOIN car c ON c.Maker = m.Id GROUP BY m.Id")
    run("SET sql_mode = ''")
    assert len(run("SELECT c.Weight, COUNT(*) FROM maker m JOIN car c ON c.Maker = m.Id GROUP BY m.Id")) == 3


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT COUNT(*) FROM " + ", ".join(f"car c{i}" for i in range(15)),
        "SELECT SLEEP(100)",
        "WITH RECURSIVE n AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM n) SELECT COUNT(*) FROM n",
    ],
)
def test_what_would_hang_is_stopped(run, sql):
    began = time.monotonic()
    with pytest.raises(SQLError, match="maximum statement execution time exceeded"):
        run(sql)
    assert time.monotonic() - began < 5


def test_a_million_rows_are_capped(small):
    rows = small.session("world_1").execute(
        "WITH RECURSIVE n AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM n WHERE x < 300000) SELECT x FROM n"
    )
    assert len(rows) == 100_000


def test_nothing_can_be_written(small):
    path, schema = small._built
    connection = Statements(path, schema, timeout=1.0)._sqlite
    for sql in ('DELETE FROM "world_1.car"', "ATTACH DATABASE 'x' AS y", "PRAGMA writable_schema = 1"):
        with pytest.raises(Exception, match=r"not authorized|readonly|prohibited"):
            connection.execute(sql)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "CREATE DATABASE a; USE `a`; CREATE TABLE `t` (\n  `x` int\n); INSERT INTO `t` VALUES (1,2);",
            "2 values for 1",
        ),
        ("USE `a`; CREATE TABLE `t` (\n  `x` int\n); INSERT INTO `t` VALUES (oops);", "unexpected"),
        ("USE `a`; CREATE TABLE `t` (\n  `x` int", "ends inside"),
        ("SELECT 1;", "defines no tables"),
    ],
)
def test_a_broken_dump_is_the_users_to_mend(tmp_path, text, message):
    (tmp_path / "dump.sql").write_text(text)
    with pytest.raises(UserError, match=message):
        SQLiteEngine(tmp_path / "dump.sql", tmp_path / "built", timeout=1).check()
    assert not (tmp_path / "built").exists() or not list((tmp_path / "built").iterdir())


def test_a_missing_dump_is_named(tmp_path):
    with pytest.raises(UserError, match=r"cannot read the database dump .*none\.sql"):
        SQLiteEngine(tmp_path / "none.sql", tmp_path, timeout=1).check()
