"""Rows of one group stand in a table of their own in Markdown and LaTeX, and in one file for programs."""

import pandas as pd

from macla.reports.table import Written, write_formats

FRAME = pd.DataFrame({"configuration": ["toy: a", "shop: a", "toy: b"], "ours %": ["1.0", "2.0", "3.0"]})
COMPARED = pd.DataFrame({"row": ["toy: a"], "p": ["0.5"]})


def test_groups_are_tables_of_their_own_in_order_of_their_first_rows(tmp_path):
    markdown = write_formats(tmp_path, Written("t", "T", FRAME, COMPARED, [], [], ["toy", "shop_1", "toy"]))
    lines = [line for line in markdown.splitlines() if line]
    assert [line for line in lines if line.startswith("#")] == ["# T", "## toy", "## shop_1", "## Comparisons"]
    assert lines[lines.index("## toy") + 3 : lines.index("## shop_1")] == ["| toy: a | 1.0 |", "| toy: b | 3.0 |"]
    assert [*pd.read_csv(tmp_path / "t.csv")["configuration"]] == [*FRAME["configuration"]]
    assert r"\paragraph{shop\_1}" in (tmp_path / "t.tex").read_text()


def test_without_groups_there_is_one_table_without_a_heading(tmp_path):
    markdown = write_formats(tmp_path, Written("t", "T", FRAME, COMPARED, [], []))
    assert [line for line in markdown.splitlines() if line.startswith("#")] == ["# T"]
    assert "\\paragraph" not in (tmp_path / "t.tex").read_text()
