"""Rules of the house: short files, one direction of imports, constants in settings, plain words for names."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from macla import plugins
from macla.methods.settings import explain

ROOT = Path(__file__).parent.parent
MOST_LINES, MOST_LAYERS = 320, 7
METHODS = ROOT / "macla" / "methods"


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


# (a), (b), (e) ---------------------------------------------------------------------------- files and imports


def test_no_source_file_is_long():
    long = {name(path): n for path in sources("macla", "envs", "scripts", "tests")
            if (n := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES}  # fmt: skip
    assert long == {}


def imported(module: ast.Module) -> Iterator[str]:
    """Yield what a module imports by name, wherever it does: in functions, too."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_the_harness_imports_no_benchmark():
    found = [(name(path), what) for path in sources("macla") for what in imported(tree(path))]
    assert [(path, what) for path, what in found if what.split(".")[0] == "envs"] == []
    assert ("macla/runs/assemble.py", "macla.benchmarks") in found


def test_the_contracts_of_imports_hold():
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout


def test_the_house_has_few_floors_and_every_part_stands_on_one():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    assert len(layers) <= MOST_LAYERS
    named = {part.strip() for layer in layers for part in layer.split(":")}
    parts = {
        f"macla.{path.stem}" for path in (ROOT / "macla").iterdir() if path.suffix == ".py" or any(path.glob("*.py"))
    }
    assert parts - named <= {"macla.__init__"}


# (c) ---------------------------------------------------------------------------------------------- constants

PLAIN = {-1, 0, 1, 2}
"""Numbers that are no choice of anybody's: first, next, twice, nothing."""
ROUNDING, CACHE, SHOWN = "decimals of a stored figure", "size of a cache", "how much a report shows"
LETTERS, ENGLISH, PERCENT = "letters of the alphabet, in names of slots", "spelling of English plurals", "percent"

ALLOWED = {
    ("macla/methods/belief.py", 8192): CACHE,
    ("macla/methods/reading.py", 8192): CACHE,
    ("macla/methods/words.py", 65536): CACHE,
    ("macla/methods/cloning/candidate_features.py", 4096): CACHE,
    ("macla/methods/macla/learning/recurrence.py", 1024): CACHE,
    ("macla/methods/macla/memory/ontology.py", 65536): CACHE,
    ("macla/methods/macla/memory/slot.py", 65536): CACHE,
    ("macla/methods/replay.py", 6): ROUNDING,
    ("macla/methods/cloning/statements/fit_parts.py", 3): ROUNDING,
    ("macla/methods/cloning/statements/wording.py", 4): ROUNDING,
    ("macla/methods/macla/acting/select.py", 6): ROUNDING,
    ("macla/methods/macla/acting/select.py", 9): ROUNDING,
    ("macla/methods/macla/equations/description_length.py", 9): ROUNDING,
    ("macla/methods/macla/equations/prior.py", 6): ROUNDING,
    ("macla/methods/macla/learned.py", 6): ROUNDING,
    ("macla/methods/macla/learning/merge.py", 4): ROUNDING,
    ("macla/methods/macla/learning/metas.py", 6): ROUNDING,
    ("macla/methods/macla/learning/prune.py", 6): ROUNDING,
    ("macla/methods/cloning/report.py", 5): SHOWN,
    ("macla/methods/macla/memory/procedure.py", 20): SHOWN,
    ("macla/methods/macla/report/diff.py", 20): SHOWN,
    ("macla/methods/macla/report/rescore.py", 10): SHOWN,
    ("macla/methods/macla/report/show.py", 3): SHOWN,
    ("macla/methods/macla/report/show.py", 4): SHOWN,
    ("macla/methods/macla/report/show.py", 6): SHOWN,
    ("macla/methods/macla/report/trace.py", 3): SHOWN,
    ("macla/methods/macla/report/trace.py", 90): SHOWN,
    ("macla/methods/macla/report/why.py", 3): SHOWN,
    ("macla/methods/macla/report/why.py", 5): SHOWN,
    ("macla/methods/macla/report/rescore.py", 100): PERCENT,
    ("macla/methods/macla/equations/description_length.py", 100): PERCENT,
    ("macla/methods/macla/memory/slot.py", 25): LETTERS,
    ("macla/methods/macla/memory/slot.py", 26): LETTERS,
    ("macla/methods/words.py", 4): ENGLISH,
    ("macla/methods/episode.py", 4): "number of the format of episodes",
    ("macla/methods/stored.py", 4): "number of the format of memory directories",
    ("macla/methods/macla/report/rescore.py", 4): "columns of a table: relevance, risk, successes, failures",
    ("macla/methods/macla/equations/expected_utility.py", 12): "1/12, the variance of a uniform distribution",
    ("macla/methods/macla/equations/prior.py", 1e-12): "where the search for a maximum ends, in nats",
    ("macla/methods/macla/learning/shards.py", 256): "requests in flight; joining shards of any size gives the same",
    ("macla/methods/macla/memory/index.py", 100_000): "where FAISS is faster than a product; both are exact",
}
"""(file, number) → why it may stand there although it is no setting."""


def numbers(module: ast.Module) -> Iterator[tuple[int, float]]:
    """Yield (line, number) of the literals in code, those of settings (calls of ``key``) left out."""
    waiting: list[ast.AST] = [module]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "key":
            continue
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            yield node.lineno, -node.operand.value
            continue
        if isinstance(node, ast.Constant) and type(node.value) in (int, float, complex):
            yield node.lineno, node.value
        waiting += ast.iter_child_nodes(node)


def constants() -> dict[tuple[str, float], list[int]]:
    """Return (file, number) → lines, of all of the methods' files but settings."""
    found: dict[tuple[str, float], list[int]] = {}
    for path in sources("macla/methods"):
        if path.name != "settings.py":
            for line, number in numbers(tree(path)):
                if number not in PLAIN:
                    found.setdefault((name(path), number), []).append(line)
    return found


def test_methods_have_no_constants_outside_settings():
    assert {where: lines for where, lines in constants().items() if where not in ALLOWED} == {}


def test_every_exception_is_needed():
    assert set(ALLOWED) - set(constants()) == set()


def test_the_finder_sees_numbers_in_code_and_nothing_else():
    code = '''
"""Eq 4 and 12.5 of the paper."""
LIMIT = 20  # not 30
GOOD, SHARE = -1, 0.5
text = f"5 of {LIMIT:.3f}" + "7"
flag = True


class Settings:
    k: int = key(9, "ours", "ten", ge=8)


def f(x=3, *, y=-4.0):
    """Return 6."""
    return x[:10] ** 2 + 1e-9
'''
    found = {number for _, number in numbers(ast.parse(code))}
    assert found - PLAIN == {20, 0.5, 3, -4.0, 10, 1e-9}
    assert [line for line, number in numbers(ast.parse(code)) if number == 20] == [3]


# (d) ----------------------------------------------------------------------------------------------- settings


@pytest.mark.parametrize("method", plugins.names(plugins.METHODS))
def test_every_setting_has_a_source_and_a_reason(method):
    settings = plugins.load(plugins.METHODS, method, "memory method").Settings()
    explained = [one for one in explain(settings) if one.key not in ("method", "name")]
    assert [one.key for one in explained if not one.source or not one.reason] == []
    places = re.compile(r"ours|docs/spec/[\w/-]+\.md.*")
    assert [one.key for one in explained if not places.fullmatch(one.source)] == []


def test_all_methods_are_looked_at():
    assert {"cloning", "macla", "nearest", "none"} <= set(plugins.names(plugins.METHODS))


# (f) -------------------------------------------------------------------------------------------------- names

OLD = {"slate", "lived", "blank", "spot", "drafted", "weighed", "accustomed", "outright"}
"""Words that once meant something here that nobody else could know."""
VAGUE = {"its", "each"}


def identifiers(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield (line, identifier) of all names that a module makes or uses."""
    for node in ast.walk(module):
        for field in ("id", "name", "attr", "arg", "asname", "module"):
            value = getattr(node, field, None)
            if isinstance(value, str):
                yield getattr(node, "lineno", 0), value


def words(identifier: str) -> set[str]:
    """Return the words that an identifier is made of, in lower case."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", identifier)}


def loop_variables(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield (line, name) of what loops and comprehensions run over."""
    loops = (node for node in ast.walk(module) if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension))
    targets = (part for loop in loops for part in ast.walk(loop.target))
    yield from ((part.lineno, part.id) for part in targets if isinstance(part, ast.Name))


def test_the_old_private_language_is_gone():
    found = [(name(path), line, one) for path in sources("macla") for line, one in identifiers(tree(path))]
    assert [use for use in found if words(use[2]) & OLD] == []
    assert len(found) > 10_000


def test_loop_variables_of_the_methods_say_what_they_are():
    found = [(name(path), line, one) for path in sources("macla/methods") for line, one in loop_variables(tree(path))]
    assert [use for use in found if use[2] in VAGUE] == []


def test_the_search_takes_identifiers_apart():
    assert words("is_blank") & OLD == {"blank"}
    assert words("WeighedChoices") & OLD == {"weighed"}
    assert words("spotlight") & OLD == words("delivered") & OLD == set()
    module = ast.parse("for its, (each, other) in x: pass\nprint([blank for blank in x])\ndef lived(spot): '''slate'''")
    assert {one for _, one in loop_variables(module)} == {"its", "each", "other", "blank"}
    assert {one for _, one in identifiers(module) if words(one) & OLD} == {"blank", "lived", "spot"}
