"""Texts of tasks and models are shown without their power over the terminal."""

import pytest
from typer.testing import CliRunner

from macla.cli import app, main
from macla.errors import UserError
from macla.progress import note, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("put a \x1b[31mred\x1b[0m mug", "put a \\x1b[31mred\\x1b[0m mug"),
        ("a\x07b\x08c\rd", "a\\x07b\\x08c\\rd"),
        ("\x9b2J\x7f", "\\x9b2J\\x7f"),
        ("abc\u202edef", "abc\\u202edef"),
        ("half \ud800", "half \\ud800"),
        ("two\nlines\tand täg → Φ 日本", "two\nlines\tand täg → Φ 日本"),
    ],
)
def test_control_characters_are_spelt_out(text: str, shown: str):
    assert printable(text) == shown


def test_notes_are_printable(capsys: pytest.CaptureFixture[str]):
    note("\x1b]0;title\x07")
    assert capsys.readouterr().err == "\\x1b]0;title\\x07\n"


def test_a_memory_is_shown_without_escape_codes(monkeypatch: pytest.MonkeyPatch):
    class _Learned:
        def describe(self, name: str | None) -> list[str]:
            return ["p1 clean a \x1b[2Jmug", f"{name}"]

    monkeypatch.setattr("macla.library.load_memory", lambda folder: _Learned())
    shown = CliRunner().invoke(app, ["memory", "show", "folder", "p1"])
    assert shown.output == "p1 clean a \\x1b[2Jmug\np1\n"


def test_a_difference_is_shown_without_escape_codes(monkeypatch: pytest.MonkeyPatch):
    class _Difference:
        def lines(self) -> list[str]:
            return ["only in a: \x1b]0;x\x07"]

    monkeypatch.setattr("macla.methods.macla.report.diff.diff", lambda first, second: _Difference())
    assert CliRunner().invoke(app, ["memory", "diff", "a", "b"]).output == "only in a: \\x1b]0;x\\x07\n"


def test_an_error_is_shown_without_escape_codes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def fail(*_: object, **__: object) -> None:
        raise UserError("no task '\x1b[31m'")

    monkeypatch.setattr("macla.cli.app", fail)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert capsys.readouterr().err == "macla: no task '\\x1b[31m'\n"
