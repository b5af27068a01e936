"""The contract with the harness: splits, tasks, episodes, experts, identity."""

import json
from collections import Counter
from statistics import mean

import pytest

from envs.webshop import splits
from envs.webshop.benchmark import WebShop
from envs.webshop.experts import wanted_values
from envs.webshop.goals import mask_bound
from envs.webshop.reader import request_spans
from macla.benchmarks.trajectory import Outcome
from macla.errors import UserError


def test_splits_hold_products_and_categories_apart(generated):
    goals = generated._shop.goals
    assert generated.splits() == ("train", "seen", "unseen")
    parts = {name: [goals[task.payload] for task in generated.tasks(name)] for name in generated.splits()}
    assert sum(map(len, parts.values())) + sum(generated.identity()["removed_from_train"].values()) == len(goals)
    assert all(len(part) > 20 for part in parts.values())
    categories = {name: {splits.category(goal) for goal in part} for name, part in parts.items()}
    assert not categories["unseen"] & (categories["train"] | categories["seen"])
    asins = {name: {goal.asin for goal in part} for name, part in parts.items()}
    assert not asins["train"] & (asins["seen"] | asins["unseen"])
    tested = {mask_bound(goal.instruction) for name in ("seen", "unseen") for goal in parts[name]}
    assert not tested & {mask_bound(goal.instruction) for goal in parts["train"]}


def test_goals_of_one_product_can_be_limited(data_dir):
    many = WebShop(WebShop.Options(data_dir=data_dir, products=1500, tagger="rules", goals="synthetic"))
    few = WebShop(WebShop.Options(data_dir=data_dir, products=1500, tagger="rules", goals="synthetic", per_product=2))
    for name in few.splits():
        everything, kept = many.tasks(name), few.tasks(name)
        assert set(kept) < set(everything)
        wanted = {task.id: many._shop.goals[task.payload].asin for task in everything}
        counts = Counter(wanted[task.id] for task in kept)
        assert set(counts) == set(wanted.values()), "no product is lost"
        assert max(counts.values()) == 2
    assert few.identity()["per_product"] == 2


def test_paper_indices_and_their_overlap(official_root, generated):
    goals = [generated._shop.goals[0]] * 12087
    files = type("Files", (), {"items": official_root / "official_1000" / "items_shuffle_1000.json"})
    for scheme, train, overlap in (("eto", 1823, 21), ("ipr", 1624, 12)):
        made = splits.make(scheme, goals, files, seed=0)
        assert len(made.indices["test"]) == 200
        assert made.removed["same_goal"] == overlap
        assert made.removed["same_request"] == train - overlap, "these goals all read alike"
    with pytest.raises(UserError, match="full catalogue"):
        splits.make("eto", goals[:1000], files, seed=0)
    distinct = list(generated._shop.goals)
    made = splits.make("official", distinct * 6, files, seed=0)
    assert [len(made.indices[name]) for name in ("test", "eval")] == [500, 1000]


def test_index_files_are_asked_for_by_name(tmp_path, generated):
    files = type("Files", (), {"items": tmp_path / "a" / "items_shuffle.json"})
    with pytest.raises(UserError, match=r"no ipr_train_indices\.json"):
        splits.make("ipr", generated._shop.goals, files, seed=0)


def test_an_episode(generated):
    task = generated.tasks("train")[0]
    env = generated.make(task, seed=0)
    first, info = env.reset(seed=1)
    goal = generated._shop.goals[task.payload]
    assert first == f"WebShop [SEP] Instruction: [SEP] {goal.instruction} [SEP] Search"
    assert info["task"] == goal.instruction
    assert (info["success"], info["score"], info["goal"]) == (False, 0.0, task.payload)
    observation, reward, terminated, truncated, info = env.step("nonsense")
    assert (observation, reward, terminated, truncated, info["understood"]) == (first, 0.0, False, False, False)
    env.step(f"search[{generated._shop.products[goal.asin].title}]")
    env.step(f"click[{goal.asin}]")
    for value in wanted_values(generated._shop.products[goal.asin], goal).values():
        env.step(f"click[{value}]")
    _, reward, terminated, truncated, info = env.step("click[Buy Now]")
    assert (reward, terminated, truncated, info["success"], info["score"]) == (1.0, True, False, True, 1.0)
    assert info["reward_parts"]["reward"] == 1.0
    again = env.step("search[x]")
    assert again[1:4] == (0.0, True, False), "nothing is earned twice"
    assert env.reset()[1]["score"] == 0.0


def first_product(env):
    """The first product of the current results page, which an invalid action shows again."""
    observation = env.step("nonsense")[0]
    return next(field for field in observation.split(" [SEP] ") if len(field) == 10 and field.startswith("B0"))


def test_ten_steps_and_not_bought_scores_zero_but_a_purchase_on_the_tenth_counts(generated):
    task = generated.tasks("train")[0]
    env = generated.make(task, seed=0)
    env.reset()
    for step in range(1, 11):
        _, _, terminated, truncated, info = env.step("search[free]")
        assert (terminated, truncated) == (False, step == 10)
    assert (info["score"], info["success"]) == (0.0, False)
    late = [env.step(action) for action in (f"click[{first_product(env)}]", "click[buy now]")][-1]
    assert late[1:3] == (pytest.approx(late[4]["reward_parts"]["reward"]), True), "longer recordings replay"
    assert (late[4]["score"], late[4]["success"]) == (0.0, False), "but bought too late scores nothing"
    env.reset()
    for _ in range(7):
        env.step("search[free]")
    env.step(f"click[{first_product(env)}]")  # looking costs a step
    _, _, terminated, truncated, info = env.step("click[buy now]")
    assert (terminated, truncated) == (True, False)
    assert "reward_parts" in info


def test_find_by_index_and_by_id(generated):
    task = generated.tasks("unseen")[3]
    assert generated.find(task.payload) == generated.find(str(task.payload)) == generated.find(task.id) == task
    assert generated.find(task.id).split == "unseen"
    for wrong in ("x", 10**9, -1, "synthetic-0"):
        with pytest.raises(UserError, match="no goal"):
            generated.find(wrong)
    with pytest.raises(UserError, match="unknown split 'test'"):
        generated.tasks("test")


def test_experts_are_for_training_only_and_fail_too(generated):
    with pytest.raises(UserError, match="train only"):
        generated.experts(generated.tasks("seen"), seed=0)
    made = list(generated.experts(generated.tasks("train")[:80], seed=0))
    assert made == list(generated.experts(generated.tasks("train")[:80], seed=0))
    assert {task.id for task in generated.tasks("train")[:80]} == {trajectory.task_id for trajectory in made}
    outcomes = [trajectory.outcome for trajectory in made]
    assert outcomes.count(Outcome.SUCCESS) > 30
    assert outcomes.count(Outcome.FAILURE) > 10
    assert Outcome.STEP_LIMIT in outcomes
    assert all(len(trajectory.steps) <= 10 for trajectory in made)


def test_experts_use_no_word_the_shopper_could_not_read(generated):
    lexicon = generated.reading_lexicon()
    for trajectory in generated.experts(generated.tasks("train")[:60], seed=0):
        read = {mention.name for mention in lexicon.mentions(trajectory.task)}
        for step in trajectory.steps:
            command = lexicon.parse(step.action)
            assert set(command.arguments) <= read, step.action
            read |= {mention.name for mention in lexicon.mentions(step.observation)}


def test_every_generated_goal_can_be_met_and_the_first_hit_is_not_enough(generated):
    shop = generated._shop
    first_hits = []
    for goal in shop.goals:
        target = shop.products[goal.asin]
        assert shop.reward(goal, goal.asin, wanted_values(target, goal)) == 1.0
        query = next(span.text for span in request_spans(goal.instruction) if span.kind == "request")
        first_hits.append(shop.reward(goal, shop.search(query)[0].asin, {}))
    assert mean(first_hits) < 0.5


def test_identity_names_what_a_footer_needs(generated):
    identity = json.loads(json.dumps(generated.identity()))
    assert identity["data"] == "generated"
    assert identity["tagger"] == "rules"
    assert set(identity["splits"]) == {"train", "seen", "unseen"}
    assert len(identity["catalogue_sha256"]) == 32


def test_official_data_without_a_folder_says_what_to_type(monkeypatch, tmp_path):
    monkeypatch.delenv("MACLA_DATA", raising=False)
    with pytest.raises(UserError, match=r"env\.root=DIR"):
        WebShop(WebShop.Options(data="official", data_dir=tmp_path)).check()
    with pytest.raises(UserError, match="leaves no training goal"):
        WebShop(WebShop.Options(products=100, scheme="official", data_dir=tmp_path)).check()


def test_the_configuration_file_lists_every_option_with_its_default():
    from pathlib import Path

    import yaml

    listed = yaml.safe_load((Path(__file__).parents[3] / "configs/env/webshop.yaml").read_text())
    assert listed.pop("name") == "webshop"
    assert listed == json.loads(WebShop.Options().model_dump_json())
