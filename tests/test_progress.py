"""Progress goes to standard error, in plain lines where there is no terminal, and never to standard output."""

import io
import sys

import macla.progress
from macla.progress import progress


def test_a_fast_stage_shows_its_beginning_and_its_end(capsys):
    with progress() as report:
        for done in range(101):
            report("reading", done, 100)
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "reading: 0/100\nreading: 100/100\n"


def test_a_slow_stage_reports_in_between(capsys, monkeypatch):
    clock = iter(range(0, 1000, 3))
    monkeypatch.setattr(macla.progress, "monotonic", lambda: next(clock))
    with progress() as report:
        for done in range(7):
            report("playing", done, 10)
    lines = capsys.readouterr().err.splitlines()
    assert 2 <= len(lines) < 7
    assert all(line.startswith("playing: ") for line in lines)


def test_stages_are_shown_apart(capsys):
    with progress() as report:
        report("one", 1, 1)
        report("two", 2, 2)
    assert capsys.readouterr().err == "one: 1/1\ntwo: 2/2\n"


def test_a_terminal_gets_a_bar(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    with progress() as report:
        report("episodes", 3, 4)
        report("episodes", 4, 4)
    assert "episodes" in sys.stderr.getvalue()
    assert "4/4" in sys.stderr.getvalue()
