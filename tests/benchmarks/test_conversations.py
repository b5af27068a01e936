"""Conversations are read whoever speaks in them under which name, and however an action is marked."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.benchmarks.conversations import read_turns
from macla.benchmarks.recording import FORMS, read_objects, recording_of
from macla.benchmarks.replaying import commands
from macla.errors import UserError


class _Grammar:
    help = "go to {place}\ntake {thing} from {place}\nsearch[{keywords}]\nlook"


def done(*turns: dict) -> list[str]:
    return commands(recording_of({"conversations": list(turns)}), _Grammar())


def said(text: str) -> dict:
    return {"role": "assistant", "content": text}


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("Thought: hm.\nAction: go to desk 1", "go to desk 1"),
        ("THOUGHT: hm.\nACTION: go to desk 1\n", "go to desk 1"),
        ("Thought 2: hm.\nAction 2: search[a, b]", "search[a, b]"),
        ("**Thought:** hm\n**Action:** look", "look"),
        ("I will. Action: look", "look"),
        ("Thought: Action: is a word.\nAction: look", "look"),
        ("Action:\n```sql\nSELECT a\nFROM b\n```", "SELECT a\nFROM b"),
        ("Action:\nsearch[blue shirt]", "search[blue shirt]"),
        ("Action: search[a\nb]\nmore", "search[a\nb]"),
        ("Action: look\nObservation: I made this up.", "look"),
        ("Action: look</s>", "look"),
        ("Action: `look`", "look"),
        ("<think>Action: no</think>Action: look", "look"),
        ("Action: go\nAction Input: desk 1", "go to desk 1"),
        ('Action: take\nAction Input: {"item": "cup 1", "from": "desk 1"}', "take cup 1 from desk 1"),
        ('Action: {"name": "go", "arguments": {"to": "desk 1"}}', "go to desk 1"),
        ("Action: go(to='desk 1')", "go to desk 1"),
    ],
)
def test_an_action_is_found_in_a_text(text, action):
    assert done({"role": "user", "content": "x"}, said(text)) == [action]


@pytest.mark.parametrize("role", ["gpt", "assistant", "Assistant", "model", "agent", "ai", "bot"])
@pytest.mark.parametrize("who", ["from", "role"])
@pytest.mark.parametrize("text", ["value", "content"])
def test_sides_are_told_by_their_names(role, who, text):
    assert done({who: "user", text: "go"}, {who: role, text: "Action: look"}) == ["look"]


def test_calls_of_tools_and_their_answers_go_together():
    calls = [{"type": "function", "function": {"name": "go_to", "arguments": json.dumps({"p": f"desk {n}"})}}
             for n in (1, 2)]  # fmt: skip
    turns = [
        {"role": "user", "content": "Find a cup."},
        {"role": "assistant", "content": None, "tool_calls": calls},
        {"role": "tool", "content": "A cup."},
        {"role": "tool", "content": "A pen."},
        {"role": "assistant", "content": "Done."},
    ]
    found = recording_of({"id": 1, "messages": turns})
    assert commands(found, _Grammar()) == ["go to desk 1", "go to desk 2"]
    assert found.observations == ["A cup.", "A pen."]
    assert found.instruction == "Find a cup."


def test_a_call_may_be_a_turn_of_its_own():
    call = {"from": "function_call", "value": '{"name": "go", "arguments": {"p": "desk 1"}}'}
    assert done({"from": "human", "value": "x"}, call, {"from": "observation", "value": "A cup."}) == ["go to desk 1"]


def test_where_nothing_is_marked_all_that_the_model_says_is_done_but_agreeing():
    turns = [{"from": "human", "value": "Act."}, {"from": "gpt", "value": "OK. I'll follow."},
             {"from": "human", "value": "A room."}, {"from": "gpt", "value": "look"},
             {"from": "human", "value": "A desk."}, {"from": "gpt", "value": "go to desk 1"},
             {"from": "human", "value": "OK"}, {"from": "gpt", "value": "OK"}]  # fmt: skip
    found = read_turns(turns)
    assert (found["actions"], found["observations"]) == (["look", "go to desk 1"], ["A desk.", None])
    assert found["instruction"] == "Act.\nA room."


def test_where_actions_are_marked_other_turns_do_nothing():
    assert done({"role": "user", "content": "x"}, said("OK"), said("Action: look"), said("All done!")) == ["look"]


def test_an_agent_data_protocol_has_typed_turns():
    content = [
        {"class_": "text_observation", "content": "Find a cup.", "source": "user"},
        {"class_": "message_action", "content": "OK.", "description": None},
        {"class_": "api_action", "function": "go", "kwargs": {"location": '"desk 1"'}, "description": "hm"},
        {"class_": "text_observation", "content": "A cup.", "source": "environment"},
        {"class_": "code_action", "language": "sql", "content": "SELECT 1\n", "description": ""},
        {"class_": "message_action", "content": "<finish> </finish>"},
    ]
    found = recording_of({"id": "x_1", "content": content, "details": {}})
    assert commands(found, _Grammar()) == ["go to desk 1", "SELECT 1"]
    assert (found.observations, found.numbered) == (["A cup.", None], True)


def test_a_form_that_is_named_is_the_only_one_read():
    both = {"task": 1, "steps": [{"action": "look"}], "conversations": [said("Action: jump")]}
    assert recording_of(both).actions == recording_of(both, "steps").actions == ["look"]
    assert recording_of(both, "eto").actions == recording_of(both, "agentgym").actions == ["jump"]
    with pytest.raises(UserError, match="holds no actions"):
        recording_of(both, "adp")
    assert set(FORMS) == {"eto", "agentgym", "adp", "steps"}


@pytest.mark.parametrize(
    "steps",
    [
        [{"action": "look", "observation": "A."}],
        [{"act": "look", "feedback": "A."}],
        [["look", "A."]],
    ],
)
def test_steps_have_many_keys(steps):
    found = recording_of({"task": 1, "steps": steps})
    assert (found.actions, found.observations) == (["look"], ["A."])
    assert recording_of({"task": 1, "trajectory": steps}).actions == ["look"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize("layout", [json.dumps, lambda one: json.dumps([one], indent=2)])
def test_a_file_is_read_in_any_unicode(tmp_path: Path, encoding, layout):
    path = tmp_path / "r.jsonl"
    path.write_bytes((layout({"task": "Zürich", "actions": ["look"]}) + "\r\n").encode(encoding))
    assert [one for _, one in read_objects(path)] == [{"task": "Zürich", "actions": ["look"]}]


words = st.text(st.characters(codec="utf-8"), max_size=30)
sides = st.sampled_from(["gpt", "human", "user", "assistant", "tool", "function_call", 3, None])
turns = st.fixed_dictionaries({}, optional={
    "from": sides, "role": sides, "value": words, "content": words | st.none() | st.lists(words), "class_": words,
    "tool_calls": st.lists(st.dictionaries(words, words, max_size=2), max_size=2) | words,
})  # fmt: skip


@given(st.lists(turns | words | st.none(), max_size=6))
def test_no_conversation_breaks_the_reader(conversation):
    found = read_turns(conversation)
    assert not found or len(found["actions"]) == len(found["observations"]) > 0


lines = st.from_regex(r"[a-z]{2,8}( [a-z]{2,8}){0,3} [0-9]", fullmatch=True).filter(lambda s: not s.startswith("ok"))


@given(st.lists(st.tuples(lines, lines), min_size=1, max_size=5), words)
def test_what_is_written_as_a_conversation_is_read_again(done, thought):
    thought = thought.replace("\n", " ").replace(":", "").replace("\r", " ").replace("`", "")
    told = [{"from": "human", "value": "Your task is to: win."}]
    for action, observation in done:
        told.append({"from": "gpt", "value": f"Thought: {thought}\nAction: {action}"})
        told.append({"from": "human", "value": f"Observation: {observation}"})
    found = read_turns(told)
    assert list(zip(found["actions"], found["observations"], strict=True)) == done
