"""A real headless Chromium, driven through its debugging pipe: no driver, no port, no package."""

import base64
import fcntl
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
         "--hide-scrollbars", "--remote-debugging-pipe")  # fmt: skip
"""The sandbox needs rights that containers do not give."""

LAUNCH = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
)
"""The browser reads from 3 and writes to 4."""


def chromium() -> str:
    """Return the browser's path; skip the test where there is none."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("no Chromium here (Debian: apt-get install chromium)")
    return found


class Browser:
    """One page of a browser of its own, with an empty profile."""

    def __init__(self, width: int = 1280, height: int = 800, *flags: str) -> None:
        self._profile = TemporaryDirectory(prefix="macla-chromium-", ignore_cleanup_errors=True)
        (read, self._to), (self._from, write) = os.pipe(), os.pipe()
        command = [
            chromium(),
            *FLAGS,
            f"--user-data-dir={self._profile.name}",
            f"--window-size={width},{height}",
            *flags,
        ]
        theirs = [fcntl.fcntl(number, fcntl.F_DUPFD, 10) for number in (read, write)]  # neither is 3 or 4 already
        launch = [sys.executable, "-c", LAUNCH, *map(str, theirs), *command]
        self._process = subprocess.Popen(launch, pass_fds=theirs, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for number in (read, write, *theirs):
            os.close(number)
        self._number, self._rest, self._session = 0, b"", ""
        self.requests: list[str] = []
        """Addresses that the page asked for, files too."""
        self.complaints: list[str] = []
        """Errors of scripts, and what the page's policy refused."""

    def __enter__(self) -> "Browser":
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self._ask(f"{domain}.enable")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._to)
        os.close(self._from)
        self._profile.cleanup()

    def open(self, page: Path, place: str = "") -> None:
        """Load a page and wait until its script has run."""
        self._ask("Page.navigate", url="about:blank")  # or another place of the same page would not load it anew
        self._ask("Page.navigate", url=page.absolute().as_uri() + (f"#{place}" if place else ""))
        self.wait("document.documentElement.dataset.interactive !== undefined")
        self.settle()

    def go(self, place: str) -> None:
        """Show another place of the page."""
        self.evaluate(f"location.hash = {json.dumps(place)}")
        self.settle()

    def press(self, key: str) -> None:
        """Press a key."""
        for kind in ("keyDown", "keyUp"):
            pressed = {"type": kind, "key": key, **({"text": key} if len(key) == 1 and kind == "keyDown" else {})}
            self._ask("Input.dispatchKeyEvent", **pressed)
        self.settle()

    def settle(self) -> None:
        """Wait until the page has handled its events and painted."""
        self.evaluate("new Promise((done) => setTimeout(() => requestAnimationFrame(() => done(1)), 20))")

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression in the page; AssertionError when it raises."""
        found = self._ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def wait(self, condition: str, tries: int = 600) -> None:
        """Wait until an expression holds, at most about a minute."""
        for _ in range(tries):
            if self.evaluate(f"new Promise((done) => setTimeout(() => done(!!({condition})), 100))"):
                return
        raise AssertionError(f"never in this page: {condition}; {self.complaints}")

    def screenshot(self, file: Path) -> None:
        """Write what the page looks like as a PNG file."""
        file.write_bytes(base64.b64decode(self._ask("Page.captureScreenshot")["data"]))

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            said = self._read()
            if said.get("id") == self._number:
                assert "error" not in said, (method, said["error"])
                return dict(said["result"])
            self._note(said)

    def _note(self, event: dict[str, Any]) -> None:
        told = event.get("params", {})
        match event.get("method"):
            case "Network.requestWillBeSent" if told["request"]["url"] != "about:blank":
                self.requests.append(told["request"]["url"])
            case "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(told["exceptionDetails"]))
            case "Log.entryAdded":
                self.complaints.append(told["entry"]["text"])

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._from, 1 << 20)
            assert more, "the browser ended"
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(message))
