"""A server that stays when the command that started it ends (``model.autostart=keep``).

``PORT.json`` beside the locked files of ``claim.py`` says what the server runs. Who uses it shares the lock on
``PORT.owner``, so that nobody ends it meanwhile; while nobody does, whoever needs the port may end it.
"""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from macla.files import read_checked, write_checked
from macla.models.claim import Files
from macla.models.keeper import STAY


def keep(port: int, line: str, keeper: "subprocess.Popen[bytes]") -> None:
    """Have a healthy server outlive this process; ``line`` is the fingerprint of its command line.

    The file first: a process that is killed between the two leaves a server that ends, and a file that nobody believes.
    """
    assert keeper.stdin is not None, "the keeper is started with a pipe"
    write_checked(Files(port).told, {"group": keeper.pid, "line": line})
    keeper.stdin.write(STAY)
    keeper.stdin.close()


@contextmanager
def shared(port: int, line: str, healthy: Callable[[], bool]) -> Iterator[bool]:
    """Yield whether a kept server of that command line runs on the port; inside the block nobody ends it."""
    files = Files(port)
    with ExitStack() as held:
        found = held.enter_context(files.sharing()) and files.group() == _group(files, line) and healthy()
        if not found:
            held.close()  # for who has to claim the port now
        yield found


def _group(files: Files, line: str) -> int:
    """Return the process group of the kept server if it has that command line, else -1."""
    try:
        told: dict[str, Any] = read_checked(files.told)
    except (OSError, ValueError):
        return -1
    return int(told["group"]) if told["line"] == line else -1
