"""Actions that a recording has as calls of functions, spelled as the benchmark's own commands.

The grammar that a benchmark shows its agents (``Benchmark.help``) says how: ``go(location="desk 1")`` is the line
``go to {place}``, ``find(words="shirt")`` the line ``find[{words}]``.
"""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

_HOLE = re.compile(r"\{[^{}]*\}")
_CALLED = re.compile(r"\s*([A-Za-z_]\w*)\s*\((.*)\)\s*", re.S)
_NAMES = ("name", "function_name", "function", "action", "tool", "tool_name")
_ARGUMENTS = ("arguments", "kwargs", "args", "parameters", "input", "action_input")
_MARK = "\N{SYMBOL FOR RECORD SEPARATOR}"
"""Begins an action that was recorded as a call, so that it is never taken for a command."""


class Call(NamedTuple):
    """A function and the values of its arguments, in their order."""

    name: str
    arguments: tuple[str, ...] = ()


def call_of(value: Any) -> Call | None:
    """Return the call that an object of a recording is; None when it is none.

    The name stands under ``name``, ``function`` …, the arguments under ``arguments``, ``kwargs`` … as an object, a
    list, one value, or any of these as JSON text.

    >>> call_of({"function": "take", "kwargs": {"item": '"cup 1"', "source": "shelf 1"}})
    Call(name='take', arguments=('cup 1', 'shelf 1'))
    """
    if not isinstance(value, Mapping):
        return None
    if isinstance(value.get("function"), Mapping):
        return call_of(value["function"])
    name = next((value[key] for key in _NAMES if isinstance(value.get(key), str)), None)
    given = next((value[key] for key in _ARGUMENTS if key in value), None)
    return None if name is None else Call(name.strip(), tuple(_values(given)))


def _values(given: Any) -> Iterator[str]:
    if isinstance(given, str) and given.lstrip()[:1] in ("{", "["):
        with suppress(ValueError):  # a text that only begins like JSON
            given = json.loads(given)
    if isinstance(given, Mapping):
        given = list(given.values())
    for value in given if isinstance(given, list) else [] if given is None else [given]:
        yield _unquoted(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1].strip() if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def as_action(call: Call) -> str:
    """Return a call as the text of a recorded action, which :func:`spelled` turns into a command."""
    return _MARK + json.dumps(call, ensure_ascii=False)


def spelled(action: str, grammar: str) -> str:
    """Return a recorded action as the line of ``grammar`` that it is a call of; any other text as it is.

    What was recorded as a call and is no line of the grammar becomes ``name[argument, …]``, or the name alone.

    >>> spelled('go_to(location="desk 1")', "go to {place}\\nlook")
    'go to desk 1'
    >>> spelled("go to desk 1", "go to {place}\\nlook")
    'go to desk 1'
    """
    recorded = action.startswith(_MARK)
    call = Call(*_stored(action)) if recorded else _written(action)
    if call is None:
        return action
    fitting = next(_fitting(call, grammar), None)
    if fitting is not None:
        values = iter(call.arguments)
        return _HOLE.sub(lambda _: next(values), fitting)
    if not recorded:
        return action
    return f"{call.name}[{', '.join(call.arguments)}]" if call.arguments else call.name.replace("_", " ")


def _stored(action: str) -> tuple[str, tuple[str, ...]]:
    name, arguments = json.loads(action.removeprefix(_MARK))
    return name, tuple(arguments)


def _written(text: str) -> Call | None:
    """Return the call that a text is in the manner of Python; its arguments may stand without quotes."""
    found = _CALLED.fullmatch(text)
    if found is None:
        return None
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        assert isinstance(tree, ast.Call)
        given = [ast.literal_eval(node) for node in (*tree.args, *(keyword.value for keyword in tree.keywords))]
        return Call(found[1], tuple(_values(given)))
    except (SyntaxError, ValueError, AssertionError, RecursionError, MemoryError):
        bare = [part.rpartition("=")[2] for part in found[2].split(",")] if found[2].strip() else []
        return Call(found[1], tuple(map(_unquoted, bare)))


def _fitting(call: Call, grammar: str) -> Iterator[str]:
    """Yield the lines of the grammar with as many holes as the call has arguments, those of the same name first."""
    lines = [line.strip() for line in grammar.splitlines() if line.strip()]
    same = [line for line in lines if len(_HOLE.findall(line)) == len(call.arguments)]
    wanted = _letters(call.name)
    yield from (line for line in same if wanted in (_letters(line.partition("{")[0]), _letters(_HOLE.sub("", line))))
    yield from (line for line in same if wanted == _letters(re.split(r"[\s\[({]", line)[0]))


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()
