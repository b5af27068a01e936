"""Memories that act by prompt: all build, save, load to equals, retrieve, and put their notes into every request."""

import hashlib
from functools import cache
from pathlib import Path

import pytest
from helpers.language_model import scripted

from envs.toy.benchmark import Toy
from envs.webshop.benchmark import WebShop
from macla import plugins
from macla.benchmarks.trajectory import Outcome
from macla.config import compose
from macla.errors import UserError
from macla.methods.base import Tools
from macla.methods.placebos import WORDS, Placebo
from macla.methods.prompted import Note, Prompted
from macla.methods.session import Session
from macla.models.malformed import Malformed
from macla.models.requests import Act
from macla.models.truncate import tokens
from macla.runs.build import build_memory
from macla.runs.evaluate import evaluate
from macla.runs.play import run

WRITTEN = ("cheatsheet", "insights", "long_context", "scripts", "strategies", "workflows")
ALL = (*WRITTEN, "filler", "nearest", "shuffled")
STEPS = 3


def method(name, **settings):
    """Return a memory method with its settings."""
    kind = plugins.load(plugins.METHODS, name, "memory method")
    return kind(kind.Settings(**settings))


@cache
def world(name):
    """Return a benchmark, six tasks of training, and their trajectories: of each the expert's, of two a failure too."""
    toy = Toy(Toy.Options(n_train=8, careful=1.0, fire=1.0, glue=1.0, horizon=STEPS + 20))
    benchmark = toy if name == "toy" else WebShop(WebShop.Options(products=60))
    tasks = benchmark.tasks("train")[:6]
    shown = list(benchmark.experts(tasks, seed=0))
    solved = [one.model_copy(update={"outcome": Outcome.SUCCESS, "score": 1.0}) for one in shown]
    failed = [
        one.model_copy(update={"outcome": Outcome.FAILURE, "score": 0.0, "steps": one.steps[:1], "source": "attempt"})
        for one in solved[:2]
    ]
    return benchmark, solved, failed


@pytest.fixture(params=["toy", "webshop"])
def given(request):
    return world(request.param)


@pytest.fixture
def learned(given, tools):
    """Return a function (name, settings) → what the memory learns of the trajectories with a scripted model."""
    benchmark, solved, failed = given

    def make(name, **settings):
        model, asked = scripted(lambda request: "look")
        built = method(name, **settings).build([*solved, *failed], tools(benchmark, model))
        return built, asked

    return make


@pytest.mark.parametrize("name", ALL)
def test_what_is_saved_is_loaded_and_shows_the_same_without_a_question(learned, given, tools, tmp_path, name):
    memory, _ = learned(name)
    memory.save(tmp_path)
    model, asked = scripted(lambda request: "look")
    again = method(name).load(tmp_path, tools(given[0], model))
    assert asked == []
    assert again.tasks() == memory.tasks() == {one.task_id for one in given[1]}
    assert dict(again.figures()) == dict(memory.figures())
    assert again.describe() == memory.describe()
    for one in given[1]:
        assert again.shown(one.task) == memory.shown(one.task)
        assert memory.shown(one.task)


@pytest.mark.parametrize("name", ALL)
def test_its_notes_stand_in_every_request_and_the_model_takes_every_step(learned, given, name):
    memory, asked = learned(name)
    benchmark = given[0]
    task = next(iter(benchmark.tasks("unseen")))
    session = Session(benchmark.make(task, seed=0), memory.tools.reader, STEPS, 0)
    asked.clear()
    run(memory.actor(), session)
    assert [type(request) for request in asked] == [Act] * STEPS
    assert {request.notes for request in asked} == {tuple(memory.shown(session.task))}
    assert {(decision.kind, decision.chosen) for decision in session.decisions} == {("model", "act")}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_file_that_does_not_read_is_one_line(learned, given, tools, tmp_path, name):
    memory, _ = learned(name)
    assert all(note.text.strip() and note.about for note in memory.notes)
    memory.save(tmp_path)
    (tmp_path / "notes.json").write_text('{"notes": [{}], "tasks": {}}')
    with pytest.raises(UserError, match=r"notes\.json does not read .*macla build-memory") as error:
        method(name).load(tmp_path, tools(given[0]))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_memory_of_no_trajectory_is_refused(given, tools, name):
    with pytest.raises(UserError, match=f"memory={name}: 0 trajectories gave no note"):
        method(name).build([], tools(given[0]))


@pytest.mark.parametrize("name", WRITTEN)
def test_a_model_that_is_silent_leaves_the_memory_as_it_was(given, tools, name):
    class Silent:
        name, is_language_model = "silent", True

        def ask(self, requests):
            return [Malformed(purpose=request.purpose, reason="it was silent", text="") for request in requests]

    benchmark, solved, failed = given
    lent: Tools = tools(benchmark, Silent())
    made = method(name)
    notes = [made.note_type(about="page", text="kept", **kept(name))]
    written = made.write([*solved, *failed], notes, lent)
    assert written[0] == notes[0]
    assert name == "long_context" or len(written) == 1


def kept(name):
    """Return what else a note of a memory needs."""
    return {"insights": {"votes": 1}, "scripts": {"trajectory": "t", "script": ("s",)}}.get(name, {})


def test_the_nearest_notes_are_shown_and_k_says_how_many(learned, given):
    memory, _ = learned("strategies", k=1)
    for one in given[1]:
        (shown,) = memory.shown(one.task)
        assert one.task in shown


def test_a_memory_of_its_own_is_named_after_its_class():
    class Own(Prompted):
        name = "own"

    settings = Own.Settings(method="own")
    assert (settings.name, settings.model_dump()["k"]) == ("own", 3)
    assert settings.construction(practice=False) == {"method": "own"}


def test_notes_of_an_item_are_told_by_what_they_are_about(learned):
    memory, _ = learned("strategies")
    about = memory.notes[0].about
    assert memory.notes[0].text in memory.describe(about)
    with pytest.raises(UserError, match=r"nothing about 'x'; e\.g\."):
        memory.describe("x")


def contents(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())}


@pytest.mark.parametrize("name", sorted({*ALL, "macla", "cloning"}))
def test_frozen_evaluation_writes_nothing_to_a_memory(tmp_path, name):
    world = ["env=toy", "encoder=hashing", "env.n_train=12", "env.n_unseen=3", "env.horizon=4"]
    config = compose([*world, f"memory={name}", "build.attempts=3", f"runs={tmp_path}"])
    folder = Path(build_memory(config, None)["memory"])
    before = contents(folder)
    summary = evaluate(config, "unseen", folder, None)
    assert summary["n_scored"] == 3
    assert contents(folder) == before


def test_a_placebo_of_what_shows_no_notes_is_refused(given, tools):
    for name in ("none", "macla"):
        with pytest.raises(UserError, match=f"memory.of={name} shows no notes"):
            method("filler", of=name).build([*given[1]], tools(given[0]))
    with pytest.raises(UserError, match=r"unknown memory\.of 'x'"):
        method("filler", of="x")


@pytest.mark.parametrize("of", ["nearest", "strategies", "scripts"])
def test_shuffled_never_shows_a_note_of_the_own_task(learned, given, of):
    memory, _ = learned("shuffled", of=of)
    assert isinstance(memory.placebo, Placebo)
    for one in given[1]:
        shown, own = memory.shown(one.task), memory.memory.shown(one.task)
        assert shown
        assert not set(shown) & set(own)
        assert memory.shown(one.task) == shown


@pytest.mark.parametrize("of", ["nearest", "strategies", "insights", "long_context"])
def test_filler_is_as_long_as_the_notes_and_says_nothing_of_them(learned, given, of):
    memory, _ = learned("filler", of=of)
    for one in given[1]:
        shown, own = memory.shown(one.task), memory.memory.shown(one.task)
        assert len(shown) == len(own)
        for filler, real in zip(shown, own, strict=True):
            assert abs(tokens(filler) - tokens(real)) <= 0.05 * tokens(real)
            assert all(any(word.startswith(part) for word in WORDS) for part in filler.lower().replace(".", "").split())
    assert memory.shown("a task") == memory.shown("a task") != memory.shown("another task")


def test_the_empty_frame_is_a_note_without_words(given, tools):
    model, asked = scripted(lambda request: "look")
    memory = method("empty").build((), tools(given[0], model))
    benchmark = given[0]
    session = Session(benchmark.make(benchmark.tasks("unseen")[0], seed=0), tools(benchmark, model).reader, 1, 0)
    run(memory.actor(), session)
    assert [request.notes for request in asked] == [("",)]


def test_all_that_act_by_prompt_say_so():
    by = {name: getattr(method(name), "acts_by", "code") for name in plugins.names(plugins.METHODS)}
    assert {name for name, who in by.items() if who == "prompt"} == {*ALL, "empty", "none"}
    assert method("macla", act="notes").acts_by == "prompt"


def test_a_note_is_a_text_with_what_it_is_about():
    assert Note(about="a", text="b").model_dump() == {"about": "a", "text": "b"}


class Rich(Note):
    more: str = ""


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        (None, "Odd.write returned NoneType in place of notes"),
        ("text", "Odd.write returned str in place of notes"),
        (["text"], "Odd.write returned a str among its notes"),
        ([Rich(about="a", text="b")], "Odd.write returned a Rich, but note_type is Note: set note_type = Rich"),
    ],
)
def test_what_is_no_note_is_told_before_anything_is_saved(tools, returned, said):
    class Odd(Prompted):
        name = "odd"

        def write(self, attempts, notes, tools):
            return returned

    benchmark, solved, _ = world("toy")
    with pytest.raises(UserError, match=said):
        Odd(Odd.Settings(method="odd")).build(solved, tools(benchmark))


def test_a_memory_that_chooses_cannot_change_its_notes(tools):
    class Sly(Prompted):
        name = "sly"

        def write(self, attempts, notes, tools):
            return [Note(about=one.task, text="as it was") for one in attempts]

        def choose(self, task, notes, tools):
            notes.append(Note(about=task, text="as it became"))

    benchmark, solved, _ = world("toy")
    built = Sly(Sly.Settings(method="sly")).build(solved, tools(benchmark))
    with pytest.raises(AttributeError):
        built.shown("anything")
