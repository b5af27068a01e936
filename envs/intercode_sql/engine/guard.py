"""A process of its own for the agent's SQL: the system ends it when a statement takes too long or too much memory.

SQLite's limits and ours end a statement politely. What they do not see, a single call that computes for minutes or
fills the memory, is ended from outside: an alarm of the system's and a limit on the address space.
"""

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
import weakref
from multiprocessing.connection import Connection, Pipe
from pathlib import Path

from envs.intercode_sql.engine.base import LARGEST_RESULT, SQLError
from envs.intercode_sql.engine.statements import Answer, Statement, Statements
from envs.intercode_sql.schema import Schema
from envs.intercode_sql.translate import errors
from macla.errors import InfrastructureError

MEMORY = 1 << 30
"""Bytes of address space of the process."""

_GRACE = 1.0
"""Seconds after the time limit until the alarm: SQLite, which looks at the clock itself, comes first."""


class Guard:
    """The process, started when it is first needed and again after it was ended. Threads take turns."""

    def __init__(self, path: Path, schema: Schema, timeout: float) -> None:
        self._start = pickle.dumps((path, schema, timeout))
        self._lock = threading.Lock()
        self._owner = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None

    def run(self, statement: Statement) -> Answer:
        """Return the answer; SQLError in MySQL's words for a statement that was refused or ended."""
        with self._lock:
            pipe = self._running()
            try:
                pipe.send(statement)
                answer = pickle.loads(pipe.recv_bytes())
            except (EOFError, OSError):
                raise self._ended() from None
            except BaseException:
                self._stop()  # whoever asks next must not read this answer
                raise
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]  # the other end sends nothing else

    def _running(self) -> Connection:
        """Return the pipe to the process; a process forked off this one starts its own."""
        if self._pipe is not None and self._owner == os.getpid():
            return self._pipe
        pipe, end = Pipe()
        with end:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", __name__, str(end.fileno())],
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(end.fileno(),),
            )
        weakref.finalize(self, _end, self._process, pipe, os.getpid())
        try:
            pipe.send_bytes(self._start)
            pipe.recv_bytes()
        except (EOFError, OSError):
            self._process.wait()
            raise InfrastructureError("the process of the embedded SQL engine does not start") from None
        self._pipe, self._owner = pipe, os.getpid()
        return pipe

    def _ended(self) -> SQLError:
        """Return why the process is gone: the alarm, or memory."""
        code = self._process.wait() if self._process is not None else 0
        self._stop()
        return errors.TOO_LONG if code == -signal.SIGALRM else errors.OUT_OF_MEMORY

    def _stop(self) -> None:
        """End the process; the next statement starts another."""
        if self._process is not None and self._pipe is not None:
            _end(self._process, self._pipe, self._owner)
        self._process = self._pipe = None


def _end(process: "subprocess.Popen[bytes]", pipe: Connection, owner: int) -> None:
    """End the process with what it worked for; a fork of this process leaves it alone."""
    if owner == os.getpid():
        pipe.close()
        process.kill()
        process.wait()


def serve(pipe: Connection) -> None:
    """Answer statements until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process we work for
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    path, schema, timeout = pickle.loads(pipe.recv_bytes())
    statements = Statements(path, schema, timeout=timeout)
    _limit_memory()
    pipe.send_bytes(b"ready")
    while True:
        statement = pipe.recv()
        signal.setitimer(signal.ITIMER_REAL, timeout + _GRACE)
        content = _answered(statements, statement)
        signal.setitimer(signal.ITIMER_REAL, 0)
        pipe.send_bytes(content)


def _answered(statements: Statements, statement: Statement) -> bytes:
    """Return the pickled answer or error."""
    try:
        content = pickle.dumps(statements.run(statement))
        return content if len(content) <= LARGEST_RESULT else pickle.dumps(errors.LARGE_RESULT)
    except (SQLError, InfrastructureError) as error:
        return pickle.dumps(error)
    except MemoryError:
        return pickle.dumps(errors.OUT_OF_MEMORY)


def _limit_memory() -> None:
    import resource

    with contextlib.suppress(ValueError, OSError):  # some systems know no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    with contextlib.suppress(EOFError, OSError):
        serve(Connection(int(sys.argv[1])))
