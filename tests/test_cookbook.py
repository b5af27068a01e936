"""The cookbook's code, taken off the page, is installed and does what the page says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "cookbook.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r'^```\w+ title="([^"]+)"\n(.*?)^```$', PAGE, flags=re.MULTILINE | re.DOTALL))
CONSOLE = re.findall(r"^```console\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
pytestmark = pytest.mark.slow


def commands() -> list[tuple[str, list[str]]]:
    """Return what the page types, each with the lines below it."""
    blocks = [part.strip().splitlines() for console in CONSOLE for part in re.split(r"^\$ ", console, flags=re.M)[1:]]
    return [(lines[0], lines[1:]) for lines in blocks]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the page's files, install them as the page does, and return the folder they are installed in."""
    source = tmp_path_factory.mktemp("cookbook")
    for name, text in FILES.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text, encoding="utf-8")
    for package in ("switches", "switches/configs"):
        (source / package / "__init__.py").write_text("")
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--target", source / "site", source], check=True, capture_output=True)
    return source / "site"


def test_the_page_has_a_benchmark_a_memory_and_a_model() -> None:
    assert [name for name in FILES if name.endswith(".py")] == [
        "switches/world.py", "switches/habit.py", "switches/counter.py",
    ]  # fmt: skip
    assert sum(command.startswith("macla ") for command, _ in commands()) == 7


def test_every_command_prints_what_stands_below_it(site: Path, tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(site), str(ROOT))), "MACLA_HOME": str(tmp_path / "home")}
    for command, lines in commands():
        words = command.split()
        if words[0] == "pip":
            continue  # the fixture did
        typed = [sys.executable, "-m", "macla.cli", *words[1:]]
        result = subprocess.run(typed, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        said = re.sub(r" +", " ", result.stdout)
        assert [line for line in lines if line not in said] == [], said


def test_the_parts_keep_to_the_protocols(site: Path) -> None:
    code = (
        "from macla.benchmarks.base import Benchmark\n"
        "from macla.methods.base import Actor, Learned\n"
        "from macla.models.answer import Source\n"
        "from switches.counter import Counter\nfrom switches.habit import Creature, Habits\n"
        "from switches.world import Switches\n"
        "names = lambda protocol: {name for name in vars(protocol) if not name.startswith('_')}\n"
        "for made, protocol in ((Switches, Benchmark), (Habits, Learned), (Creature, Actor), (Counter, Source)):\n"
        "    assert not [name for name in names(protocol) if not hasattr(made, name)], (made, protocol)\n"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(site), str(ROOT)))}
    subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True)
