"""``macla memory why``: one decision, taken apart."""

import shutil

import pytest

from macla.errors import UserError
from macla.files import read_checked, write_checked
from macla.methods.macla.equations.refinement import Refinement
from macla.methods.macla.memory.events import Defined, Extracted, Merged, Source, Split
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.report.history import memory_of
from macla.methods.macla.report.why import find_episode, sources, why
from macla.methods.run import read_run


def executed(decision):
    return decision.kind != "model"


def _first(run, wanted):
    return next((e, d) for e in run.episodes.values() for d in e.decisions if wanted(d))


def test_the_terms_of_every_execution_give_the_logged_utility(frozen):
    terms = [
        (its.settings, its.selection)
        for episode in list(frozen.episodes.values())[:5]
        for decision in filter(executed, episode.decisions)
        for its in why(frozen.folder, episode.task, decision.step)
        if executed(its.decision)
    ]
    assert len(terms) >= 5
    for constants, logged in terms:
        gain = logged.relevance * logged.posterior_mean * constants.r_max
        loss = logged.risk * (1 - logged.posterior_mean) * constants.c_fail
        bonus = constants.lambda_info * logged.information
        assert gain - loss + bonus == pytest.approx(logged.utility, abs=1e-5)
    assert any(logged.utility for _, logged in terms)


def test_an_explanation_names_the_posterior_the_candidates_and_the_sources(frozen):
    episode, decision = _first(frozen, lambda d: executed(d) and d.steps > 0)
    (its,) = [each for each in why(frozen.folder, episode.task, decision.step) if each.decision == decision]
    text = "\n".join(its.lines())
    assert its.skill.id == decision.chosen
    assert its.sources
    assert its.sources[0].task in text
    assert "Beta(" in text
    assert f"applicable candidates: {decision.chosen} EU" in text
    assert its.sources == sources(memory_of(frozen), decision.chosen)


def test_a_meta_procedure_has_the_sources_of_its_children(frozen):
    memory = memory_of(frozen)
    assert memory.metas
    for meta in memory.metas.values():
        expected = {source.task for child in meta.procedures() for source in sources(memory, child)}
        assert {source.task for source in sources(memory, meta.id)} == expected != set()


def test_a_step_inside_an_execution_is_explained_by_that_execution(frozen):
    episode, decision = _first(frozen, lambda d: executed(d) and d.steps > 1)
    inside = decision.step + decision.steps - 1
    assert decision in [its.decision for its in why(frozen.folder, episode.task, inside)]


def test_zero_shot_steps_are_explained_without_memory(played):
    run = read_run(played["none"])
    episode, decision = _first(run, lambda d: not executed(d))
    (its,) = why(run.folder, episode.task, decision.step)
    assert its.skill is None
    assert "zero-shot: no applicable candidate was logged" in its.lines()


def test_an_online_run_is_explained_from_the_memory_it_wrote(played):
    run = read_run(played["online"])
    episode, decision = _first(run, executed)
    (its, *_) = why(run.folder, episode.task, decision.step)
    assert any(decision.chosen in line for line in its.lines())
    assert its.skill is None or its.skill.id == decision.chosen


def test_a_part_of_a_task_id_is_enough_when_it_is_unique(frozen):
    task = next(iter(frozen.episodes))
    assert find_episode(frozen, task).task == task
    with pytest.raises(UserError, match=r"tasks of .* contain"):
        find_episode(frozen, "")
    with pytest.raises(UserError, match=r"no task of .* is nonsense; e\.g\."):
        find_episode(frozen, "nonsense")


def test_a_step_that_was_not_taken_is_refused(frozen):
    with pytest.raises(UserError, match="has decisions for steps 0 to"):
        why(frozen.folder, next(iter(frozen.episodes)), 1000)


def test_a_rebuilt_memory_explains_nothing(played, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(played["frozen"], folder)
    summary = read_checked(folder / "summary.json")
    write_checked(folder / "summary.json", {**summary, "memory": str(played["online"] / "memory")})
    with pytest.raises(UserError, match="has been rebuilt"):
        memory_of(read_run(folder))
    write_checked(folder / "summary.json", {**summary, "memory": str(tmp_path / "gone")})
    with pytest.raises(UserError, match="is not there"):
        memory_of(read_run(folder))


def test_a_variant_has_the_sources_of_its_origin_up_to_the_split(segment, kinds):
    memory = Memory()
    memory.apply(Defined(segment=segment()))
    for number in range(3):
        memory.apply(Source(task=f"t{number}", source="expert", outcome="success", steps=1))
        what = {"procedure": "p1", "segment": 0, "source": number, "kinds": kinds}
        memory.apply(Merged(**what, similarity=1.0) if number else Extracted(**what))
        if number == 1:
            memory.apply(Split(procedure="p1", variant="p1v", change=Refinement()))
    assert [source.task for source in sources(memory, "p1v")] == ["t0", "t1"]
    assert [source.task for source in sources(memory, "p1")] == ["t0", "t1", "t2"]
    assert sources(memory, "p9") == ()
