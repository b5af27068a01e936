"""The installed product: a non-editable wheel works from another directory; the command line starts fast."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "-q",
        "-w",
        str(out),
        str(ROOT),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return next(out.glob("macla-*.whl"))


def test_a_wheel_carries_configs_prompts_and_data(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in ("macla/_configs/config.yaml", "macla/reports/templates/table.md.j2", "envs/alfworld/lexicon.py"):
        assert wanted in names
    for path in (ROOT / "macla" / "reports" / "viewer").iterdir():
        assert path.suffix not in {".html", ".css", ".js"} or f"macla/reports/viewer/{path.name}" in names
    for path in (ROOT / "configs").rglob("*.yaml"):
        assert f"macla/_configs/{path.relative_to(ROOT / 'configs')}" in names


def test_an_installed_wheel_finds_its_configs_from_anywhere(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    code = (
        f"import sys; sys.path.insert(0, {str(site)!r})\n"
        "import macla, macla.config\n"
        f"assert macla.__file__.startswith({str(site)!r}), macla.__file__\n"
        "print(macla.config.config_folder(), macla.config.compose(['memory.k=7']).memory.k)"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == [str(site / "macla" / "_configs"), "7"]


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom macla.cli import app\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0\n"
        "heavy = {'torch', 'numpy', 'pandas', 'hydra', 'textworld', 'gymnasium', 'scipy', 'faiss', 'ray'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
