"""InterCode-SQL's fixed rules: what they ask of tables that were described, and questions that they answer."""

import pytest
from helpers.acting import actions
from helpers.rules import assert_text_is_all_they_see, played_by_rules

from envs.intercode_sql import rules
from envs.intercode_sql.reader import ReadingLexicon

TABLES = "[('country',), ('singer',)]"
COUNTRY = "[('Code', 'int', 'NO', 'PRI', None, ''), ('Name', 'text', 'YES', '', None, '')]"
SINGER = (
    "[('Singer_ID', 'int', 'NO', 'PRI', None, ''), ('Name', 'text', 'YES', '', None, ''), "
    "('Country', 'text', 'YES', '', None, ''), ('Age', 'int', 'YES', '', None, '')]"
)


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("How many singers do we have?", "SELECT COUNT(*) FROM `singer`"),
        ("How many singers are older than 30?", "SELECT COUNT(*) FROM `singer`"),  # no column is named
        ("Show the name of singers whose age is above 30.", "SELECT Name FROM `singer` WHERE Age > 30"),
        ("What is the average age of singers from France?",
         "SELECT AVG(Age) FROM `singer` WHERE 'France' IN (Name, Country)"),
        ("List the name and age of singers ordered by age in descending order.",
         "SELECT Name, Age FROM `singer` ORDER BY Age DESC"),
        ("What are the different ages of singers?", "SELECT DISTINCT Age FROM `singer`"),
        ("Count the singers of each age.", "SELECT Age, COUNT(*) FROM `singer` GROUP BY Age"),
    ],
)  # fmt: skip
def test_what_is_asked(question, query):
    script = rules.script(ReadingLexicon(), question, question)
    assert next(script) == "SHOW TABLES"
    assert script.send(TABLES) == "DESC `singer`"
    assert script.send(SINGER) == "DESC `country`"
    assert script.send(COUNTRY) == query
    assert script.send("[]") == "submit"


def test_nothing_that_is_said_stops_them():
    script = rules.script(ReadingLexicon(), "How many?", "How many?")
    said = [next(script)]
    try:
        while True:
            said.append(script.send("Error executing query: no"))
    except StopIteration:
        assert (said[0], said[-1]) == ("SHOW TABLES", "submit")


def test_real_questions_by_text_alone(benchmark_sql):
    sessions = [played_by_rules(benchmark_sql, task) for task in benchmark_sql.tasks("train")[:60]]
    assert all(actions(session)[-1] == "submit" for session in sessions)
    assert sum(session.success for session in sessions) >= 6
    assert_text_is_all_they_see(rules.script, ReadingLexicon(), sessions)
