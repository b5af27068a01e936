"""What the system refuses is one line and an exit code of ours."""

import errno
import json
import sys

import pytest

from macla import cli
from macla.errors import InfrastructureError, UserError, of_system, why


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO])
def test_a_full_disk_is_the_machines_fault(number):
    told = of_system(OSError(number, "No space left on device", "runs/x"))
    assert isinstance(told, InfrastructureError)
    assert str(told) == (
        "runs/x: No space left on device; nothing finished is lost: make room and type the same command again"
    )


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOTDIR, errno.EEXIST, errno.ENAMETOOLONG])
def test_a_path_that_does_not_serve_is_the_users_to_mend(number):
    told = of_system(OSError(number, "refused", "from", None, "to"))
    assert isinstance(told, UserError)
    assert str(told).startswith("to: refused; choose another folder (--out DIR")


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, 3), (errno.EROFS, 2)])
def test_the_command_line_tells_it_in_one_line(monkeypatch, capsys, number, code):
    def refused(*_):
        raise OSError(number, "the system says no", "somewhere")

    monkeypatch.setattr(sys, "argv", ["macla", "list"])
    monkeypatch.setattr("macla.runs.parts.parts", refused)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == code
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("macla: somewhere: the system says no; ")


@pytest.mark.parametrize(
    ("read", "told"),
    [
        (lambda folder: (folder / "none").read_text(), "it is not there"),
        (lambda folder: folder.read_text(), "is a directory"),
        (lambda folder: b"\xff".decode(), "it is not UTF-8 text"),
        (lambda folder: json.loads("[" * 100_000), "it is nested too deeply"),
        (lambda folder: int("x"), "invalid literal for int() with base 10: 'x'"),
    ],
)
def test_why_a_file_does_not_read_is_told_in_plain_words(tmp_path, read, told):
    with pytest.raises(Exception) as error:  # noqa: PT011
        read(tmp_path)
    assert why(error.value) == told
