"""Run the cells of docs/notebook.ipynb in an empty folder, write their output into it, and the same as a page.

    python scripts/notebook.py          # docs/notebook.ipynb and docs/notebook.md, both anew
    python scripts/notebook.py --check  # is what they hold what the cells give? exit code 1 when it is not

No Jupyter is needed; cells are plain Python. Progress, which goes to standard error, is no output.
"""

import ast
import contextlib
import io
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent.parent / "docs"
NOTEBOOK, PAGE = DOCS / "notebook.ipynb", DOCS / "notebook.md"


def executed(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return the notebook with the outputs that its cells give, run in an empty folder and in one namespace."""
    names: dict[str, Any] = {"__name__": "__main__"}
    cells, number, here = [], 0, Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            for cell in notebook["cells"]:
                if cell["cell_type"] == "code":
                    number += 1
                    given = outputs("".join(cell["source"]), names, number)
                    cell = {**cell, "execution_count": number, "outputs": given}
                cells.append(cell)
        finally:
            os.chdir(here)
    return {**notebook, "cells": cells}


def outputs(source: str, names: dict[str, Any], number: int) -> list[dict[str, Any]]:
    """Return what a cell prints, then the value of its last line where that is an expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    value, printed = None, io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, f"cell {number}", "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), names)
    found: list[dict[str, Any]] = []
    if printed.getvalue():
        found.append({"name": "stdout", "output_type": "stream", "text": lines(printed.getvalue())})
    if value is not None:
        data = {"text/plain": lines(repr(value))}
        if hasattr(value, "_repr_html_"):
            data = {"text/html": lines(value._repr_html_()), **data}
        result = {"data": data, "execution_count": number, "metadata": {}, "output_type": "execute_result"}
        found.append(result)
    return found


def lines(text: str) -> list[str]:
    """Return a text as notebooks hold it."""
    return text.splitlines(keepends=True)


def page(notebook: dict[str, Any]) -> str:
    """Return the notebook as a page: cells as code, their outputs below them."""
    parts = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        parts.append(source if cell["cell_type"] == "markdown" else f"```python\n{source}\n```")
        for output in cell.get("outputs", ()):
            text = "".join(output["text"] if output["output_type"] == "stream" else output["data"]["text/plain"])
            parts.append(f"```text\n{text.rstrip()}\n```")
    return "\n\n".join(parts) + "\n"


def main() -> int:
    """Write both files, or compare them."""
    stored = NOTEBOOK.read_text(encoding="utf-8")
    made = executed(json.loads(stored))
    texts = {NOTEBOOK: json.dumps(made, indent=1, ensure_ascii=False) + "\n", PAGE: page(made)}
    if "--check" not in sys.argv[1:]:
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
        return 0
    old = [path.name for path, text in texts.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    print(f"write anew: {', '.join(old)}" if old else "both are what the cells give")
    return int(bool(old))


if __name__ == "__main__":
    sys.exit(main())
