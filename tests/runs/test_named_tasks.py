"""``eval.tasks`` plays the tasks that it names: by their ids, or in a file of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from macla.config import compose
from macla.errors import UserError
from macla.runs.build import build_memory
from macla.runs.evaluate import evaluate
from macla.runs.sweep import sweep

TOY = ("env=toy", "encoder=hashing", "env.n_train=6", "env.n_seen=4", "env.n_unseen=4", "memory=none")
FIRE, MEND = "unseen-0000-fire", "unseen-0001-mend"


def run(folder: Path, *overrides: str, split: str = "unseen") -> dict[str, Any]:
    return evaluate(compose([*TOY, f"runs={folder}/runs", *overrides]), split, None, None)


def played(summary: dict[str, Any]) -> list[str]:
    lines = (Path(summary["run"]) / "episodes.jsonl").read_text().splitlines()
    return [json.loads(line)["task"] for line in lines]


def ids(folder: Path) -> list[str]:
    return played(run(folder))


def test_only_these_are_played_in_the_splits_order_and_make_one_run(tmp_path):
    every = ids(tmp_path)
    wanted = [every[2], every[0], every[2]]
    first = run(tmp_path, f"eval.tasks=[{','.join(wanted)}]")
    assert played(first) == [every[0], every[2]]
    texts = (
        "\n".join(wanted),
        "\r\n\r\n".join(wanted) + "\n",
        json.dumps(wanted),
        "\ufeff" + json.dumps(wanted, indent=1),
    )
    for number, text in enumerate(texts):
        file = tmp_path / f"ids{number}"
        file.write_text(text, encoding="utf-8")
        assert run(tmp_path, f"eval.tasks={file}")["run"] == first["run"]
    assert run(tmp_path)["run"] != first["run"]
    assert len(played(run(tmp_path, f"eval.tasks=[{','.join(wanted)}]", "eval.limit=1"))) == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("[unsen-0000-fire]", "split unseen of toy has no task unsen-0000-fire (did you mean unseen-0000-fire?)"),
        ("[seen-0000-fire]", "has no task seen-0000-fire (which is of another split)"),
        ("[zzz,3]", "has no task zzz, 3"),
        ("[a1,b2,c3,d4,e5]", "has no task a1, b2, c3 and 2 more"),
        ("[]", "eval.tasks names no task; give ids ([id, …]) or a file"),
        ("nowhere", "eval.tasks=nowhere: there is no such file (No such file or directory); give a file of ids"),
        ("{a: 1}", "eval.tasks: give ids ([id, …]) or a file of them"),
        ("[[a]]", "eval.tasks"),
    ],
)
def test_a_mistake_is_one_line(tmp_path, typed, told):
    with pytest.raises(UserError) as error:
        run(tmp_path, f"eval.tasks={typed}")
    assert told in str(error.value)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "runs" / "eval").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "names no task"),
        ("[", "no JSON list"),
        ("[{}]", "a text or a number"),
        (b"\xff\xfe\xfa", "save it as UTF-8"),
    ],
)
def test_a_broken_file_is_one_line(tmp_path, text, told):
    file = tmp_path / "ids"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UserError, match=told):
        run(tmp_path, f"eval.tasks={file}")


def test_tasks_that_the_memory_learned_from_are_refused(tmp_path):
    config = compose([*TOY[:-1], f"runs={tmp_path}/runs", "eval.tasks=[train-0000-fire]"])
    memory = build_memory(config, tmp_path / "memory")["memory"]
    with pytest.raises(UserError, match="learned from 1 of these tasks"):
        evaluate(config, "train", Path(memory), None)


def test_a_sweep_finds_an_unknown_task_before_any_job(tmp_path):
    with pytest.raises(UserError, match=r"1 of 2 jobs cannot run.*has no task zzz"):
        sweep([*TOY, f"runs={tmp_path}", "eval.tasks=[unseen-0000-fire],[zzz]"], "unseen", "none")
