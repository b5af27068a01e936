"""What each memory writes: groups, votes, mended scripts, bounded pages, budgets of tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.benchmarks.trajectory import Outcome, Step, Trajectory
from macla.methods.cheatsheet import Cheatsheet, CheatsheetSettings, bounded
from macla.methods.insights import Insight, Insights, InsightsSettings, changed, groups, pairs
from macla.methods.long_context import LongContext, LongContextSettings
from macla.methods.prompted import Note
from macla.methods.scripts import Scripts, ScriptsSettings, turns
from macla.methods.strategies import StrategiesSettings, StrategyBank
from macla.methods.workflows import Workflows, WorkflowsSettings, grouped
from macla.models.embedded import Embedded
from macla.models.requests import Criticise, Distil, Edit, Induce, Operations, RewritePage, WriteScript
from macla.models.truncate import tokens


def attempt(task_id, task, *actions, solved=True):
    return Trajectory(
        task_id=task_id,
        task=task,
        first_observation="A workshop.",
        steps=tuple(Step(action=action, observation="Done.") for action in actions),
        outcome=Outcome.SUCCESS if solved else Outcome.FAILURE,
        score=float(solved),
    )


FIRED = attempt("a", "fire a vase in the kiln", "take vase 1", "fire vase 1")
AGAIN = attempt("b", "fire a bowl in the kiln", "look", "take bowl 1", "fire bowl 1")
MENDED = attempt("c", "mend the cup", "glue cup 1")
FAILED = attempt("a", "fire a vase in the kiln", "look", "wait", solved=False)
ALL = (FIRED, AGAIN, MENDED, FAILED)


class Watched:
    """The stand-in, and what it was asked."""

    def __init__(self, model):
        self.model, self.asked, self.name, self.is_language_model = model, [], model.name, model.is_language_model

    def ask(self, requests):
        self.asked += requests
        return self.model.ask(requests)


@pytest.fixture
def lent(toy, tools):
    return tools(toy(), Watched(Embedded()))


def test_a_workflow_is_induced_from_similar_solved_attempts_with_placeholders(lent):
    notes = Workflows(WorkflowsSettings(similar=0.5)).write(ALL, (), lent)
    assert [[one.task for one in asked.attempts] for asked in lent.model.asked] == [
        [FIRED.task, AGAIN.task],
        [MENDED.task],
    ]
    assert all(isinstance(asked, Induce) and one.solved for asked in lent.model.asked for one in asked.attempts)
    assert notes[0].text == "How to fire a in the kiln:\n1. take {1} 1\n2. fire {1} 1"
    assert Workflows(WorkflowsSettings(similar=0.5)).write(ALL, notes, lent) == notes, "equal ones stand once"


@given(st.lists(st.sampled_from(["fire a vase", "fire a bowl", "mend it", "look"]), max_size=12), st.integers(1, 4))
def test_groups_hold_every_attempt_once_and_are_bounded(hashing, tasks, most):
    attempts = [attempt(str(number), task, "look") for number, task in enumerate(tasks)]
    made = grouped(attempts, hashing, 0.6, most)
    assert sorted(one.task_id for group in made for one in group) == sorted(one.task_id for one in attempts)
    assert all(0 < len(group) <= most for group in made)


def test_pairs_are_of_one_task_and_groups_of_successes():
    assert list(pairs(ALL)) == [[FAILED, FIRED]]
    assert list(groups(ALL, 2)) == [[FIRED, AGAIN], [MENDED]]


def test_rules_are_shown_with_their_numbers_and_by_their_votes(lent):
    made = Insights(InsightsSettings(group=2))
    notes = made.write(ALL, (), lent)
    asked = [request for request in lent.model.asked if isinstance(request, Criticise)]
    assert [[one.solved for one in request.attempts] for request in asked] == [[False, True], [True, True], [True]]
    assert [len(request.rules) for request in asked] == [0, 1, 1]
    assert [(note.text, note.votes) for note in notes] == [
        ("End as this did: fire vase 1", 2),
        ("End as this did: glue cup 1", 2),
    ]
    worth = [Insight(about=text, text=text, votes=votes) for text, votes in (("low", 1), ("high", 5))]
    assert [note.text for note in made.choose("any", worth, lent)] == ["high", "low"]
    assert [note.text for note in Insights(InsightsSettings(k=1)).choose("any", worth, lent)] == ["high"]


def test_examples_are_shown_beside_the_rules_only_where_they_are_asked_for(lent):
    made = Insights(InsightsSettings(examples=1))
    notes = made.write(ALL, (), lent)
    shown = made.choose(MENDED.task, notes, lent)
    assert shown[-1].text.startswith(f"Task: {MENDED.task}")
    assert sum(not note.votes for note in shown) == 1
    assert made.write((), notes, lent) == notes


RULES = st.lists(
    st.tuples(st.text("abcd", min_size=1, max_size=3), st.integers(1, 9)), max_size=6, unique_by=lambda rule: rule[0]
)
NUMBERS = st.lists(st.integers(-2, 8), max_size=5).map(tuple)
SAID = st.builds(
    Operations,
    add=st.lists(st.text("abcd ", max_size=4), max_size=4).map(tuple),
    edit=st.lists(st.builds(Edit, rule=st.integers(-2, 8), text=st.text("abcd ", max_size=4)), max_size=3).map(tuple),
    upvote=NUMBERS,
    downvote=NUMBERS,
)


@given(RULES, SAID, st.integers(1, 4), st.integers(1, 6))
def test_the_list_of_rules_is_bounded_and_every_rule_has_votes(known, said, first, most):
    rules = [Insight(about=text, text=text, votes=votes) for text, votes in known]
    after = changed(rules, said, first, most)
    assert len(after) <= most
    assert all(rule.votes > 0 and rule.text.strip() for rule in after)
    highest = max([votes for _, votes in known], default=0)
    assert all(rule.votes <= max(highest + 1 + len(said.add), first + len(said.add)) for rule in after)


@given(RULES, st.integers(0, 5))
def test_a_vote_is_one_and_a_vote_back_undoes_it(known, number):
    rules = [Insight(about=text, text=text, votes=votes) for text, votes in known]
    up = changed(rules, Operations(upvote=(number, number)), 2, 9)
    assert [rule.votes for rule in up] == [rule.votes + (place == number) for place, rule in enumerate(rules)]
    assert changed(up, Operations(downvote=(number,)), 2, 9) == rules
    assert changed(rules, Operations(), 2, 9) == rules


def test_a_rule_goes_with_its_last_vote_and_one_said_twice_is_voted_up():
    (rule,) = changed([], Operations(add=("Look  first.", "Look first.")), 2, 9)
    assert (rule.text, rule.votes) == ("Look first.", 2)
    (again,) = changed([rule], Operations(add=("Look first.",)), 2, 9)
    assert again.votes == 3
    assert changed([rule.model_copy(update={"votes": 1})], Operations(downvote=(0,)), 2, 9) == []
    (edited,) = changed([rule], Operations(edit=(Edit(rule=0, text="Look around first."),)), 2, 9)
    assert (edited.text, edited.votes) == ("Look around first.", 3)


def test_a_failure_mends_the_script_of_the_nearest_task(lent):
    notes = Scripts(ScriptsSettings()).write(ALL, (), lent)
    assert [note.about for note in notes] == [FIRED.task, AGAIN.task, MENDED.task]
    last = lent.model.asked[-1]
    assert isinstance(last, WriteScript)
    assert (last.script, last.attempt.solved) == (("take vase 1", "fire vase 1"), False)
    assert notes[0].script == ("take vase 1", "fire vase 1", "Do not end with: wait")
    assert notes[0].text.startswith(f"Task: {FIRED.task}")
    assert "In general:\n1. take vase 1\n2. fire vase 1\n3. Do not end with: wait" in notes[0].text
    assert Scripts(ScriptsSettings()).write([FAILED], (), lent) == []


def test_scripts_of_several_tasks_are_mended_at_once_and_one_script_by_one_attempt_after_another(lent):
    again = attempt("d", FIRED.task, "sit", solved=False)
    other = attempt("c", MENDED.task, "sleep", solved=False)
    notes = Scripts(ScriptsSettings()).write([FIRED, MENDED, FAILED, again, other], (), lent)
    mends = [request for request in lent.model.asked if isinstance(request, WriteScript) and request.script]
    assert [request.attempt.task for request in mends] == [FIRED.task, MENDED.task, FIRED.task]
    assert notes[0].script == ("take vase 1", "fire vase 1", "Do not end with: wait", "Do not end with: sit")
    assert notes[1].script == ("glue cup 1", "Do not end with: sleep")


@given(st.lists(st.sampled_from(["fire a vase", "fire a bowl", "mend it", "look"]), max_size=12))
def test_a_turn_mends_a_script_once_and_every_attempt_has_a_turn(hashing, tasks):
    failed = [attempt(str(number), task, "look", solved=False) for number, task in enumerate(tasks)]
    notes = [Note(about="fire a vase", text=""), Note(about="mend it", text="")]
    found = turns(failed, notes, hashing)
    assert sorted(one.task_id for turn in found for one in turn.values()) == sorted(one.task_id for one in failed)
    for place in range(len(notes)):
        of_one = [turn[place].task_id for turn in found if place in turn]
        assert of_one == sorted(of_one, key=int)


def test_every_attempt_gives_strategies_failed_ones_too(lent):
    notes = StrategyBank(StrategiesSettings(most=2)).write(ALL, (), lent)
    assert [note.about for note in notes] == [one.task for one in ALL]
    assert {asked.most for asked in lent.model.asked if isinstance(asked, Distil)} == {2}
    assert notes[3].text == f"What failed: {FAILED.task}\n{FAILED.task}\nDo not do: look, wait"


def test_the_page_is_written_anew_after_every_attempt(lent):
    (page,) = Cheatsheet(CheatsheetSettings(most=2)).write(ALL, (), lent)
    asked = [request for request in lent.model.asked if isinstance(request, RewritePage)]
    assert [len(request.page) for request in asked] == [0, 1, 2, 2]
    assert page.text.splitlines() == [
        f"{MENDED.task}: end with glue cup 1",
        f"{FAILED.task}: do not end with wait",
    ]


def test_the_page_is_written_anew_after_several_attempts_where_that_is_asked_for(lent):
    (page,) = Cheatsheet(CheatsheetSettings(group=3)).write(ALL, (), lent)
    asked = [request for request in lent.model.asked if isinstance(request, RewritePage)]
    assert [[one.task for one in request.attempts] for request in asked] == [
        [FIRED.task, AGAIN.task, MENDED.task],
        [FAILED.task],
    ]
    assert len(page.text.splitlines()) == len(ALL)


@given(st.lists(st.text(max_size=60), max_size=40), st.integers(1, 32), st.integers(16, 200))
def test_a_page_keeps_within_both_bounds(lines, most, limit):
    kept = bounded(lines, most, limit)
    assert len(kept) <= most
    assert tokens("\n".join(kept)) <= limit
    assert all(len(line.splitlines()) == 1 for line in kept)


@given(st.lists(st.integers(1, 400), min_size=1, max_size=8), st.integers(1, 300))
def test_a_long_context_keeps_within_its_budget_and_shows_what_fits(toy, tools, sizes, budget):
    made = LongContext(LongContextSettings(budget=budget))
    notes = [Note(about=f"task {number}", text="x" * size) for number, size in enumerate(sizes)]
    shown = made.choose("task 0", notes, tools(toy()))
    used = sum(tokens(note.text) for note in shown)
    assert used <= budget
    left_out = [note for note in notes if note not in shown]
    assert all(tokens(note.text) > budget - used for note in left_out)


def test_a_long_context_holds_what_came_furthest_at_every_task(lent):
    notes = LongContext(LongContextSettings()).write(ALL, (), lent)
    assert [note.about for note in notes] == [FIRED.task, AGAIN.task, MENDED.task]
    assert lent.model.asked == []
