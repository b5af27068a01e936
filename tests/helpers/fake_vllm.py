"""A stand-in for the vllm package: a process that listens, has a child, and says what the probe asks for."""

import socket
import time
from pathlib import Path
from typing import Any

import pytest

from macla.models.settings import ModelSettings

_FAKE = '''
"""Takes vllm's arguments, starts a child as vllm's engine is one, and serves what the probe asks for."""
import json, os, subprocess, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

option = dict(zip(sys.argv[1::2], sys.argv[2::2]))
if option["--model"] == "broken":
    print("INFO starting"); sys.exit("ValueError: the weights are broken")
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(os.environ["CHILD"], "w").write(str(child.pid))
if option["--model"] == "slow":
    child.wait()

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        models = {"data": [{"id": option["--served-model-name"], "owned_by": "vllm", "max_model_len": 4096}]}
        models["data"][0]["root"] = option["--model"]
        value = {"/health": {}, "/version": {"version": "0"}, "/v1/models": models}[self.path]
        self.send_response(200); self.end_headers(); self.wfile.write(json.dumps(value).encode())
    def log_message(self, *args): pass

HTTPServer((option["--host"], int(option["--port"])), Handler).serve_forever()
'''


@pytest.fixture
def fake_vllm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return server settings under which the stand-in is vllm."""
    monkeypatch.setenv("MACLA_HOME", str(tmp_path / "home"))
    package = tmp_path / "site" / "vllm" / "entrypoints" / "openai"
    package.mkdir(parents=True)
    for folder in (package, package.parent, package.parent.parent):
        (folder / "__init__.py").touch()
    (package / "api_server.py").write_text(_FAKE)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {"PYTHONPATH": str(tmp_path / "site"), "CHILD": str(tmp_path / "child")}
    return {"port": port, "env": env, "startup_s": 20}


def settings(server: dict[str, Any], **changes: Any) -> ModelSettings:
    values = {"backend": "openai", "id": "m", "structured": "json_schema", "server": server, **changes}
    return ModelSettings.model_validate(values)


def gone(server: dict[str, Any]) -> bool:
    """Return whether neither the port nor the server's child is left."""
    child = int(Path(server["env"]["CHILD"]).read_text())
    for _ in range(100):
        state = Path(f"/proc/{child}/stat")
        dead = not state.exists() or state.read_text().split()[2] == "Z"
        with socket.socket() as probe:
            if dead and probe.connect_ex(("127.0.0.1", server["port"])) != 0:
                return True
        time.sleep(0.1)
    return False
