"""The notebook and its page hold what the cells give, and the cells are what the library's page promises."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
NOTEBOOK = ROOT / "docs" / "notebook.ipynb"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("notebook", ROOT / "scripts" / "notebook.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.full
def test_the_notebook_holds_what_its_cells_give(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "scripts" / "notebook.py"), "--check"]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "MACLA_HOME": str(tmp_path)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_notebook_was_executed_and_is_a_notebook(script: ModuleType) -> None:
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    used = "".join(line for cell in code for line in cell["source"])
    for name in ("build", "evaluate", "load_runs", "UserError"):
        assert f"macla.{name}" in used
    assert script.page(notebook) == (ROOT / "docs" / "notebook.md").read_text(encoding="utf-8")


def test_the_output_of_a_cell_is_what_it_prints_and_its_last_value(script: ModuleType) -> None:
    names: dict[str, object] = {}
    assert script.outputs("x = 3", names, 1) == []
    assert script.outputs("print(x)\nx + 1", names, 2) == [
        {"name": "stdout", "output_type": "stream", "text": ["3\n"]},
        {"data": {"text/plain": ["4"]}, "execution_count": 2, "metadata": {}, "output_type": "execute_result"},
    ]
    assert script.outputs("None", names, 3) == []
