import pytest
from hypothesis import given
from hypothesis import strategies as st

from envs.intercode_sql.reader import ReadingLexicon
from macla.benchmarks.lexicon import Command

LEXICON = ReadingLexicon()


def _typed(text):
    return [(mention.name, mention.type) for mention in LEXICON.mentions(text)]


def test_schema_listings_give_tables_and_typed_columns():
    assert _typed("[('concert',), ('singer',)]") == [("concert", "table"), ("singer", "table")]
    described = (
        "[('ID', 'int', 'NO', 'PRI', None, 'auto_increment'), ('Name', 'text', 'YES', '', None, ''), "
        "('GNP', b'float(10,2)', 'YES', '', None, ''), ('Born', 'date', 'YES', '', None, '')]"
    )
    assert _typed(described) == [
        ("ID", "key column"),
        ("Name", "text column"),
        ("GNP", "number column"),
        ("Born", "date column"),
    ]


def test_rows_give_values_and_questions_what_they_name():
    assert _typed("[('Oslo', 3), ('Bern', Decimal('4.50'))]") == [
        ("Oslo", "value"),
        ("3", "number"),
        ("Bern", "value"),
        ("4.50", "number"),
    ]
    found = _typed("What is the average GNP of countries in 'North Asia' with at least two cities founded after 1950?")
    assert found == [("GNP", "value"), ("North Asia", "value"), ("2", "number"), ("1950", "number")]
    assert _typed("Return the grade for the high schooler named Kyle.") == [("Kyle", "value")]


def test_columns_carry_the_name_of_the_table_that_was_described():
    text = "[('ID', 'int', 'NO', 'PRI', None, ''), ('Name', 'text', 'YES', '', None, '')]"
    found = LEXICON.answer(Command("DESC {}", ("singer",)), text)
    assert [mention.name for mention in found] == ["singer.id", "singer.name"]
    assert [text[mention.start : mention.end] for mention in found] == ["ID", "Name"]
    rows = LEXICON.answer(Command("SELECT {} FROM {}", ("singer.name", "singer")), "[('Ann',)]")
    assert [mention.name for mention in rows] == ["Ann"]


def test_mentions_stand_where_they_say():
    for text in ("[('a',), ('b',)]", "How many cities named 'New York' have over 20 people in Old Town?"):
        for mention in LEXICON.mentions(text):
            assert text[mention.start : mention.end].lower() == mention.name.lower()
    (mention,) = LEXICON.mentions("shops with at least two owners")
    assert (mention.name, mention.start, mention.end) == ("2", 20, 23)


def test_statements_of_one_shape_share_a_template():
    first = LEXICON.parse(
        'SELECT T1.name, count(*) AS n FROM singer AS T1 JOIN song x ON T1.id = x.sid WHERE x.y LIKE "%a%"'
    )
    other = LEXICON.parse("SELECT p.age, COUNT(*) FROM people p JOIN pets AS q ON p.k = q.k WHERE q.kind LIKE '%cat%'")
    assert first is not None
    assert other is not None
    assert first.verb == other.verb == ("SELECT {}, COUNT(*) FROM {} JOIN {} ON {} = {} WHERE {} LIKE '%{}%'")
    assert first.arguments == ("singer.name", "singer", "song", "singer.id", "song.sid", "song.y", "a")


def test_words_that_change_nothing_do_not_tell_templates_apart():
    first = LEXICON.parse("SELECT a, COUNT(*) AS n FROM t INNER JOIN u ON t.k = u.k GROUP BY t.c ORDER BY n ASC")
    other = LEXICON.parse("SELECT a, COUNT(*) FROM t JOIN u ON t.k = u.k GROUP BY t.c ORDER BY COUNT(*)")
    assert first == other


def test_a_table_that_is_read_twice_keeps_its_aliases():
    command = LEXICON.parse("SELECT a.x FROM t AS a JOIN t AS b ON a.k = b.k")
    assert command == Command("SELECT t1.{} FROM {} AS t1 JOIN {} AS t2 ON t1.{} = t2.{}", ("x", "t", "t", "k", "k"))


@pytest.mark.parametrize(
    ("sql", "verbs"),
    [
        (
            "SELECT a FROM t WHERE b = 'x' AND c > 1 ORDER BY d DESC LIMIT 3",
            ["SELECT {}", "FROM {}", "WHERE {} = '{}'", "AND {} > {}", "ORDER BY {}", "DESC", "LIMIT {}"],
        ),
        (
            "SELECT COUNT(*) FROM t WHERE b BETWEEN 1 AND 2 OR c IN (SELECT c FROM u WHERE d = 1 AND e = 2)",
            [
                "SELECT COUNT(*)",
                "FROM {}",
                "WHERE {} BETWEEN {} AND {}",
                "OR {} IN (SELECT {} FROM {} WHERE {} = {} AND {} = {})",
            ],
        ),
        (
            "SELECT t.a FROM t JOIN u ON t.k = u.k AND t.j = u.j EXCEPT SELECT a FROM v WHERE b = 'SELECT FROM'",
            ["SELECT {}", "FROM {}", "JOIN {} ON {} = {} AND {} = {}", "EXCEPT SELECT {} FROM {} WHERE {} = '{}'"],
        ),
        ("SHOW TABLES", ["SHOW TABLES"]),
    ],
)
def test_a_query_is_put_together_from_its_clauses(sql, verbs):
    command = LEXICON.parse(sql)
    assert command is not None
    parts = LEXICON.parts(command)
    assert [part.verb for part in parts] == verbs
    assert all(part.verb.count("{}") == len(part.arguments) for part in parts)
    assert LEXICON.whole(parts) == command


@pytest.mark.parametrize(
    ("action", "command"),
    [
        ("submit", Command("submit", ())),
        ("SHOW TABLES", Command("SHOW TABLES", ())),
        ("DESCRIBE `show`", Command("DESC {}", ("show",))),
        ("SHOW COLUMNS FROM city", Command("DESC {}", ("city",))),
        ("SELEC 1", None),
        ("SELECT FROM", None),
        ("DROP TABLE t", None),
        ("tell me more", None),
    ],
)
def test_other_actions(action, command):
    assert LEXICON.parse(action) == command


def test_rejected_is_an_error_not_an_empty_result():
    assert LEXICON.rejected("Error executing query: Table 'a.b' doesn't exist")
    assert LEXICON.rejected("I don't understand your input.\n Your input")
    assert not LEXICON.rejected("[]")


_names = st.text(alphabet="abcxyz_ 09()", min_size=1, max_size=8).filter(lambda s: s.strip() == s and not s.isdigit())
_texts = st.text(alphabet="abc'\" %_\\;-é", max_size=10)


@given(_names, _names, _texts, st.integers(0, 10**6))
def test_render_is_the_inverse_of_parse(table, column, text, number):
    verb = "SELECT {}, COUNT(*) FROM {} WHERE {} = '{}' OR {} > {} GROUP BY {} LIMIT {}"
    column = f"{table}.{column}"
    command = Command(verb, (column, table, column, text, column, str(number), column, "3"))
    assert LEXICON.parse(LEXICON.render(command)) == command


def test_every_gold_survives_the_round_trip(benchmark_sql):
    session = benchmark_sql.engine.session
    verbs = set()
    for task in benchmark_sql.tasks("train"):
        command = LEXICON.parse(task.payload.gold)
        assert command is not None
        text = LEXICON.render(command)
        assert LEXICON.parse(text) == command
        database = task.payload.database
        assert session(database).execute(text) == session(database).execute(task.payload.gold)
        verbs.add(command.verb)
    assert len(verbs) < 200


def test_what_desc_cuts_off_can_be_listed_and_rows_can_be_shown():
    assert LEXICON.looks("singer", "table", "[('id', 'int', 'NO', 'PRI', None, '')]") == (
        "",
        "SELECT * FROM singer LIMIT 3",
    )
    rest, examples = LEXICON.looks("order", "table", "[('id', 'int', 'NO', 'P...")
    assert examples == "SELECT * FROM `order` LIMIT 3"
    listed = "[('Order_ID int PRI, Name char(52) , size_code varchar(10) MUL, bought datetime , cost float(10,2) ',)]"
    assert [(m.name, m.type, listed[m.start : m.end]) for m in LEXICON.answer(LEXICON.parse(rest), listed)] == [
        ("order.order_id", "key column", "Order_ID"),
        ("order.name", "text column", "Name"),
        ("order.size_code", "key column", "size_code"),
        ("order.bought", "date column", "bought"),
        ("order.cost", "number column", "cost"),
    ]
    assert (
        LEXICON.looks("singer.name", "text column", "")
        == LEXICON.looks("x", "table", "Error executing query: no")
        == ("", "")
    )


def test_one_query_surveys_the_columns_of_several_tables():
    shown = "[('singer: id PRI, name, age',), ('song: id PRI, singer_id MUL',), ('venue: id PRI, na..."
    assert LEXICON.surveyed(shown) == {"singer": "id PRI, name, age", "song": "id PRI, singer_id MUL"}
    assert LEXICON.surveyed("[('wide: a PRI, b, c, d_with_a_long_na...") == {"wide": "a PRI, b, c, ..."}
    assert LEXICON.surveyed("Error executing query: no") == {} == LEXICON.surveyed("[]")
    assert "IN ('singer', 'song')" in LEXICON.survey(["singer", "song"])
