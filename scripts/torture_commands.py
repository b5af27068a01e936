"""What the tables of ``make torture`` share: commands in processes of their own, and what a try came to."""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import scipy.optimize
import scipy.stats  # noqa: F401 what commands import, imported once

from macla import plugins
from macla.cli import main as macla_main
from macla.config import compose
from macla.methods.run import read_run
from macla.reports import console, table  # noqa: F401
from macla.runs import build, doctor, evaluate, inspect  # noqa: F401

SMALL = ("env=toy", "encoder=hashing", "env.n_train=16", "env.n_unseen=8", "runner.batch=4")
"""A build and an evaluation of a second, with everything that a large one writes."""
USER, BACKEND = 2, 3


@dataclass(frozen=True)
class Verdict:
    """What came of one try."""

    name: str
    lost: bool = False
    different: bool = False
    traceback: bool = False
    said: str = ""

    @property
    def clean(self) -> bool:
        """Whether nothing was lost, nothing differs, and no traceback was printed."""
        return not (self.lost or self.different or self.traceback)

    def told(self) -> str:
        """Return the try and what is wrong with it, for the console."""
        wrong = [what for what in ("lost", "different", "traceback") if getattr(self, what)]
        return f"{self.name}: {', '.join(wrong)}\n    " + "\n    ".join(self.said.strip().splitlines()[-4:])


class Result(NamedTuple):
    """How a command ended: its exit code (negative: killed by that signal) and all that it printed."""

    code: int
    text: str

    @property
    def traceback(self) -> bool:
        """Whether it ended otherwise than a command of ours may."""
        return "Traceback" in self.text or self.code not in (0, USER, BACKEND)

    @property
    def refused(self) -> bool:
        """Whether it was refused in one line."""
        lines = [line for line in self.text.splitlines() if line.startswith("macla: ")]
        return self.code in (USER, BACKEND) and len(lines) == 1 and not self.traceback


class Ground:
    """A folder with a home of its own, in which commands are typed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._log = folder / "printed"
        compose(SMALL)
        for group, names in ((plugins.METHODS, ("macla", "nearest", "cloning")), (plugins.BENCHMARKS, ("toy",))):
            for name in names:
                plugins.load(group, name, "part")

    def macla(
        self, *arguments: object, before: Callable[[], None] | None = None, kill_after: float | None = None
    ) -> Result:
        """Run a command in a forked process, which has everything imported already; then end all its children.

        ``before`` runs first in that process; ``kill_after`` seconds, when given, kill it and its children.
        """
        typed = [str(argument) for argument in arguments]
        process = os.fork()
        if process == 0:
            self._child(typed, before)
        timer = threading.Timer(kill_after, _kill, [process]) if kill_after is not None else None
        if timer is not None:
            timer.start()
        _, status = os.waitpid(process, 0)
        if timer is not None:
            timer.cancel()
        _kill(process)
        text = self._log.read_text(errors="replace")
        return Result(os.waitstatus_to_exitcode(status), f"$ macla {' '.join(typed)}\n{text}")

    def _child(self, typed: Sequence[str], before: Callable[[], None] | None) -> None:
        code = 1
        try:
            os.setsid()
            os.chdir(self.folder)
            os.environ["MACLA_HOME"] = str(self.folder / "home")
            log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(log, 1)
            os.dup2(log, 2)
            sys.stdout, sys.stderr = (os.fdopen(number, "w", buffering=1) for number in (1, 2))
            sys.argv = ["macla", *typed]
            if before is not None:
                before()
            macla_main()
            code = 0
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else int(error.code is not None)
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stdout.flush()
            os._exit(code)


def _kill(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        with suppress(ProcessLookupError):
            os.kill(group, signal.SIGKILL)  # it has not made its group yet


def outcome(run: Path) -> Any:
    """Return what an evaluation came to: its episodes and its summary without seconds, and its files."""
    episodes = [json.loads(episode.model_dump_json()) for episode in read_run(run).episodes.values()]
    summary = json.loads((run / "summary.json").read_bytes())
    of_this_folder = {name: summary[name] for name in summary.keys() - {"run", "memory", "check"}}
    return untimed([episodes, of_this_folder]), sorted(file.name for file in run.iterdir())


def untimed(value: Any) -> Any:
    """Return a JSON value without its seconds."""
    if isinstance(value, dict):
        return {name: untimed(inner) for name, inner in value.items() if name != "seconds"}
    return [untimed(inner) for inner in value] if isinstance(value, list) else value
