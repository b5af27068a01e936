"""Paraphrases of tasks: as many as promised, none like training's, each asking for what its game asks for."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.acting import actions
from helpers.rules import played_by_rules

from envs.alfworld.benchmark import Alfworld
from envs.alfworld.everyday import WORDS, article, names, plural
from envs.alfworld.games import TASK_TYPES, Game
from envs.alfworld.generate import package
from envs.alfworld.lexicon import AlfworldLexicon
from envs.alfworld.options import AlfworldOptions
from envs.alfworld.phrasing import CAVEAT, PATTERNS, reworded

TREATMENTS = {
    "wash": "clean", "rinse": "clean", "scrub": "clean", "washed": "clean", "rinsed": "clean", "scrubbed": "clean",
    "warm": "heat", "reheat": "heat", "warmed": "heat", "reheated": "heat",
    "chill": "cool", "refrigerate": "cool", "chilled": "cool", "refrigerated": "cool",
}  # fmt: skip
TWO = {"pair", "couple", "another", "both", "second"}
ASKED = {
    "pick_and_place_simple": ("", 1),
    "look_at_obj_in_light": ("", 1),
    "pick_clean_then_place_in_recep": ("clean", 1),
    "pick_heat_then_place_in_recep": ("heat", 1),
    "pick_cool_then_place_in_recep": ("cool", 1),
    "pick_two_obj_and_place": ("", 2),
}
"""Task type → the treatment and the number of things that it asks for."""
SMALL_WORDS = {"a", "an", "and", "at", "in", "it", "on", "the", "them", "under", "with"}


def kinds() -> list[str]:
    return sorted({*package.constants().OBJECTS, *WORDS, "Glassbottle"})


def spelled(kind: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).lower()


CALLED = {name: kind for kind in kinds() for one in names(kind) for name in (one, plural(one))}
_NAMES = re.compile(rf"(the )?\b({'|'.join(sorted(map(re.escape, CALLED), key=len, reverse=True))})(?![\w-])", re.I)


def read(sentence: str) -> tuple[set[str], set[str], str, int]:
    """Return the kinds of thing, those of place or lamp, the treatment and the number that a sentence asks for."""
    found = [(bool(the), CALLED[name if name in CALLED else name.lower()]) for the, name in _NAMES.findall(sentence)]
    words = re.findall(r"[a-z]+", _NAMES.sub(" ", sentence).lower())
    treatments = {TREATMENTS[word] for word in words if word in TREATMENTS}
    assert len(treatments) < 2
    things, places = ({kind for the, kind in found if the is wanted} for wanted in (False, True))
    return things, places, "".join(treatments), 1 + bool(TWO & set(words))


def test_every_task_type_has_a_dozen_patterns_of_its_own():
    assert set(PATTERNS) == set(TASK_TYPES)
    assert all(len(set(patterns)) >= 12 for patterns in PATTERNS.values())
    every = [re.sub(r"\{\w+\}", "_", pattern) for patterns in PATTERNS.values() for pattern in patterns]
    assert len(set(every)) == len(every)


def test_no_pattern_shares_a_word_with_trainings_templates_but_small_ones():
    templates = " ".join(template for task_type in TASK_TYPES for template in package.goals()[task_type]["templates"])
    said = set(re.findall(r"[a-z]+", re.sub(r"\{\w+\}", "", templates))) - SMALL_WORDS
    assert {"put", "find", "clean", "heat", "hot", "cool", "two", "look", "examine"} <= said
    for pattern in (pattern for patterns in PATTERNS.values() for pattern in patterns):
        assert not said & set(re.findall(r"[a-z]+", re.sub(r"\{\w+\}", "", pattern).lower())), pattern


def test_names_are_no_other_kinds():
    assert len({name for kind in kinds() for name in names(kind)}) == sum(len(names(kind)) for kind in kinds())
    own = {kind.lower(): kind for kind in kinds()}
    for kind in kinds():
        for name in names(kind):
            held = {own[word] for word in name.lower().split() if word in own}
            assert held <= {kind} or name == spelled(kind), name
            assert name not in own or own[name] == kind
    assert len(kinds()) >= 100
    assert sum(spelled(kind) not in names(kind) for kind in kinds()) >= 90


@pytest.mark.parametrize(
    ("name", "one", "several"),
    [
        ("set of keys", "a set of keys", "sets of keys"),
        ("carving knife", "a carving knife", "carving knives"),
        ("loaf", "a loaf", "loaves"),
        ("alarm clock", "an alarm clock", "alarm clocks"),
        ("TV clicker", "a TV clicker", "TV clickers"),
    ],
)
def test_one_and_several(name: str, one: str, several: str):
    assert (article(name), plural(name)) == (one, several)


def games(task_type: str) -> Iterator[Game]:
    """Yield games of a type that ask for every kind of thing in turn, many of each, so that every pattern is drawn."""
    places = ["DeskLamp"] if task_type == "look_at_obj_in_light" else ["CounterTop", "SideTable", "Fridge", "Drawer"]
    things = sorted(frozenset().union(*package.constants().VAL_RECEPTACLE_OBJECTS.values()))
    for number in range(8):
        for place in places:
            for thing in (thing for thing in things if not thing.endswith("Sliced") and thing != place):
                lamp = place == "DeskLamp"
                params = {"object_target": thing, "mrecep_target": "", "parent_target": "" if lamp else place}
                params["toggle_target"] = place if lamp else ""
                yield Game(f"{task_type}-{thing}-None-{place}-1/{number}", Path(), "valid_seen", task_type, 1, params)


@pytest.mark.parametrize("task_type", TASK_TYPES)
def test_what_is_asked_for_can_be_read_back(task_type: str):
    sentences = set()
    for game in games(task_type):
        sentence = reworded(game)
        place = game.params["parent_target"] or game.params["toggle_target"]
        assert read(sentence) == ({game.params["object_target"]}, {place}, *ASKED[task_type]), sentence
        assert AlfworldLexicon().mentions(sentence) == []  # an entity is known by its number, which nobody has told
        assert sentence[0].isupper()
        assert sentence[-1] in ".?"
        sentences.add(sentence)
    assert len(sentences) > 200


def test_a_sentence_depends_on_the_games_name_alone():
    game = next(games("pick_clean_then_place_in_recep"))
    assert reworded(game) == reworded(replace(game, path=Path("elsewhere"), split="train")) == KNOWN
    others = {reworded(replace(game, id=f"{game.id}{number}")) for number in range(40)}
    assert len(others) > 20


KNOWN = "Leave a washed alarm clock on the worktop."
"""What this game has said since there are paraphrases: another process, another machine says the same."""


@pytest.mark.parametrize("grammar", ["0.4.2", "2.1.1"])
def test_only_the_sentence_changes(grammar: str, official_tree):
    tree = official_tree(grammar)
    plain, other = (
        Alfworld(AlfworldOptions(data="official", root=tree, phrasing=phrasing))
        for phrasing in ("templates", "reworded")
    )
    for task in [task for task in plain.tasks("seen") if task.type != "pick_two_obj_and_place"][:3]:
        session = played_by_rules(plain, task)
        env = other.make(other.find(task.id), seed=0)
        first, info = env.reset(seed=0)
        assert info["task"] == reworded(task.payload) != session.task
        assert first == session.first_observation.replace(session.task, info["task"]) != session.first_observation
        for action, step in zip(actions(session), session.steps, strict=True):
            observation, reward, _, _, info = env.step(action)
            assert (observation, reward) == (step.observation, step.reward)
        assert info["success"] is session.success


def test_training_tasks_keep_their_words(root: Path):
    benchmark = Alfworld(AlfworldOptions(data="official", root=root, phrasing="reworded", incomplete=True))
    said = {split: benchmark.make(benchmark.tasks(split)[0], seed=0).reset()[1]["task"] for split in benchmark.splits()}
    assert re.match(r"(put|find|look|examine|clean|heat|cool) ", said["train"])
    assert all(said[split] == reworded(benchmark.tasks(split)[0].payload) for split in ("seen", "unseen"))


def test_a_table_says_so(root: Path):
    plain, other = (
        Alfworld(AlfworldOptions(data="official", root=root, phrasing=phrasing))
        for phrasing in ("templates", "reworded")
    )
    assert other.identity() == {**plain.identity(), "phrasing": "reworded"}
    assert set(other.caveats("unseen")) - set(plain.caveats("unseen")) == {CAVEAT}
    assert CAVEAT not in other.caveats("train")
