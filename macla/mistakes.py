"""A wrong override as one line: what is wrong, what was probably meant. No name of a class appears in it."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

NEAR = 0.7
"""Likeness of what is suggested, of 1 (difflib's ratio)."""
LOOK = "macla config prints the keys and their values"
SWEEPING = ("optuna", "joblib", "submitit_local", "submitit_slurm")
"""Plug-ins of Hydra that come with an extra of ours."""
_PLUGIN = re.compile(r"'(hydra)/(sweeper|launcher)/(\w+)'")
_QUOTED = re.compile(r"(?<!\\)'(?:[^'\\]|\\.)*'|(?<!\\)\"(?:[^\"\\]|\\.)*\"")
_ESCAPED = re.compile(r"\\.")
_PAIRS = ("[]", "{}", "()")
_KEY = re.compile(r"[+~]{0,2}([A-Za-z_][\w.]*)(=|$)")
_CLASS = re.compile(r"\b(?!Traceback)(?:[A-Z]\w*)(?:Exception|Error): ")
_SECTION = ("model_type", "model_attributes_type", "dataclass_type", "dict_type", "mapping_type")
_TRIED = re.compile(
    r"(literal|tuple|list|dict|nullable|union|lax-or-strict)\[.*|(constrained|function)-.*|float|int|str|bool|[A-Z].*"
)
"""What pydantic puts into a place besides our keys: the member of a union that was tried."""


def meant(word: str, known: Collection[str]) -> str:
    """Return "; did you mean …?" for the nearest known word; empty when none is near."""
    near = get_close_matches(word, [key for key in known if not word.startswith(f"{key}.")], 1, NEAR)
    if not near and "." not in word:  # a key without its section
        near = [key for key in known if key.rpartition(".")[2] == word][:1]
    return f"; did you mean {near[0]}?" if near else ""


def keys_of(values: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield every key of nested values, sections too: ``memory``, ``memory.k`` …"""
    for name, value in values.items():
        yield f"{prefix}{name}"
        if isinstance(value, Mapping):
            yield from keys_of(value, f"{prefix}{name}.")


def unknown_key(
    overrides: Sequence[str], known: Collection[str], owners: Callable[[str], Sequence[str]] = lambda _: ()
) -> str | None:
    """Return what is wrong with the first override whose key is unknown; None when all are known.

    ``owners`` returns the choices (``memory=macla``) that have a key which the present ones lack.
    """
    for override in overrides:
        found = _KEY.match(override)
        if found is None or found[1] in known or found[1].startswith("hydra."):
            continue
        if any(found[1].startswith(f"{key}.") for key in known if key.count(".") > 1):
            continue  # inside a value that is free to hold anything
        if of := owners(found[1]):
            return f"{found[1]}: unknown key here; it is one of {' and '.join(of)}: type {of[0]}, or leave it out"
        return f"{found[1]}: unknown key{meant(found[1], known)}; {LOOK}"
    return None


def wrong_choice(overrides: Sequence[str], groups: Mapping[str, Collection[str]]) -> str | None:
    """Return what is wrong with the first override that chooses what is not there; None when all are there."""
    if told := unclosed(overrides):  # first: the words after it are parts of its value, which may be a key
        return told
    for override in overrides:
        if override.startswith("="):
            return f"{override}: a key is missing before the ="
        if "=" not in override and not override.startswith("~"):
            return f"{override}: a value is missing; type {override}=VALUE ({LOOK})"
        group, _, value = override.partition("=")
        names = groups.get(group)
        wrong = [name for name in value.split(",") if re.fullmatch(r"\w+", name) and name != "null"]
        if names is not None and (wrong := [name for name in wrong if name not in names]):
            listed = ", ".join(sorted(names))
            return f"{group}={wrong[0]}: there is no such choice{meant(wrong[0], names)}; there are {listed}"
    return None


def unclosed(overrides: Sequence[str]) -> str | None:
    """Return how to quote the first override with a bracket or a quote that is not closed; None when there is none.

    No value is repeated: of one that the shell split, nobody can tell which part is secret.
    """
    for override in overrides:
        bare = _QUOTED.sub("", _ESCAPED.sub("", override))
        opened = next((pair for pair in _PAIRS if bare.count(pair[0]) != bare.count(pair[1])), None)
        if opened or re.search("['\"]", bare):
            key = found[1] if (found := _KEY.match(override)) else "KEY"
            pair = opened or '""'
            return (
                f"{key}: a bracket or a quote is not closed; a value with blanks is quoted: '{key}={pair[0]}…{pair[1]}'"
            )
    return None


def invalid(error: ValidationError, section: str, known: Collection[str] = ()) -> str:
    """Return the first finding of a validation: its key, what is wrong with it and, for an unknown one, a near key."""
    first = error.errors()[0]
    names = [str(part) for part in first["loc"] if not _TRIED.fullmatch(str(part))]
    key = f"{section}{'.'.join(names)}"
    if first["type"] == "extra_forbidden":
        what = "unknown key" + meant(key, [other for other in known if other != key])
    elif first["type"] == "tuple_type":
        what = "a list is wanted: [VALUE, …]"
    elif first["type"] in _SECTION:
        what = "this has keys of its own and takes no single value"
    else:
        told = first["msg"].removeprefix("Value error, ")
        what = "input should be a path" if first["type"] == "path_type" else told[:1].lower() + told[1:]
    return f"{key}: {what}; {LOOK}"


def mistyped(overrides: Sequence[str], told: str) -> str | None:
    """Return what is wrong with how a value is written, and how to write it; None where Hydra's ``told`` has to do."""
    for override in overrides:
        key, _, value = override.partition("=")
        if told.startswith("Ambiguous value") and f"'{override}'" in told.splitlines()[0]:
            listed = f" (a list is written {key}=[{value}])" if "." in key else ""
            return f"{override}: several values; for one evaluation each type macla eval -m {override}{listed}"
        if told.startswith("Error merging override") and told.splitlines()[0].endswith(override):
            wanted = "keys with values: {KEY: VALUE}" if value.startswith("[") else "a list: [VALUE, …]"
            return f"{override}: {key} takes {wanted}; {LOOK}"
        group, _, kind = key.partition("/")
        if group == "hydra" and f"'{key}/{value}'" in told:
            return f"{override}: {_missing(kind, value)}, or leave {key}= out"
    if found := _PLUGIN.search(told):  # chosen by a file
        return f"{found[1]}/{found[2]}={found[3]}: {_missing(found[2], found[3])}"
    return None


def _missing(kind: str, name: str) -> str:
    """Return what is wrong where a plug-in of Hydra is not there, and what to type."""
    if name in SWEEPING:
        remedy = "pip install 'macla[sweep]'"
    else:
        remedy = f"pip install hydra-{name}-launcher" if kind == "launcher" else f"hydra/{kind}=basic"
    return f"this plug-in of Hydra is not installed; type {remedy}"


def plain(error: Exception) -> str:
    """Return Hydra's message as one line, without its advice to prefix + (which is refused here anyway)."""
    text = str(error).split("Config search path")[0]
    lines = [line.strip().removeprefix("In 'config': ").rstrip(".") for line in text.splitlines() if line.strip()]
    noise = ("To append", "Set the env", "full_key", "object_type", "See https", "^")
    kept = [_CLASS.sub("", line) for line in lines if not line.startswith(noise)]
    if any("mismatched input '='" in line for line in kept):
        kept.append("a value with = in it is quoted twice: 'key=\"a=b\"'")
    return "; ".join([*kept, LOOK])
