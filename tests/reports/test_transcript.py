"""An episode as text: everything that happened is in it, in its order."""

import pytest

from macla.errors import UserError
from macla.reports.exchanges import BEFORE, Exchange
from macla.reports.transcript import find, transcript


def test_everything_that_happened_is_told_in_order(frozen):
    for played in frozen.episodes.values():
        told = "\n".join(transcript(frozen, played, ()))
        places = [told.index(f"{number} > {step.action}") for number, step in enumerate(played.steps, 1)]
        assert places == sorted(places)
        assert played.instruction in told
        assert f"outcome: {played.outcome.value}" in told
        for made in played.decisions:
            assert f"[{made.step}] " in told


def test_replies_stand_where_they_were_given_and_prompts_where_they_are_asked_for(frozen):
    played = next(one for one in frozen.episodes.values() if one.steps)
    asked = [
        Exchange(BEFORE, "parse_task", "READ THIS", "it is read", (9, 2)),
        Exchange(0, "ground", "CHOOSE", "7", (4, 1)),
    ]
    told = "\n".join(transcript(frozen, played, asked))
    assert told.index("it is read") < told.index("[0] ") < told.index("model (ground): 7") < told.index("1 > ")
    assert "READ THIS" not in told
    assert "READ THIS" in "\n".join(transcript(frozen, played, asked, prompts=True))


def test_a_task_is_found_by_a_part_of_its_id_and_near_ones_are_suggested(run, episode):
    played = run(episode("clean-mug-1"), episode("clean-mug-2"), episode("heat-egg-1"))
    assert find(played, "egg").task == "heat-egg-1"
    assert find(played, "clean-mug-1").task == "clean-mug-1"
    with pytest.raises(UserError, match="2 tasks of run contain clean"):
        find(played, "clean")
    with pytest.raises(UserError, match=r"did you mean heat-egg-1.*\?"):
        find(played, "heat-eg-1")
