"""``macla memory rescore``: other settings, the same log."""

import pytest

from macla.errors import UserError
from macla.methods.macla.memory.events import Composed, Defined, Extracted
from macla.methods.macla.memory.meta import Control
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.report.rescore import choices, rescore
from macla.methods.macla.settings import PriorSettings, Settings

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
    assert opened.switched or opened.fallbacks[0] == opened.fallbacks[1]
    assert len(closed.logged) > closed.fallbacks[0]
    assert kept == (0, 0)
    assert replaced[1] == len(closed.logged) - closed.fallbacks[0]
    assert "zero-shot steps" in closed.lines()[0]


def test_each_setting_moves_the_choice_it_should(decision):
    made = [decision("p0001", candidates=[SAFE, NEAR])]

    def choice(**constants):
        return choices(made, Memory(), Settings(**{"lambda_info": 0, "theta_conf": -9, **constants}))[0]

    assert choice() == "p0001"
    assert choice(selection="similarity", theta_conf=9) == "p0002"
    assert choice(prior=PriorSettings(alpha0=200.0), c_fail=0.0) == "p0002"
    assert choice(lambda_info=9, evidence_limit=None) == "p0002"
    assert choice(theta_conf=0.9) == "act"
    assert choice(theta_conf="calibrated", fallback_success=1.0, c_llm=0) == "act"


@pytest.fixture
def with_meta(segment, kinds):
    """A memory of one procedure and a meta-procedure that runs it."""
    memory = Memory()
    memory.apply(Defined(segment=segment()))
    memory.apply(Extracted(procedure="p0001", segment=0, source=0, kinds=kinds))
    memory.apply(
        Composed(
            meta="m0001", children=("p0001", "p0001"), controls=(Control(), Control()), goal="g", times=1, shown=1,
            failed=0, before=(),
        )
    )  # fmt: skip
    return memory


def test_without_metas_a_meta_is_no_candidate(decision, with_meta):
    made = [decision("m0001", candidates=[("m0001", 1.0, 0.0, 9.0, 0.0), SAFE])]
    assert choices(made, with_meta, Settings())[0] == "m0001"
    assert choices(made, with_meta, Settings(metas=False))[0] == "p0001"


def test_a_decision_without_candidates_stays_zero_shot(decision):
    assert choices([decision("act")], Memory(), Settings()) == ("act",)


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
