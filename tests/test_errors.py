"""What the system refuses is one line and an exit code of ours."""

import errno
import sys

import pytest

from macla import cli
from macla.errors import InfrastructureError, UserError, of_system


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
