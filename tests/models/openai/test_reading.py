"""Which object of a reply is the answer, and which replies hold none."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.models.openai.reading import BadReplyError, answers

GOOD, BAD = '{"action": "look"}', '{"action": "rejected"}'
WHOLE = {
    "alone": GOOD,
    "thought": f"<think>{BAD}</think>{GOOD}",
    "thought that began in the prompt": f"{BAD}</think>\n{GOOD}",
    "thinking": f"<Thinking>{BAD}</thinking>{GOOD}",
    "brackets": f"[THINK]{BAD}[/THINK]{GOOD}",
    "begin of thought": f"<|begin_of_thought|>{BAD}<|end_of_thought|>{GOOD}",
    "start thinking": f"<|START_THINKING|>{BAD}<|END_THINKING|>{GOOD}",
    "triangles": f"◁think▷{BAD}◁/think▷{GOOD}",
    "channels": (
        f"<|channel|>analysis<|message|>{BAD}<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>"
        f"{GOOD}<|return|>"
    ),
    "a tool's channel": (
        f"<|channel|>analysis<|message|>{BAD}<|end|><|start|>assistant<|channel|>commentary to=functions.act "
        f"<|constrain|>json<|message|>{GOOD}<|call|>"
    ),
    "channels without marks": f"analysisWe could {BAD}.assistantfinal{GOOD}",
    "other channels": f"<|channel>thought\n{BAD}<channel|>{GOOD}",
    "several": f"{BAD} would be wrong, so {GOOD}",
    "braces in prose before a fence": f'Of {{drawer 1}} and {{"a", "b"}}:\n```json\n{GOOD}\n```',
    "a brace that nothing closes": f":{{ well, {GOOD}",
    "a tag inside a text": '{"action": "look", "thought": "no <think> here"}',
}


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE)
def test_the_last_whole_object_outside_of_thoughts_is_the_answer(text: str) -> None:
    assert answers(text)[-1]["action"] == "look"


NONE = {
    "open thought": (f"<think>One could say {BAD} but no", "its thoughts do not end"),
    "open thinking": (f"<thinking>{BAD}", "its thoughts do not end"),
    "open brackets": (f"[THINK]{BAD}", "its thoughts do not end"),
    "open channel": (f"<|channel|>analysis<|message|>{BAD}", "its thoughts do not end"),
    "channels without marks": (f"analysisWe could {BAD}", "its thoughts do not end"),
    "a second thought": (f"<think>a</think> hm <think>{BAD}", "its thoughts do not end"),
    "an object in one that does not end": (f'{{"plan": {BAD}, "action": "lo', "its JSON does not parse: Unterm"),
    "an object in one that does not parse": (f'{{"plan": {BAD}, "action": "look",}}', "its JSON does not parse"),
    "nothing": ("", "there is no JSON object in it"),
    "digits": ('{"choice": ' + "1" * 5000 + "}", "its JSON does not parse"),
    "depth": ('{"a":' * 9999, "its JSON does not parse"),
}


@pytest.mark.parametrize(("text", "reason"), NONE.values(), ids=NONE)
def test_what_is_no_answer_says_why(text: str, reason: str) -> None:
    with pytest.raises(BadReplyError) as complaint:
        answers(text)
    assert str(complaint.value).startswith(reason)


NAMES = st.sampled_from(
    ["think", "thinking", "THINKING", "thought", "internal_thoughts", "thinking_process", "reason", "reasoning",
     "reasoning_content", "seed:think", "reflection", "self-reflection", "inner_monologue", "scratchpad", "analysis",
     "chain.of.thought", "deliberation"]
)  # fmt: skip
ATTRIBUTES = st.sampled_from(["", " ", ' time="3"', " a=1 b='x y'", "\n", ' note="a/b"'])
BLANK = st.sampled_from(["", " ", "\t"])
PROSE = st.text(st.characters(codec="utf-8", exclude_characters="<>[]{}＜＞‹›◁▷|"), max_size=30)
SPELLINGS: list[Callable[[str, str, str], tuple[str, str]]] = [
    lambda name, rest, blank: (f"<{blank}{name}{rest}>", f"<{blank}/{blank}{name}{blank}>"),
    lambda name, rest, blank: (f"<|{name}|>", f"<|/{name}|>"),
    lambda name, rest, blank: (f"<｜begin▁of▁{name}｜>", f"<｜end▁of▁{name}｜>"),
    lambda name, rest, blank: (f"‹｜begin▁of▁{name}｜>", f"‹｜end▁of▁{name}｜>"),
    lambda name, rest, blank: (f"<|start_{name}|>", f"<|end_{name}|>"),
    lambda name, rest, blank: (f"[{blank}{name}{blank}]", f"[/{name}]"),
    lambda name, rest, blank: (f"◁{name}▷", f"◁/{name}▷"),
    lambda name, rest, blank: ("<unused94>thought\n", "<unused95>"),
    lambda name, rest, blank: ("<|channel>thought\n", "<channel|>"),
    lambda name, rest, blank: ("<|channel|>analysis ", "<|end|><|start|>assistant<|channel|>final "),
]
MARKS = st.builds(lambda spell, *parts: spell(*parts), st.sampled_from(SPELLINGS), NAMES, ATTRIBUTES, BLANK)
NESTING = MARKS.filter(lambda marks: "|>analysis" not in marks[0])
"""Channels do not nest: each ends the one before it."""


@given(MARKS, PROSE, PROSE)
def test_thoughts_in_any_spelling_are_none_of_the_answer(marks: tuple[str, str], before: str, after: str) -> None:
    begin, end = marks
    assert answers(f"{before}{begin}{before}{BAD}{end}{after}{GOOD}")[-1]["action"] == "look"
    with pytest.raises(BadReplyError, match="its thoughts do not end"):
        answers(f"{before}{begin}{BAD}{after}{BAD}")


@given(NESTING, PROSE)
def test_thoughts_inside_of_thoughts_end_with_the_outer_ones(marks: tuple[str, str], prose: str) -> None:
    begin, end = marks
    assert answers(f"{begin}{prose}{begin}{BAD}{end}{BAD}{end}{GOOD}") == [{"action": "look"}]
    with pytest.raises(BadReplyError, match="its thoughts do not end"):
        answers(f"{begin}{prose}{begin}{prose}{end}{BAD} and then")


@given(st.sampled_from(["answer", "tool_call", "output", "final", "json", "action", "result", "b"]), ATTRIBUTES, BLANK)
def test_other_marks_before_an_answer_are_no_thoughts(name: str, rest: str, blank: str) -> None:
    for begin in (f"<{blank}{name}{rest}>", f"[{name}]", f"<|{name}|>", f"<unused7>{name}\n"):
        assert answers(f"{begin}{GOOD}") == [{"action": "look"}]


@pytest.mark.parametrize(
    "text",
    [
        f"3 < reasonable limits, so {GOOD}",
        f"I do not think so: <no_think>{GOOD}",
        f"<think/>{GOOD}",
        f"My reasoning: [a, b] and then {GOOD}",
        f'<answer reasoning="short">{GOOD}',
        f"<think>a [REASONING] b</think>{GOOD}",
        f"<thinking>a</think>{GOOD}",
    ],
)
def test_what_only_looks_like_thoughts_that_do_not_end(text: str) -> None:
    assert answers(text) == [{"action": "look"}]


@pytest.mark.parametrize("text", [f"<think {BAD}", f"<thinking\n{BAD} hm", f'<think time="3" {BAD}</answer>'])
def test_a_mark_that_is_cut_opens_thoughts(text: str) -> None:
    with pytest.raises(BadReplyError, match="its thoughts do not end"):
        answers(text)


@pytest.mark.parametrize("tail", ["", "\n", "\n```", "</answer>\n", "<|im_end|>"])
def test_a_reply_that_was_cut_must_end_with_its_answer(tail: str) -> None:
    assert answers(f"So {BAD}, or {GOOD}{tail}", at_end=True) == [{"action": "look"}]
    with pytest.raises(BadReplyError, match="does not end with"):
        answers(f"{GOOD}{tail} but no", at_end=True)


@pytest.mark.parametrize("text", ['{"action": "\\ud800look"}', '{"action": "\ud800look"}'])
def test_halves_of_surrogate_pairs_are_replaced(text: str) -> None:
    assert answers(text) == [{"action": "\ufffdlook"}]
    assert answers('{"action": "\\ud83d\\ude00"}') == [{"action": "😀"}]


@pytest.mark.parametrize("text", ["<think>" * 200_000, "<think " * 200_000, "[[ think" * 100_000, "< " * 500_000])
def test_a_million_marks_are_no_reply(text: str) -> None:
    """Were every mark looked for through all the rest, this would take hours."""
    with pytest.raises(BadReplyError):
        answers(text)


@pytest.mark.parametrize("text", ["{" * 1_000_000, '{"a":' * 200_000, '{"a":[{"b":"' * 80_000])
def test_a_million_braces_are_no_reply(text: str) -> None:
    """Were every brace looked for through all the rest, this would take hours."""
    with pytest.raises(BadReplyError):
        answers(text)


def test_an_answer_after_many_closed_braces_counts() -> None:
    assert answers("{x} " * 2000 + '{"action": "look"}') == [{"action": "look"}]
