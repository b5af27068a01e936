"""Runs a server for another process and ends it with that process, however that ends. Started by its path.

``python -I keeper.py CLAIM COMMAND …`` runs the command until it ends by itself, or until standard input is closed: the
process that started us holds the other end, and the kernel closes it when that process is gone, kill -9 included.
A byte before that (``STAY``) means that the server stays when that process is gone (``kept.py``).
CLAIM is the descriptor of the file that names our process group; keeper and server hold it open (``claim.py``).
"""

import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress

POLL_S = 0.2
GRACE_S = 20.0
"""Seconds between the polite signal and the kill."""
STAY = b"+"


def main() -> int:
    """Run the command in our process group; return its exit code, that of a shell where a signal ended it."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)  # a handler, unlike SIG_IGN, is not passed on to the command
    claim, command = int(sys.argv[1]), sys.argv[2:]
    os.ftruncate(claim, 0)
    os.pwrite(claim, str(os.getpgid(0)).encode(), 0)
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[claim])
    stays = False
    while server.poll() is None:
        if stays:
            time.sleep(POLL_S)
        elif select.select([0], [], [], POLL_S)[0]:
            stays = os.read(0, 1) == STAY
            if not stays:
                _end(server)
    return server.returncode if server.returncode >= 0 else 128 - server.returncode


def _end(server: "subprocess.Popen[bytes]") -> None:
    os.killpg(0, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        server.wait(GRACE_S)
    os.killpg(0, signal.SIGKILL)  # what is left of its children, and ourselves


if __name__ == "__main__":
    sys.exit(main())
