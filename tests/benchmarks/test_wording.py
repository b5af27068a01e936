"""A user's own words for tasks: the file, and that the agent reads them wherever it would have read the task's."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from macla.benchmarks.base import Benchmark, Task
from macla.benchmarks.registry import create
from macla.benchmarks.supplied import supplied
from macla.benchmarks.trajectory import Trajectory
from macla.benchmarks.wording import InOtherWords, read_wordings, shown_in_words
from macla.errors import UserError

OURS = "Kindly do what I told you yesterday [the long one], 100 % of it."


@pytest.fixture(scope="module")
def toy() -> Benchmark:
    return create("toy", {"n_train": 4, "n_seen": 4, "n_unseen": 4})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "wordings.jsonl"


def lines(*pairs: tuple[str, str]) -> str:
    return "".join(json.dumps({"task": task, "instruction": text}) + "\n" for task, text in pairs)


def test_a_file_is_read(toy: Benchmark, file: Path):
    file.write_text(lines(("seen-0000-fire", " Brenn mir 'ne Tasse! ")) + "\n" + lines(("unseen-0001-mend", "é")))
    assert read_wordings(file, toy) == {"seen-0000-fire": "Brenn mir 'ne Tasse!", "unseen-0001-mend": "é"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "names no task"),
        ("{", ":1: no JSON"),
        ("[1]", ":1: line: "),
        ('{"task": "seen-0000-fire"}', ":1: instruction: Field required"),
        (lines(("seen-0000-fire", "  ")), ":1: instruction: "),
        ('{"task": "seen-0000-fire", "instruction": "x", "goal": 1}', ":1: goal: "),
        (lines(("seen-0000-fire", "x")) * 2, ":2: task seen-0000-fire is there twice"),
        (lines(*((f"seen-{n}", "x") for n in range(5))), "toy has no task seen-0, seen-1, seen-2 and 2 more"),
        (lines(("a", "x"), ("seen-0000-fire", "x"), ("b", "x")), "toy has no task a, b; "),
    ],
)
def test_what_is_wrong_with_a_file_is_one_line(text: str, said: str, toy: Benchmark, file: Path):
    file.write_text(text)
    with pytest.raises(UserError) as raised:
        read_wordings(file, toy)
    assert said in str(raised.value)
    assert str(raised.value).startswith(f"env.instructions={file}")
    assert "\n" not in str(raised.value)


def test_a_file_that_is_no_utf_8_is_one_line(toy: Benchmark, file: Path):
    file.write_bytes(b'{"task": "train-0000-fire", "instruction": "Burn me a caf\xe9."}')
    with pytest.raises(UserError, match=r"the file does not read \(it is not UTF-8 text\); save it as UTF-8"):
        read_wordings(file, toy)


def test_a_missing_file_is_one_line(toy: Benchmark, file: Path):
    with pytest.raises(UserError, match="the file does not read"):
        read_wordings(file, toy)


OPTIONS = {
    "toy": {},
    "alfworld": {"n_train": 2, "n_seen": 2, "n_unseen": 6},
    "webshop": {"products": 60},
    "travelplanner": {},
    "intercode_sql": {"profile": "try_again"},
}
ACTIONS = {
    "toy": ["look", "go to shelf 1"],
    "alfworld": ["look", "inventory", "go to sinkbasin 1"],
    "webshop": ["search[blue shirt]", "click[next >]", "click[back to search]"],
    "travelplanner": ["CitySearch[Ohio]", "NotebookWrite[cities]", "Planner[plan]"],
    "intercode_sql": ["SHOW TABLES", "SELECT nothing"],
}
SHOWN = {"toy": 0, "alfworld": 1, "webshop": 4, "travelplanner": 0, "intercode_sql": 3}
"""How many of the first observation and those after the actions hold the instruction."""


@pytest.fixture(params=list(OPTIONS))
def named(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    if request.param == "intercode_sql" and "MACLA_DATA" not in os.environ:
        pytest.skip("needs the benchmark's own files")
    monkeypatch.setenv("MACLA_HOME", str(tmp_path))
    return request.param


def played(benchmark: Benchmark, task: Task, actions: list[str], instruction: str | None) -> list[tuple[str, object]]:
    """Return (observation, info's task, reward) of an episode, begun with the first observation."""
    env = benchmark.make(task, seed=0)
    env = env if instruction is None else InOtherWords(env, instruction)
    first, info = env.reset(seed=0)
    seen = [(first, info["task"], 0.0)]
    for action in actions:
        observation, reward, _, _, info = env.step(action)
        seen.append((observation, info["task"], reward))
    env.close()
    return seen


def test_only_the_instruction_changes_wherever_it_stands(named: str):
    benchmark = create(named, OPTIONS[named])
    benchmark.check()
    split = next(split for split in benchmark.splits() if split != "train")
    task = benchmark.tasks(split)[0]
    plain, ours = (played(benchmark, task, ACTIONS[named], instruction) for instruction in (None, OURS))
    own = plain[0][1].strip()
    assert sum(own in observation for observation, *_ in plain) == SHOWN[named]
    for (before, said, reward), (after, told, paid) in zip(plain, ours, strict=True):
        assert after == before.replace(own, OURS)
        assert own not in after
        assert (said.strip(), told, paid) == (own, OURS, reward)


def test_admissible_commands_hold_the_other_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MACLA_HOME", str(tmp_path))
    benchmark = create("webshop", OPTIONS["webshop"])
    env = InOtherWords(benchmark.make(benchmark.tasks("unseen")[0], seed=0), OURS)
    env.reset(seed=0)
    assert supplied(benchmark, "admissible", "random_admissible")(env) == [f"search[{OURS}]"]


def test_a_demonstration_is_told_in_the_words_of_its_task(toy: Benchmark):
    task = toy.tasks("train")[0]
    (shown,) = toy.experts([task], seed=0)
    page = f"Instruction: [SEP] {shown.task} [SEP] Search"
    steps = tuple(step.model_copy(update={"observation": page}) for step in shown.steps)
    shown = Trajectory.model_validate({**shown.model_dump(), "first_observation": page, "steps": steps})
    told = shown_in_words(shown, {task.id: OURS})
    assert told.task == OURS
    assert {told.first_observation, *(step.observation for step in told.steps)} == {page.replace(shown.task, OURS)}
    assert [step.action for step in told.steps] == [step.action for step in shown.steps]
    assert shown_in_words(shown, {"another": OURS}) == shown
