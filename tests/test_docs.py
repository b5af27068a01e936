"""The site: printed pages are what scripts print, what pages name exists, nothing is loaded from elsewhere."""

import ast
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def printed(script: str) -> str:
    """Return what a script of ours prints."""
    command = [sys.executable, str(ROOT / "scripts" / script)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", ["walkthrough", "departures"])
def test_a_page_that_a_script_prints_is_what_it_prints(name: str) -> None:
    script = {"walkthrough": "walkthrough.py", "departures": "departures_page.py"}[name]
    said = f"docs/{name}.md is not what scripts/{script} prints: write it anew"
    assert printed(script) == (DOCS / f"{name}.md").read_text(encoding="utf-8"), said


FUNCTION = re.compile(r"`([\w/]+\.py): ([\w.]+)`")


def test_every_function_beside_an_equation_exists() -> None:
    page = (DOCS / "equations.md").read_text(encoding="utf-8")
    named = FUNCTION.findall(page)
    assert len(named) > 30
    below = "macla/methods/macla"
    missing = []
    for path, name in named:
        assert (ROOT / below / path).is_file(), path
        found = importlib.import_module(f"{below}/{path}".removesuffix(".py").replace("/", "."))
        for part in name.split("."):
            found = getattr(found, part, None)
        if not callable(found):
            missing.append((path, name))
    assert missing == []


def test_the_equations_stand_in_the_papers_order() -> None:
    page = (DOCS / "equations.md").read_text(encoding="utf-8")
    numbers = [int(number) for number in re.findall(r"^\*\*Eq (\d+)", page, flags=re.MULTILINE)]
    assert numbers == sorted(numbers) == [1, 3, 6, 7, 8, 10, 12, 13, 16, 18]


def test_every_key_beside_an_equation_exists() -> None:
    from macla.config import compose
    from macla.methods.settings import dotted

    known = dotted({"memory": compose([]).memory.model_dump(mode="json")})
    named = re.findall(r"`(memory\.[\w.]+)(?:=[\w|]+)?`", (DOCS / "equations.md").read_text(encoding="utf-8"))
    assert len(named) > 15
    assert [key for key in named if key not in known and not any(one.startswith(f"{key}.") for one in known)] == []


def test_every_page_is_in_the_navigation() -> None:
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    named = re.findall(r": ([\w/-]+\.md)$", text, flags=re.MULTILINE)
    assert sorted(named) == sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
    assert yaml.safe_load(text)["theme"]["font"] is False


LOADED = re.compile(
    r"<(?:script|link|img|iframe|source|object|embed)\b[^>]*\b(?:src|href|data)=[\"']?(?:https?:)?//[^>]*>"
)


def test_what_loads_from_elsewhere_is_found() -> None:
    assert LOADED.search('<script src="https://a.example/x.js"></script>')
    assert LOADED.search("<link rel=stylesheet href=//a.example/x.css>")
    assert not LOADED.search('<a href="https://a.example/">there</a><img src="pictures/house.svg">')


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("mkdocs") is None, reason="make docs installs mkdocs")
def test_the_site_builds_strictly_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) > 20
    assert [(page.name, LOADED.findall(text)) for page in pages if LOADED.search(text := page.read_text("utf-8"))] == []
    assert "<svg" in (tmp_path / "site" / "architecture.html").read_text("utf-8")


PUBLIC = {
    "macla.methods.base": ["Method", "Learned", "Actor"],
    "macla.methods.session": ["Session", "Decision"],
    "macla.benchmarks.base": ["Benchmark", "Task", "TaskEnv", "ReadsRequests"],
    "macla.benchmarks.optional": [
        "DataChecker", "DataKeeper", "RecordingReader", "RecordingFinder", "CallReader", "Demonstrated", "Scorer",
        "SelfChecking", "EngineBench", "SpeedBench",
    ],
    "macla.benchmarks.lexicon": ["Lexicon", "Paged", "Answering", "Looking", "Composite"],
    "macla.benchmarks.supplied": ["Ruled", "Listing"],
    "macla.benchmarks.slips": ["Erring"],
    "macla.benchmarks.caveats": ["Caveated"],
    "macla.models.requests.base": ["FrozenModel"],
    "macla.models.answer": ["Source"],
}  # fmt: skip
"""What another package implements or is given, by module."""


def lacking(method: ast.FunctionDef) -> list[str]:
    """Return the sections that the docstring of a method should have and has not."""
    said = ast.get_docstring(method) or ""
    arguments = [one.arg for one in (*method.args.args, *method.args.kwonlyargs) if one.arg != "self"]
    returned = ast.unparse(method.returns) if method.returns else "None"
    gives = not any("property" in ast.unparse(one) for one in method.decorator_list) and returned != "None"
    missing = [f"Args: {one}" for one in arguments if f"\n    {one}: " not in said]
    return missing + (["Returns"] if gives and "\nReturns:\n" not in said and "\nYields:\n" not in said else [])


def test_every_function_of_the_library_says_what_goes_in_and_comes_out_and_shows_an_example() -> None:
    tree = ast.parse((ROOT / "macla" / "library.py").read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    wrong = []
    for name in ("build", "evaluate", "load_runs", "load_episodes", "load_memory"):
        wrong += [
            (name, part) for part in ("Raises", "Example") if f"\n{part}:\n" not in ast.get_docstring(functions[name])
        ]
        wrong += [(name, one) for one in lacking(functions[name])]
    assert wrong == []


@pytest.mark.parametrize("module", PUBLIC)
def test_every_public_protocol_says_what_goes_in_and_comes_out_and_shows_an_example(module: str) -> None:
    tree = ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8"))
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    wrong = []
    for name in PUBLIC[module]:
        wrong += [] if "\nExample:\n" in (ast.get_docstring(classes[name]) or "") else [(name, "Example")]
        methods = [node for node in classes[name].body if isinstance(node, ast.FunctionDef) and node.name[0] != "_"]
        wrong += [(f"{name}.{method.name}", one) for method in methods for one in lacking(method)]
    assert wrong == []


def test_the_reference_shows_every_public_protocol() -> None:
    page = (DOCS / "reference.md").read_text(encoding="utf-8")
    shown = {part.split()[0]: part for part in page.split("\n::: ")[1:]}
    for module, names in PUBLIC.items():
        members = re.search(r"members: \[(.*)\]", shown[module])
        assert members is None or set(names) <= set(members[1].split(", ")), module
