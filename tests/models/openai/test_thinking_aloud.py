"""Thoughts without the marks of a chat template: what does not end is no answer, what ends is passed over."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.models.openai.reading import BadReplyError, answers

GOOD, BAD = '{"action": "look"}', '{"action": "rejected"}'
UNFINISHED = {
    **{
        name: f"<{name}>{BAD} is wrong"
        for name in ("scratch_pad", "cot", "CoT", "plan", "planning", "draft", "internal", "brainstorm", "consider",
                     "inner-voice", "strategy", "step_by_step", "notes", "thoughts", "critique", "hypothesis")
    },
    "attributes": f'<plan step="1">\n{BAD} no wait',
    "a tag later": f"Well. <scratch_pad>{BAD} hmm",
    "granite": f"Here is my thought process: maybe {BAD} but no",
    "granite, contracted": f"Here's my reasoning: maybe {BAD}",
    "channels without marks": f"assistantanalysisWe could {BAD} hm",
    "channels without marks, apart": f"analysis we could {BAD} hm",
    "fence": f"```thinking\n{BAD} wrong",
    "fence later": f"So:\n``` reasoning\n{BAD}",
    "details": f"<details><summary>Reasoning</summary>{BAD} wrong",
    "details later": f"Well.\n<details open>\n<summary>My thoughts</summary>{BAD} wrong",
    "comment": f"<!-- maybe {BAD} no",
    "escaped": f"&lt;think&gt;{BAD} wrong",
    "escaped, with attributes": f'&lt;thinking time="3"&gt; {BAD} wrong',
}  # fmt: skip


@pytest.mark.parametrize("text", UNFINISHED.values(), ids=UNFINISHED)
def test_thoughts_that_do_not_end_hold_no_answer(text: str) -> None:
    with pytest.raises(BadReplyError, match="its thoughts do not end"):
        answers(text)


FINISHED = {
    "tag": f"<plan>{BAD}</plan>{GOOD}",
    "tag, spelt otherwise": f"<Plan>{BAD}</plan >{GOOD}",
    "scratch_pad": f"<scratch_pad>{BAD}</scratch_pad>{GOOD}",
    "granite": f"Here is my thought process: maybe {BAD} but no. Here is my response: {GOOD}",
    "channels without marks": f"assistantanalysisWe could {BAD}.assistantfinal{GOOD}",
    "channels without marks, a tool's": f"analysis we could {BAD}. assistantcommentary to=functions.act json{GOOD}",
    "fence": f"```thinking\n{BAD} wrong\n```\n```json\n{GOOD}\n```",
    "details": f"<details><summary>Reasoning</summary>{BAD} wrong</details>\n{GOOD}",
    "comment": f"<!-- maybe {BAD} no --> {GOOD}",
    "comment after": f"{GOOD} <!-- done -->",
    "escaped": f"&lt;think&gt;{BAD} wrong&lt;/think&gt;{GOOD}",
    "a tag inside a text": '{"action": "look", "thought": "<plan> is a tag"}',
    "analysis of": f"Analysis of the room: there is a desk. {GOOD}",
    "heading and fence": f"**Thinking:** not {BAD}.\n\n```json\n{GOOD}\n```",
    "headings": f"## Thinking\n{BAD} would be wrong\n## Answer\n{GOOD}\nGood luck!",
    "headings in bold": f"**Reasoning**\n{BAD} is wrong.\n\n**Final answer:** {GOOD} as asked",
    "explained afterwards": f"{GOOD}\n\n**Reasoning:** the desk is near.",
}


@pytest.mark.parametrize("text", FINISHED.values(), ids=FINISHED)
def test_what_follows_thoughts_is_the_answer(text: str) -> None:
    assert answers(text)[-1]["action"] == "look"


@pytest.mark.parametrize(
    "heading", ["**Thinking:**", "## Thinking\n", "### My reasoning\n", "__Thoughts__:", "**Analysis**"]
)
def test_under_a_heading_of_thoughts_only_what_ends_the_reply_is_an_answer(heading: str) -> None:
    with pytest.raises(BadReplyError, match="does not end with"):
        answers(f"{heading} maybe {BAD} but it is wrong")


ANSWERS = [
    *["answer", "final_answer", "Output", "response", "reply", "result", "final", "json", "tool_call", "function_call"],
    *[
        "action",
        "command",
        "s",
        "b",
        "div",
        "pre",
        "code",
        "sql",
        "no_think",
        "assistant_response",
        "structured-output",
    ],
]


@given(st.sampled_from(ANSWERS), st.sampled_from(["", ' id="1"', "\n"]))
def test_a_tag_around_an_answer_may_stay_open(name: str, rest: str) -> None:
    assert answers(f"<{name}{rest}>{GOOD}") == [{"action": "look"}]


@pytest.mark.parametrize("part", ["{x}", '{"a"}', "{}", '{"a": {x}} '])
def test_time_grows_with_the_length_of_a_reply(part: str) -> None:
    """Were the rest of the reply counted through at every brace, this would take minutes."""
    text = part * (150_000 // len(part))
    started = time.process_time()
    assert answers(text + GOOD)[-1] == {"action": "look"}
    assert time.process_time() - started < 5
