"""A real HTTP server that speaks the chat-completions protocol and misbehaves on demand."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from macla.models.settings import ModelSettings

Behaviour = Callable[["Handler", dict[str, Any]], None]


def filled(schema: dict[str, Any]) -> Any:
    """Return a value that a schema allows: what a server with structured outputs would generate."""
    if "enum" in schema:
        return schema["enum"][0]
    match schema["type"]:
        case "object":
            return {name: filled(child) for name, child in schema["properties"].items()}
        case "array":
            return [filled(schema["items"])] * schema.get("minItems", min(1, schema["maxItems"]))
        case "string":
            return "text"
        case "boolean":
            return True
    return 1


class Handler(BaseHTTPRequestHandler):
    """One request; the server's ``behaviours`` come first, in order, then it behaves."""

    protocol_version = "HTTP/1.1"
    server: "FakeServer"

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        with self.server.lock:
            self.server.queries.append(query)
        if self.server.listing is not None:
            self.server.listing(self, {})
        elif self.server.down:
            self.reply(503, {"error": {"message": "shutting down"}})
        elif path == "/v1/models":
            self.reply(200, {"data": [{"id": name, **self.server.card} for name in self.server.models]})
        elif path == "/version" and self.server.version:
            self.reply(200, {"version": self.server.version})
        else:
            self.reply(404, {"error": {"message": "not found"}})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path.partition("?")[0] not in ("/v1/chat/completions", "/v1/chat/completions/"):
            self.reply(404, {"error": {"message": "not found"}})
            return
        with self.server.lock:
            self.server.bodies.append(body)
            self.server.queries.append(self.path.partition("?")[2])
            self.server.keys.append(self.headers.get("authorization"))
            behaviour = self.server.behaviours.pop(0) if self.server.behaviours else self.server.always
            self.server.in_flight += 1
            self.server.most_in_flight = max(self.server.most_in_flight, self.server.in_flight)
        try:
            behaviour(self, body)
        except OSError:  # the client went away, as it should
            self.close_connection = True
        finally:
            with self.server.lock:
                self.server.in_flight -= 1

    def reply(self, status: int, value: Any, **headers: str) -> None:
        content = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), text)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def say(self, text: str) -> None:
        usage: dict[str, Any] = {"prompt_tokens": 10, "completion_tokens": 5}
        if self.server.cached_tokens is not None:
            usage["prompt_tokens_details"] = {"cached_tokens": self.server.cached_tokens}
        with self.server.lock:
            self.server.tokens += 15
        self.reply(
            200, {"model": "m", "choices": [{"message": {"role": "assistant", "content": text}}], "usage": usage}
        )

    def log_message(self, format: str, *args: Any) -> None:
        pass


class FakeServer(ThreadingHTTPServer):
    """Records what it is asked."""

    daemon_threads = True
    request_queue_size = 256

    allow_reuse_address = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.lock = threading.Lock()
        self.models = ["m"]
        self.card: dict[str, Any] = {"owned_by": "fake", "max_model_len": 4096}
        self.version = "1.2"
        self.behaviours: list[Behaviour] = []
        self.always: Behaviour = obey
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.queries: list[str] = []
        self.tokens = 0
        self.listing: Behaviour | None = None
        """What GET requests get instead of the list of models."""
        self.down = False
        """Whether nothing at all is answered any more."""
        self.in_flight = self.most_in_flight = 0
        self.cached_tokens: int | None = None
        """What it says it found in its prefix cache."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def settings(self, **changes: Any) -> ModelSettings:
        values = {"backend": "openai", "name": "fake", "id": "m", "base_url": self.url, "timeout_s": 5, "retries": 2}
        return ModelSettings.model_validate({**values, **changes})


def obey(handler: Handler, body: dict[str, Any]) -> None:
    """Answer within the schema, as vLLM does."""
    if "response_format" not in body:
        return handler.say('Sure! {"choice": 1}')
    return handler.say(json.dumps(filled(body["response_format"]["json_schema"]["schema"])))


def saying(text: str) -> Behaviour:
    """Return a behaviour that answers with ``text`` whatever is asked."""
    return lambda handler, body: handler.say(text)


def status(code: int, message: str = "no", **headers: str) -> Behaviour:
    """Return a behaviour that answers with an HTTP error."""
    return lambda handler, body: handler.reply(code, {"error": {"message": message}}, **headers)


def raw(content: bytes) -> Behaviour:
    """Return a behaviour that answers 200 with any body."""
    return lambda handler, body: handler.reply(200, content)


def stall(handler: Handler, body: dict[str, Any]) -> None:
    """Send headers and then a byte now and then, for ever: no single read times out."""
    handler.send_response(200)
    handler.send_header("content-length", "100000")
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


def cut(handler: Handler, body: dict[str, Any]) -> None:
    """Promise a body, send half of it, and reset the connection."""
    handler.send_response(200)
    handler.send_header("content-length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [')
    handler.wfile.flush()
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def huge(handler: Handler, body: dict[str, Any]) -> None:
    """Send 10 MB."""
    handler.reply(200, b'{"choices": [{"message": {"content": "' + b"x" * 10_000_000 + b'"}}]}')


def short_of_context(tokens: int) -> Behaviour:
    """Return a behaviour that refuses prompts of more than ``tokens`` tokens (of two bytes), as vLLM words it."""

    def check(handler: Handler, body: dict[str, Any]) -> None:
        if len(body["messages"][0]["content"].encode()) > 2 * tokens:
            return handler.reply(
                400, {"error": {"message": f"This model's maximum context length is {tokens} tokens."}}
            )
        return obey(handler, body)

    return check
