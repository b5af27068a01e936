"""The HTML page: hand-written files put into one, and the data as JSON in a script that is never executed."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
SCRIPTS = ("dom.js", "charts.js", "summary.js", "episodes.js", "compare.js", "memory.js", "viewer.js")
"""In the order in which they build on one another; the page has them as one."""
_ESCAPED = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})
_POLICY = "default-src 'none'; script-src {script}; style-src {style}; base-uri 'none'; form-action 'none'"


def page(data: dict[str, Any]) -> str:
    """Return the page that shows ``data``.

    Nothing of it is ever markup: it is JSON, with what HTML or JavaScript could take for theirs escaped, and the script
    puts it into the document as text. The policy allows this one script and this one style sheet, by their hashes, and
    no request to anywhere.
    """
    style, script = _read("viewer.css"), "\n".join(map(_read, SCRIPTS))
    policy = _POLICY.format(script=_hash(script), style=_hash(style))
    parts = {"POLICY": policy, "STYLE": style, "SCRIPT": script, "DATA": escaped(data)}
    pieces = _read("viewer.html").split("@@")  # text, name of a part, text, …: in one pass, or data could name parts
    return "".join(parts[piece] if number % 2 else piece for number, piece in enumerate(pieces))


def escaped(data: Any) -> str:
    """Return JSON that cannot end a script or begin a comment, whatever texts it holds."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    plain = text.encode("utf-8", "backslashreplace").decode()  # halves of characters, which no file can hold
    return plain.translate(_ESCAPED)


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
