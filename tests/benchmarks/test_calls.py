"""Calls of functions are spelled as the commands of a grammar, and what is none stays as it is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macla.benchmarks.calls import Call, as_action, call_of, spelled

GRAMMAR = """go to {place}
take {thing} from {place}
put {thing} in/on {place}
search[{keywords}]
click[{value}]
click[Buy Now]
GoogleDistanceMatrix[{origin}, {destination}, taxi]
look
submit"""


@pytest.mark.parametrize(
    ("call", "command"),
    [
        ({"function": "go", "kwargs": {"location": '"desk 1"'}}, "go to desk 1"),
        ({"name": "go_to", "arguments": '{"place": "desk 1"}'}, "go to desk 1"),
        ({"name": "goTo", "arguments": {"place": "desk 1"}}, "go to desk 1"),
        ({"function": {"name": "take", "arguments": '{"item": "cup 1", "from": "desk 1"}'}}, "take cup 1 from desk 1"),
        ({"function_name": "put", "args": ["cup 1", "desk 1"]}, "put cup 1 in/on desk 1"),
        ({"action": "search", "action_input": "blue shirt"}, "search[blue shirt]"),
        ({"name": "click", "parameters": {"value": "Buy Now"}}, "click[Buy Now]"),
        ({"name": "look", "arguments": {}}, "look"),
        ({"name": "look", "arguments": "{}"}, "look"),
        ({"name": "look"}, "look"),
        ({"name": "google_distance_matrix", "arguments": ["Rome", "Bari"]}, "GoogleDistanceMatrix[Rome, Bari, taxi]"),
        ({"name": "execute_sql", "arguments": {"q": "SELECT 1"}}, "execute_sql[SELECT 1]"),
        ({"name": "step_back", "arguments": {}}, "step back"),
        ({"name": "go", "arguments": {"steps": 3}}, "go to 3"),
    ],
)
def test_a_call_becomes_a_line_of_the_grammar(call, command):
    found = call_of(call)
    assert found is not None
    assert spelled(as_action(found), GRAMMAR) == command


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ('go_to("desk 1")', "go to desk 1"),
        ("go(location='desk 1')", "go to desk 1"),
        ("go(desk 1)", "go to desk 1"),
        ("take(cup 1, desk 1)", "take cup 1 from desk 1"),
        ("search(keywords=blue shirt)", "search[blue shirt]"),
        ("submit()", "submit"),
        ("go to desk 1", "go to desk 1"),
        ("COUNT(*)", "COUNT(*)"),
        ("SELECT COUNT(*) FROM t", "SELECT COUNT(*) FROM t"),
        ("search[a (b)]", "search[a (b)]"),
        ("dance(slowly)", "dance(slowly)"),
        ("go(", "go("),
    ],
)
def test_a_text_is_a_call_only_where_the_grammar_has_it(text, command):
    assert spelled(text, GRAMMAR) == command


@given(st.text(max_size=30), st.lists(st.text(max_size=20), max_size=3))
def test_any_call_is_spelled(name, arguments):
    action = as_action(Call(name, tuple(arguments)))
    assert isinstance(spelled(action, GRAMMAR), str)
    assert spelled(action, GRAMMAR) == spelled(action, GRAMMAR)


@given(st.text(max_size=40))
def test_no_text_breaks_the_speller(text):
    assert isinstance(spelled(text.lstrip("\N{SYMBOL FOR RECORD SEPARATOR}"), GRAMMAR), str)


keys = st.sampled_from(["name", "function", "arguments", "kwargs", "x"])
scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=9)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=8
)


@given(values)
def test_no_object_breaks_the_reader(value):
    found = call_of(value)
    assert found is None or json.dumps(found)
