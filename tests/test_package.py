"""The installed product: a non-editable wheel works from another directory; the command line starts fast."""

import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from macla import __version__

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


def test_a_wheel_carries_the_licence_and_the_documents(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert f"macla-{__version__}.dist-info/licenses/LICENSE" in names
    shared = f"macla-{__version__}.data/data/share/doc/macla"
    for path in (*(ROOT / "docs").rglob("*.md"), *(ROOT / "docs").rglob("*.svg")):
        assert f"{shared}/{path.relative_to(ROOT / 'docs').as_posix()}" in names
    assert f"{shared}/CHANGELOG.md" in names


def test_a_source_distribution_carries_all_that_a_wheel_and_the_tests_are_made_of(tmp_path: Path) -> None:
    code = "import sys; from hatchling.build import build_sdist; print(build_sdist(sys.argv[1]))"
    made = subprocess.run([sys.executable, "-c", code, tmp_path], cwd=ROOT, check=True, capture_output=True, text=True)
    name = made.stdout.split()[-1]
    assert name == f"macla-{__version__}.tar.gz"
    with tarfile.open(tmp_path / name) as archive:
        names = {member.name.partition("/")[2] for member in archive.getmembers()}
    pages = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "CITATION.cff")
    made_with = ("Dockerfile", "Makefile", "constraints.txt", "mkdocs.yml", "pyproject.toml")
    for wanted in (*pages, *made_with, "docs/spec/paper.md", "docs/pictures/house.svg"):
        assert wanted in names
    for folder in ("macla", "envs", "scripts", "tests"):
        sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*.py")}
        assert sources <= names


def test_one_version_everywhere() -> None:
    stated = re.findall(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), flags=re.MULTILINE)
    released = re.findall(r"^## (\d\S*)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert [*stated, released[0]] == [__version__, __version__]


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
