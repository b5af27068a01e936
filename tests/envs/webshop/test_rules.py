"""WebShop's fixed rules, and what a page offers."""

import pytest
from helpers.acting import actions
from helpers.rules import assert_text_is_all_they_see, played_by_rules

from envs.webshop import rules
from envs.webshop.env import UNDERSTOOD
from envs.webshop.reader import ReadingLexicon

PAGE = "Instruction: [SEP] {task} [SEP] Back to Search [SEP] "
TASK = "i need a blue cotton scarf, and price lower than 20.00 dollars"
RESULTS = PAGE + (
    "Page 1 (Total results: 2) [SEP] Next > [SEP] B01EXAMPLE [SEP] Silk Scarf [SEP] $30.0 [SEP] "
    "B02EXAMPLE [SEP] Cotton Scarf [SEP] $15.5"
)
ITEM = PAGE + (
    "< Prev [SEP] color [SEP] red [SEP] blue [SEP] size [SEP] long [SEP] Cotton Scarf [SEP] Price: $15.5 [SEP] "
    "Rating: N.A. [SEP] Description [SEP] Features [SEP] Reviews [SEP] Buy Now"
)


def test_the_first_product_within_the_price_with_what_is_wished():
    script = rules.script(ReadingLexicon(), TASK, "WebShop [SEP] Instruction: [SEP] " + TASK)
    assert next(script) == "search[blue cotton scarf]"
    assert script.send(RESULTS.format(task=TASK)) == "click[B02EXAMPLE]"
    assert script.send(ITEM.format(task=TASK)) == "click[blue]"
    assert script.send(ITEM.format(task=TASK)) == "click[Buy Now]"


def test_without_a_product_they_give_up():
    script = rules.script(ReadingLexicon(), TASK, "")
    next(script)
    with pytest.raises(StopIteration):
        script.send(PAGE.format(task=TASK) + "Page 1 (Total results: 0) [SEP] Next >")


def test_they_shop_well_by_text_alone(generated):
    sessions = [played_by_rules(generated, task) for task in generated.tasks("unseen")[:25]]
    assert sum(session.score for session in sessions) / len(sessions) > 0.7
    assert all(actions(session)[-1] == "click[Buy Now]" for session in sessions)
    assert_text_is_all_they_see(rules.script, ReadingLexicon(), sessions)


def test_what_is_listed_can_be_carried_out(generated):
    task = generated.tasks("unseen")[0]
    env = generated.make(task, seed=0)
    _, info = env.reset()
    assert generated.admissible(env) == [f"search[{info['task']}]"]
    env.step(generated.admissible(env)[0])
    walk = [generated.admissible(env)[0]]
    for action in [action for action in generated.admissible(env) if action != "click[next >]"][:4]:
        fresh = generated.make(task, seed=0)
        fresh.reset()
        fresh.step(f"search[{info['task']}]")
        assert fresh.step(action)[4][UNDERSTOOD]
    assert "click[back to search]" in walk + generated.admissible(env)
    assert not any(action.startswith("search") for action in generated.admissible(env))
