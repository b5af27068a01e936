"""Keys and addresses with a password in them: used where a request is sent, shown and stored nowhere."""

import base64
import json
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from macla.secret_names import says_secret

HIDDEN = "***"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SPOKEN = re.compile(r"[A-Z][A-Z0-9]{0,15}(_[A-Z0-9]{1,16})*")
"""Names of variables as people choose them; a key that was typed where its name belongs looks otherwise."""
_NAMED = re.compile(r"""(?P<name>[\w-]+)['"]?\s*[:=]\s*""")
_TYPED = re.compile(r"""'[^']*|"[^"]*|[\[{][^\]}]*|[^'",}\]]*""")
"""What may be typed for a name."""
_OPTION = re.compile(r"""(?P<name>--[\w-]+)['"]?\s*[,\s]\s*['"]?(?!--)(?P<value>[^\s'",}\]]+)""")
_SCHEMES = frozenset({"bearer", "basic", "token"})
"""Words before a key in the header that carries it."""
_USERINFO = re.compile(r"(\w[\w+.-]*://)(?!user:password@host\b)[^\s'\"]*@")
"""To the last @: a password may hold anything. What our own messages say to type is no secret."""
_QUERY = re.compile(r"(\w[\w+.-]*://[^\s'\"?#]*)[?#][^\s'\",;)\]}]*")
_SHORTEST = 4
"""Characters: to hide shorter texts wherever they stand would make words unreadable."""
_WITHIN_WORDS = 8
"""Characters from which on a secret is hidden inside of longer words, too, and where a server shows its beginning."""
_CUT_OFF = re.compile(r"(?:\.{2,}|…|\*+)[\w-]{0,4}|\Z")
"""How servers go on that show the beginning of a key: ``sk-4f9aW...``, ``sk-4f9aW*****f3Qk``."""
_known: set[str] = set()


class SecretError(ValueError):
    """What is wrong with a key or an address, in words that do not show it."""


def remember(secret: str) -> None:
    """Have :func:`hide` take this text out of everything from now on."""
    if len(secret) >= _SHORTEST:
        _known.add(secret)


def remember_values(value: Any, name: str = "") -> None:
    """Remember all texts below names that say they are secret, in nested values."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            remember_values(inner, name if says_secret(name) else str(key))
    elif isinstance(value, list | tuple):
        for inner in value:
            remember_values(inner, name)
    elif isinstance(value, str) and says_secret(name):
        remember(value)


def hide(text: str) -> str:
    """Return ``text`` without the keys that are in use, and without userinfo and query of the URLs in it."""
    return _bare(without_known(text))


def without_known(value: Any) -> Any:
    """Return a text, or nested values, without the secrets that are in use; what holds none stays as it is."""
    if isinstance(value, str):
        for secret in sorted(_known, key=len, reverse=True):
            if secret[:_WITHIN_WORDS] in value:
                value = _without(secret, value)
        return value
    if isinstance(value, Mapping):
        return {without_known(key): without_known(inner) for key, inner in value.items()}
    return [without_known(inner) for inner in value] if isinstance(value, list) else value


def _without(secret: str, text: str) -> str:
    """Return a text without a secret, also as JSON escapes it, and without a beginning of it that is cut off."""
    if len(secret) < _WITHIN_WORDS:
        return re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", HIDDEN, text)
    text = text.replace(secret, HIDDEN).replace(json.dumps(secret)[1:-1], HIDDEN)
    start = 0
    while (start := text.find(secret[:_WITHIN_WORDS], start)) >= 0:
        rest = text[start : start + len(secret)]
        shown = next((n for n, (a, b) in enumerate(zip(rest, secret, strict=False)) if a != b), len(rest))
        if cut := _CUT_OFF.match(text, start + shown):
            text = text[:start] + HIDDEN + text[cut.end() :]
        start += 1
    return text


def _bare(text: str) -> str:
    return _QUERY.sub(r"\1", _USERINFO.sub(r"\1", text))


def remember_typed(overrides: Sequence[str]) -> None:
    """Have :func:`hide` know what overrides give away, before any message can repeat them."""
    for override in overrides:
        key, _, value = override.partition("=")
        for url in (value, *value.strip("[]").split(",")) if key.endswith("base_url") else ():
            remember(url.rpartition("@")[0].rpartition("://")[2].strip("'\""))
        if not key.endswith("api_key_env"):
            _remember_named(override)
        elif value and spoken(value.strip("'\"")) == HIDDEN:
            remember(value.strip("'\""))


def _remember_named(text: str) -> None:
    """Remember what stands beside names that say it is secret, in a text that need not parse."""
    for found in filter(lambda one: says_secret(one["name"]), _NAMED.finditer(text)):
        typed = _TYPED.match(text, found.end())
        value = typed[0] if typed else ""
        for part in re.split(r"[,:{}\[\]]", value) if value.startswith(("{", "[")) else [value]:
            scheme, _, key = part.strip("'\"= []").partition(" ")
            remember(key.strip() if scheme.lower() in _SCHEMES else part.strip("'\"= []"))
    for found in filter(lambda one: says_secret(one["name"]), _OPTION.finditer(text)):
        remember(found["value"])


def spoken(variable: str) -> str:
    """Return the name of a variable where it can be nothing else, else a mark: it may be the key itself."""
    return variable if variable in os.environ or _SPOKEN.fullmatch(variable) else HIDDEN


def read_key(variable: str) -> str:
    """Return the key in an environment variable, without the blanks and line breaks around it.

    SecretError when there is none, or when it holds a character that no key has.
    """
    if not _NAME.fullmatch(variable):
        remember(variable)
        raise SecretError(
            "model.api_key_env is no name of a variable; it does not take the key itself: type export MY_KEY=… and "
            "model.api_key_env=MY_KEY"
        )
    key = os.environ.get(variable, "").strip()
    if not key:
        name = spoken(variable)
        unset = "model.api_key_env names a variable that is not set; type export MY_KEY=… and model.api_key_env=MY_KEY"
        raise SecretError(f"the key is missing: {unset if name == HIDDEN else f'type export {name}=…'}")
    remember(key)
    for place, letter in enumerate(key, 1):
        if not "!" <= letter <= "~":
            raise SecretError(
                f"character {place} of the key in {spoken(variable)} is U+{ord(letter):04X}, which no key has "
                "(typographic quotes, blanks and line breaks come with copying): copy it again"
            )
    return key


def check_url(url: str) -> None:
    """Raise SecretError for an address whose password cannot be told from the rest."""
    if "@" in url and "@" not in _parts(url).netloc:
        raise SecretError(
            "an @ that does not end a user and password; write those as http://user:password@host/v1, with %40, %2F, "
            "%3F and %23 for @, /, ? and # inside"
        )


def bare_url(url: str) -> str:
    """Return an address without userinfo, query, fragment and final slash: what requests go to and messages show."""
    return re.split(r"[?#]", _bare(url))[0].rstrip("/")


def login(url: str) -> tuple[str, str] | None:
    """Return user and password of an address that :func:`check_url` accepts; None when it has none."""
    parts = _parts(url)
    if "@" not in parts.netloc:
        return None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    sent = base64.b64encode(f"{user}:{password}".encode()).decode()
    for text in (sent, password, parts.password or "") if password else (sent, user, parts.username or ""):
        remember(text)
    return user, password


def query(url: str) -> str:
    """Return the query of an address, which every request carries on; empty when there is none."""
    found = _parts(url).query
    for pair in found.split("&"):
        name, _, value = pair.partition("=")
        if not name.endswith("version"):  # a date such as 2024-10-21 stands in replies, too
            remember(value)
    return found


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return SplitResult("", "", "", "", "")  # no URL: who sends a request to it says so
    return parts


def masked(value: Any, name: str = "") -> Any:
    """Return nested values as they may be stored: without texts and numbers below a name that says they are secret."""
    private = says_secret(name)
    if isinstance(value, Mapping):
        return {key: masked(inner, name if private else str(key)) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [masked(inner, name) for inner in value]
    if private and value and isinstance(value, str | int | float) and not isinstance(value, bool):
        return HIDDEN
    return hide(value) if isinstance(value, str) else value


def masked_arguments(arguments: Sequence[str]) -> list[str]:
    """Return a command line as it may be shown: ``--api-key X`` and ``--api-key=X`` without X."""
    shown: list[str] = []
    private = False
    for argument in arguments:
        option, equals, value = argument.partition("=")
        if private and not argument.startswith("--"):
            shown.append(HIDDEN)
            continue
        private = argument.startswith("--") and says_secret(option) and not equals
        secret = argument.startswith("--") and says_secret(option) and value
        shown.append(f"{option}={HIDDEN}" if secret else hide(argument))
    return shown
