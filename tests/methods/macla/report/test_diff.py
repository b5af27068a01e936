"""``macla memory diff``: by what procedures do, not by their ids."""

import pytest

from macla.encoder import Cached, Hashing
from macla.errors import UserError
from macla.methods.macla.memory import directory
from macla.methods.macla.memory.events import Credited, Defined, Extracted, Source
from macla.methods.macla.memory.segment import Context, Execution, Fact
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.report.diff import diff
from macla.methods.macla.settings import Settings
from macla.methods.stored import SCHEMA, SEAL, Stored


def seal(folder, method="macla", settings=None):
    """Write what the harness writes beside a memory."""
    about = Stored(
        schema_number=SCHEMA, method=method, name=method, settings=(settings or Settings()).model_dump(mode="json"),
        benchmark="toy", encoder="hashing", about={}, checksums={},
    )  # fmt: skip
    (folder / SEAL).write_text(about.model_dump_json())


@pytest.fixture
def stored(tmp_path, segment, kinds):
    """Return a function: named segments → the directory of a memory with a procedure for each, in that order."""

    def store(name, *named, credits=()):
        memory = Memory()
        memory.apply(Source(task="t", source="expert", outcome="success", steps=1))
        for number, (procedure, its) in enumerate(named):
            memory.apply(Defined(segment=its))
            memory.apply(Extracted(procedure=procedure, segment=number, source=0, kinds=kinds))
        for procedure, success in credits:
            context = Context(text="", facts=(), steps=(), after=())
            memory.apply(Credited(execution=Execution(procedure=procedure, success=success, context=context), k_fail=3))
        directory.save(tmp_path / name, memory, Cached(Hashing()), {})
        seal(tmp_path / name)
        return tmp_path / name

    return store


@pytest.fixture
def bake(segment):
    return segment(goal="bake <0>", milestone=("bake {}", ("<0>",)))


def test_renamed_procedures_are_the_same(stored, segment, bake):
    found = diff(stored("a", ("p1", segment()), ("p2", bake)), stored("b", ("p1", bake), ("p2", segment())))
    assert (found.same, found.added, found.removed, found.changed, found.evidence) == (2, (), (), (), ())


def test_added_and_removed(stored, segment, bake):
    one, two = stored("a", ("p1", segment())), stored("b", ("p7", segment()), ("p8", bake))
    assert [text.split(":")[0] for text in diff(one, two).added] == ["p8"]
    assert [text.split(":")[0] for text in diff(two, one).removed] == ["p8"]
    assert "bake <0>" in diff(one, two).lines()[1]


def test_evidence_is_told_from_shape(stored, segment):
    found = diff(stored("a", ("p1", segment())), stored("b", ("p9", segment()), credits=[("p9", False)]))
    (change,) = found.evidence
    assert not found.changed
    assert change.line() == "p1 → p9: evidence 1/0 → 1/1"


def test_a_changed_step_or_condition_is_named(stored, segment):
    walk = segment(("go to {}", ("<1>",), ()), after=(Fact("<0>", "did: fire it in …"), Fact("<1>", "hot")))
    (change,) = diff(stored("a", ("p1", segment())), stored("b", ("p1", walk))).changed
    assert change.what == ("+Φ <1> hot", "π fire <0> in <1> → go to <1>; fire <0> in <1>")


def test_the_closest_of_two_alike_is_matched(stored, segment):
    walk = segment(("go to {}", ("<1>",), ()))
    found = diff(stored("a", ("p1", segment()), ("p2", walk)), stored("b", ("p1", walk), ("p2", segment())))
    assert found.same == 2


def test_a_memory_and_its_practised_self(played):
    found = diff(played["memory"], played["online"] / "memory")
    assert not found.removed
    assert found.evidence or found.changed
    assert len(found.lines()) > 1


def test_a_memory_does_not_differ_from_itself(played):
    found = diff(played["memory"], played["memory"])
    assert found.same > 0
    assert (found.added, found.removed, found.changed, found.evidence) == ((), (), (), ())


def test_a_folder_without_memory_is_refused(tmp_path):
    with pytest.raises(UserError, match="no memory at"):
        diff(tmp_path, tmp_path)


def test_a_memory_of_another_method_is_refused(stored, segment):
    folder = stored("a", ("p1", segment()))
    seal(folder, method="none")
    with pytest.raises(UserError, match="is a memory of none; only memories of macla can be compared"):
        diff(folder, folder)
