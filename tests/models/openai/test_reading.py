"""Which object of a reply is the answer, and which replies hold none."""

import time

import pytest

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


@pytest.mark.parametrize("tail", ["", "\n", "\n```", "</answer>\n", "<|im_end|>"])
def test_a_reply_that_was_cut_must_end_with_its_answer(tail: str) -> None:
    assert answers(f"So {BAD}, or {GOOD}{tail}", at_end=True) == [{"action": "look"}]
    with pytest.raises(BadReplyError, match="does not end with"):
        answers(f"{GOOD}{tail} but no", at_end=True)


@pytest.mark.parametrize("text", ['{"action": "\\ud800look"}', '{"action": "\ud800look"}'])
def test_halves_of_surrogate_pairs_are_replaced(text: str) -> None:
    assert answers(text) == [{"action": "\ufffdlook"}]
    assert answers('{"action": "\\ud83d\\ude00"}') == [{"action": "😀"}]


@pytest.mark.parametrize("text", ["{" * 1_000_000, '{"a":' * 200_000, '{"a":[{"b":"' * 80_000])
def test_no_reply_takes_long_to_read(text: str) -> None:
    started = time.perf_counter()
    with pytest.raises(BadReplyError):
        answers(text)
    assert time.perf_counter() - started < 20
