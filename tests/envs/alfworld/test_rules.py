"""ALFWorld's fixed rules on games of each task type, and what the engine lists."""

import pytest
from helpers.acting import actions
from helpers.rules import assert_text_is_all_they_see, played_by_rules

from envs.alfworld import rules
from envs.alfworld.benchmark import Alfworld, AlfworldOptions
from envs.alfworld.env import AlfworldEnv
from envs.alfworld.games import TASK_TYPES
from envs.alfworld.lexicon import AlfworldLexicon

WORDINGS = {
    "put a pen in drawer.": (None, None, "pen", "drawer"),
    "put some pen on desk.": (None, None, "pen", "desk"),
    "put a hot mug in fridge.": ("hot", None, "mug", "fridge"),
    "clean some pan and put it in cabinet.": ("clean", None, "pan", "cabinet"),
    "put two book in bed.": (None, "two", "book", "bed"),
    "find two book and put them in bed.": (None, "two", "book", "bed"),
    "look at mug under the desklamp.": (None, None, "mug", "desklamp"),
    "examine the mug with the desklamp.": (None, None, "mug", "desklamp"),
}


@pytest.mark.parametrize("task", WORDINGS)
def test_every_template_of_a_task_is_read(task):
    asked = rules._TASK.match(task)
    assert asked is not None
    treated = asked["state"] or asked["verb"]
    assert (treated, asked["two"], asked["thing"], asked["place"]) == WORDINGS[task]


def test_another_wording_is_given_up():
    assert list(rules.script(AlfworldLexicon(), "slice the bread.", "You see a cabinet 1.")) == []


@pytest.mark.parametrize("grammar", ["0.4.2", "2.1.1"])
@pytest.mark.parametrize("task_type", TASK_TYPES)
def test_the_tiny_game_of_every_type_is_won(task_type, grammar, tiny_game, monkeypatch):
    """Among others with a place where we stand already (refused to go to), and in the grammar of the official games."""
    benchmark = Alfworld(AlfworldOptions(grammar=grammar))
    path = tiny_game(task_type, grammar)
    monkeypatch.setattr(benchmark, "make", lambda task, seed: AlfworldEnv(path, "compiled", task_type, 50))
    session = played_by_rules(benchmark, None)
    assert session.success, actions(session)
    assert_text_is_all_they_see(rules.script, AlfworldLexicon(grammar), [session])


def test_generated_games_by_text_alone(root):
    benchmark = Alfworld(AlfworldOptions(data="official", root=root, incomplete=True))
    sessions = [played_by_rules(benchmark, task) for task in benchmark.tasks("unseen")[:30]]
    assert sum(session.success for session in sessions) >= 27
    assert_text_is_all_they_see(rules.script, AlfworldLexicon(), sessions)


def test_official_games_of_each_type_are_won(official_tree):
    benchmark = Alfworld(AlfworldOptions(data="official", root=official_tree("2.1.1")))
    by_type = {task.type: task for task in benchmark.tasks("seen")}
    assert sum(played_by_rules(benchmark, task).success for task in by_type.values()) >= 5


def test_what_is_listed_is_the_engines_word_and_is_not_shown(tiny_game):
    env = AlfworldEnv(tiny_game(), "compiled", "pick_and_place_simple", 50)
    first, _ = env.reset()
    assert "go to countertop 1" in env.admissible()
    observation, *_ = env.step("go to countertop 1")
    assert "take apple 3 from countertop 1" in env.admissible()
    assert "dmissible" not in first + observation
