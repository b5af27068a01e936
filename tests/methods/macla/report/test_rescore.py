"""``macla memory rescore``: other settings, the same log."""

import pytest

from macla.errors import UserError
from macla.methods.macla.acting.select import SelectSettings
from macla.methods.macla.equations.expected_utility import UtilitySettings
from macla.methods.macla.report.rescore import choices, rescore

SAFE = ("p0001", 0.9, 0.0, 9.0, 1.0)
NEAR = ("p0002", 1.0, 1.0, 1.0, 1.0)


def test_a_runs_own_settings_reproduce_every_logged_choice(played):
    for run in ("frozen", "online"):
        found = rescore(played[run], [])
        assert found.reproduced == len(found.logged) > 0
        assert found.chosen == found.logged
        assert not found.switched


def test_an_open_and_a_closed_gate(played):
    opened = rescore(played["frozen"], ["memory.theta_conf=-9"])
    closed = rescore(played["frozen"], ["memory.theta_conf=9"])
    assert opened.fallbacks[1] <= opened.fallbacks[0]
    assert closed.fallbacks[1] == len(closed.logged)
    kept, replaced = closed.follow_through(kept=True), closed.follow_through(kept=False)
    assert kept == (0, 0)
    assert replaced[1] == len(closed.logged) - closed.fallbacks[0]
    assert "zero-shot steps" in closed.lines()[0]


def test_each_setting_moves_the_choice_it_should(decision):
    made = [decision("p0001", candidates=[SAFE, NEAR])]

    def choice(select, **constants):
        return choices(made, select, UtilitySettings(**{"lambda_info": 0, **constants}))[0]

    open_gate = SelectSettings(theta_conf=-9)
    assert choice(open_gate) == "p0001"
    assert choice(SelectSettings(bayesian=False)) == "p0002"
    assert choice(open_gate, alpha0=200.0, c_fail=0.0) == "p0002"
    assert choice(open_gate, lambda_info=9, evidence_limit=None) == "p0002"
    assert choice(SelectSettings(theta_conf=0.9)) == "act"


def test_without_metas_a_meta_is_no_candidate(decision):
    made = [decision("m0001", candidates=[("m0001", 1.0, 0.0, 9.0, 0.0), SAFE])]
    assert choices(made, SelectSettings(), UtilitySettings())[0] == "m0001"
    assert choices(made, SelectSettings(metas=False), UtilitySettings())[0] == "p0001"


def test_a_decision_without_candidates_stays_zero_shot(decision):
    assert choices([decision("act")], SelectSettings(), UtilitySettings()) == ("act",)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("memory.k=3", "memory.k cannot be ranked again; these can: memory.selection"),
        ("seed=3", "seed cannot be ranked again"),
        ("memory.lambda_info", "is no override; type KEY=VALUE"),
        ("memory.lambda_info=much", "memory.lambda_info: input should be a valid number"),
        ("memory.information=none_such", "memory.information: input should be"),
    ],
)
def test_what_cannot_be_ranked_again_is_refused_in_one_line(played, override, message):
    with pytest.raises(UserError, match=message) as error:
        rescore(played["frozen"], [override])
    assert "\n" not in str(error.value)


def test_a_run_without_candidates_is_refused(played):
    with pytest.raises(UserError, match="logged no candidates"):
        rescore(played["none"], ["memory.lambda_info=0"])
