import pytest

from envs.intercode_sql import protocol
from envs.intercode_sql.protocol import Move, read_action, shown


@pytest.mark.parametrize("profile", ["ipr", "react", "try_again"])
def test_every_profile_reads_bare_statements_and_submit(profile):
    assert read_action("SELECT 1; SELECT 2", profile) == Move("sql", "SELECT 1")
    assert read_action("submit", profile).kind == "submit"
    assert read_action("skip", profile).kind == "skip"
    assert read_action("Please tell me the schema", profile).kind == "unclear"


def test_ipr_runs_only_the_first_line_and_submit_wins_anywhere():
    block = "Thought: look\nAction: \n```sql\nSELECT a FROM t\nWHERE a = 1\n```"
    assert read_action(block, "ipr") == Move("sql", "SELECT a FROM t")
    assert read_action("Action: ```sql\nSELECT 1\n``` then submit", "ipr").kind == "submit"
    assert read_action("Action: ```SQL\nSELECT 1\n```", "ipr").kind == "unclear"
    assert read_action("Action: \n```sql\n\n```", "ipr").kind == "unclear"


def test_react_cuts_at_the_first_semicolon_and_keeps_quoted_ones():
    assert read_action("execute[SELECT 'a;b'; DROP TABLE t]", "react") == Move("sql", "SELECT 'a;b'")
    assert read_action("execute[]", "react").kind == "unclear"


def test_try_again_joins_the_block_and_admits_only_reading_verbs():
    assert read_action("Sure!\n```SQL\nSELECT a\n  FROM t;\n```", "try_again") == Move("sql", "SELECT a FROM t")
    assert read_action("SQL: DESC t", "try_again") == Move("sql", "DESC t")
    assert read_action("ALTER TABLE t ADD COLUMN a INT", "try_again").kind == "unclear"


def test_observations_are_cut_as_each_harness_cuts():
    rows = [(i,) for i in range(100)]
    assert shown(rows, "ipr") == str(rows)[:350] + "..."
    assert shown(rows, "react") == str(rows[:25])
    assert shown(rows, "try_again") == str(rows[:50])
    assert shown([], "try_again") == "No output"
    assert shown([], "ipr") == "[]"
    assert shown(None, "ipr") == protocol.unclear("ipr")
    assert shown("Error executing query: Table 'a.b' doesn't exist", "ipr").endswith("exist\n")
    assert shown("Error executing query: Unknown column 'a' in 'field list'", "ipr").endswith("list'")
