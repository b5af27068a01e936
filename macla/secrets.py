"""Keys and addresses with a password in them: used where a request is sent, shown and stored nowhere."""

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

HIDDEN = "***"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SPOKEN = re.compile(r"[A-Z][A-Z0-9]{0,15}(_[A-Z0-9]{1,16})*")
"""Names of variables as people choose them; a key that was typed where its name belongs looks otherwise."""
_WORDS = (
    "(?:api|access|private)[_-]?key|secret|passw|credential|authorization|(?:access|api|auth|bearer|hf|hub)[_-]?token"
    r"|(?<!(?:bos|eos|pad|unk|sep|cls|max|min)[_-])token(?![\w-])"
)
"""In names of what is secret. A name that ends in ``token`` is one, but for special tokens of a vocabulary and counts;
``tokens``, ``tokenizer`` and ``token_ids`` do not end so.
"""
_PRIVATE = re.compile(_WORDS, re.IGNORECASE)
_TYPED = re.compile(rf"(?:{_WORDS})\w*['\"]?\s*[:=]\s*['\"]?([^\s'\",}}]+)", re.IGNORECASE)
_USERINFO = re.compile(r"(\w[\w+.-]*://)(?!user:password@host\b)[^\s'\"]*@")
"""To the last @: a password may hold anything. What our own messages say to type is no secret."""
_QUERY = re.compile(r"(\w[\w+.-]*://[^\s'\"?#]*)[?#][^\s'\",;)\]}]*")
_SHORTEST = 4
"""Characters: to hide shorter texts wherever they stand would make words unreadable."""
_known: set[str] = set()


class SecretError(ValueError):
    """What is wrong with a key or an address, in words that do not show it."""


def remember(secret: str) -> None:
    """Have :func:`hide` take this text out of everything from now on."""
    if len(secret) >= _SHORTEST:
        _known.add(secret)


def hide(text: str) -> str:
    """Return ``text`` without the keys that are in use, and without userinfo and query of the URLs in it."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return _bare(text)


def _bare(text: str) -> str:
    return _QUERY.sub(r"\1", _USERINFO.sub(r"\1", text))


def remember_typed(overrides: Sequence[str]) -> None:
    """Have :func:`hide` know what overrides of the model give away, before any message can repeat them."""
    for override in overrides:
        key, _, value = override.partition("=")
        if key.endswith("base_url") and "@" in value:
            remember(value.rpartition("@")[0].rpartition("://")[2].strip("'\""))
        if not key.endswith("api_key_env"):
            for found in _TYPED.finditer(override):
                remember(found[1])
        elif value and spoken(value.strip("'\"")) == HIDDEN:
            remember(value.strip("'\""))


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
    for text in (password, parts.password or "") if password else (user, parts.username or ""):
        remember(text)
    return user, password


def query(url: str) -> str:
    """Return the query of an address, which every request carries on; empty when there is none."""
    found = _parts(url).query
    for pair in found.split("&"):
        remember(pair.partition("=")[2])
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
    private = _PRIVATE.search(name) is not None
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
        private = argument.startswith("--") and _PRIVATE.search(option) is not None and not equals
        secret = argument.startswith("--") and _PRIVATE.search(option) is not None and value
        shown.append(f"{option}={HIDDEN}" if secret else hide(argument))
    return shown
