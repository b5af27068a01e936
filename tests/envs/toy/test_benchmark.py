"""The contract of ``macla.benchmarks.base.Benchmark``: splits, tasks, experts, lexicon, options, identity."""

from collections import Counter
from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from envs.toy.benchmark import ToyOptions
from envs.toy.lexicon import REJECTION, VERBS, ToyLexicon
from envs.toy.world import JOBS, PIECES, UNSEEN_PIECES
from macla.benchmarks.lexicon import Command
from macla.benchmarks.trajectory import Outcome
from macla.choices import config_folder
from macla.errors import UserError

LEXICON = ToyLexicon()
NAMES = st.from_regex(r"[a-z]{1,8} [1-9][0-9]?", fullmatch=True)


def test_splits_have_the_asked_sizes_and_share_no_task(toy):
    benchmark = toy(n_train=12, n_seen=5, n_unseen=7)
    sizes = {split: len(benchmark.tasks(split)) for split in benchmark.splits()}
    assert sizes == {"train": 12, "seen": 5, "unseen": 7}
    everything = [task for split in benchmark.splits() for task in benchmark.tasks(split)]
    assert len({task.id for task in everything}) == len(everything)
    with pytest.raises(UserError, match="unknown split 'test'; toy has train, seen, unseen"):
        benchmark.tasks("test")


def test_tasks_are_the_same_every_time_and_change_with_the_generator_seed(toy):
    assert [t.payload for t in toy().tasks("train")] == [t.payload for t in toy().tasks("train")]
    assert [t.payload for t in toy().tasks("train")] != [t.payload for t in toy(generator_seed=1).tasks("train")]


def test_a_task_does_not_depend_on_how_many_there_are(toy):
    assert [t.payload for t in toy(n_train=3).tasks("train")] == [t.payload for t in toy().tasks("train")[:3]]


def test_unseen_tasks_ask_for_kinds_that_training_shows_but_never_asks_for(toy):
    benchmark = toy()
    asked = {split: {task.payload.kind for task in benchmark.tasks(split)} for split in benchmark.splits()}
    assert asked == {"train": set(PIECES), "seen": set(PIECES), "unseen": set(UNSEEN_PIECES)}
    shown = str([t.model_dump() for t in benchmark.experts(benchmark.tasks("train"), seed=0)])
    assert all(f"{kind} 1" in shown for kind in UNSEEN_PIECES)


def test_find_returns_the_task_and_says_what_an_id_looks_like(toy):
    benchmark = toy()
    assert benchmark.find("seen-0001-mend").payload == benchmark.tasks("seen")[1].payload
    with pytest.raises(UserError, match="ids look like train-0000-fire"):
        benchmark.find("kitchen")


def test_jobs_are_taken_in_turn(toy):
    types = Counter(task.type for task in toy().tasks("train"))
    assert types == dict.fromkeys(JOBS, 30)


def test_experts_repeat_with_the_seed_and_replay_exactly(toy):
    benchmark = toy(n_train=20)
    recorded = list(benchmark.experts(benchmark.tasks("train"), seed=4))
    assert recorded == list(benchmark.experts(benchmark.tasks("train"), seed=4))
    assert recorded != list(benchmark.experts(benchmark.tasks("train"), seed=5))
    for trajectory in recorded:
        env = benchmark.make(benchmark.find(trajectory.task_id), seed=0)
        assert env.reset()[0] == trajectory.first_observation
        replayed = [env.step(step.action)[0] for step in trajectory.steps]
        pairs = zip(trajectory.steps[:-1], replayed[:-1], strict=True)
        assert all(benchmark.observations_match(step.observation, ours) for step, ours in pairs)


def test_experts_succeed_and_fail_at_every_job_and_nothing_they_do_is_refused(toy):
    outcomes = Counter()
    benchmark = toy()
    for trajectory in benchmark.experts(benchmark.tasks("train"), seed=0):
        outcomes[trajectory.task_type, trajectory.outcome] += 1
        assert not any(LEXICON.rejected(step.observation) for step in trajectory.steps)
        assert (trajectory.score == 1.0) is trajectory.success
    assert min(outcomes[job, Outcome.SUCCESS] for job in JOBS) >= 10
    assert min(outcomes[job, Outcome.FAILURE] for job in JOBS) >= 5


def test_careful_experts_fail_by_luck_only(toy):
    benchmark = toy(careful=1.0, fire=1.0, glue=1.0, rivet=1.0)
    for trajectory in benchmark.experts(benchmark.tasks("train"), seed=0):
        assert trajectory.success


def test_experts_show_the_tasks_they_are_given_in_their_order(toy):
    benchmark = toy()
    tasks = benchmark.tasks("train")[7:1:-2]
    assert [t.task_id for t in benchmark.experts(tasks, seed=0)] == [task.id for task in tasks]


@given(st.sampled_from(VERBS), st.data())
def test_parsing_inverts_rendering(verb, data):
    command = Command(verb, tuple(data.draw(NAMES) for _ in range(verb.count("{}"))))
    assert LEXICON.parse(LEXICON.render(command)) == command


@given(st.text(max_size=40))
def test_what_parses_renders_to_itself(text):
    command = LEXICON.parse(text)
    assert command is None or LEXICON.render(command) == text.strip()


@given(st.lists(NAMES, max_size=4))
def test_mentions_are_found_where_they_stand(names):
    text = "You see " + ", and ".join(f"a {name}" for name in names) + "."
    found = LEXICON.mentions(text)
    assert [mention.name for mention in found] == names
    assert all(text[mention.start : mention.end] == mention.name for mention in found)
    assert [mention.type for mention in found] == [name.split()[0] for name in names]


def test_only_the_rejection_is_a_rejection():
    assert LEXICON.rejected(REJECTION)
    assert not LEXICON.rejected("You arrive at the kiln 1.")


def test_help_lists_every_verb_and_the_example_uses_them(toy):
    benchmark = toy()
    assert [line.split()[0] for line in benchmark.help.splitlines()] == [verb.split()[0] for verb in VERBS]
    actions = [line.removeprefix("Action: ") for line in benchmark.example.splitlines() if line.startswith("Action")]
    assert actions
    assert all(LEXICON.parse(action) for action in actions)


def test_unknown_and_impossible_options_are_refused():
    for wrong in ({"colour": "red"}, {"fire": 1.5}, {"jobs": ["paint"]}, {"jobs": []}, {"horizon": 0}):
        with pytest.raises(ValidationError):
            ToyOptions(**wrong)


def test_the_configuration_file_lists_every_option_with_its_default():
    written = yaml.safe_load((config_folder() / "env" / "toy.yaml").read_text(encoding="utf-8"))
    assert written.pop("name") == "toy"
    assert written == ToyOptions().model_dump(mode="json")


def test_identity_names_counts_grammar_and_a_hash_that_changes_with_the_rooms(toy):
    identity = toy().identity()
    assert identity["counts"] == {"train": 120, "seen": 40, "unseen": 40}
    assert identity["sha256"] == toy().identity()["sha256"] != toy(generator_seed=1).identity()["sha256"]
    assert "fire {piece} in {kiln}" in identity["grammar"]


def test_only_unseen_tasks_are_reworded_and_nothing_else_about_them_changes(toy):
    usual, other = toy(), toy(reworded=0.5)
    for split in ("train", "seen"):
        assert [task.payload for task in other.tasks(split)] == [task.payload for task in usual.tasks(split)]
    pairs = list(zip(usual.tasks("unseen"), other.tasks("unseen"), strict=True))
    reworded = [task.payload.instruction for _, task in pairs if task.payload.wording]
    assert len(reworded) == pytest.approx(20, abs=9)
    assert not set(reworded) & {task.payload.instruction for task in usual.tasks("train")}
    assert all(replace(ours.payload, wording=0) == task.payload for task, ours in pairs)
