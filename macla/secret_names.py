"""Which names say that what they hold is secret: ``OPENAI_KEY``, ``hfToken``, ``session.cookie``, ``--pwd``."""

import re

_BOUNDARY = re.compile(r"[\W_]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_STEM = re.compile(r"passw|passphrase|passcode|secret|credential|authori[sz]ation|(?:api|access|private|auth)key")
"""What a word of such a name holds, wherever."""
_ANYWHERE = frozenset({"auth", "oauth", "bearer", "cookie", "cookies", "pwd"})
_AT_THE_END = frozenset({"key", "keys", "token", "pass", "pat", "jwt"})
"""Words that say it only as the last one: ``key_frames``, ``token_ids`` and ``pass_through`` hold no secret."""
_PAIR = re.compile(r"\b(?:(?:api|access|private) key|(?:access|api|auth|bearer|hf|hub) token)")
_HARMLESS = re.compile(
    r"\b(?:bos|eos|pad|unk|sep|cls|mask|max|min|per|stop|start|end|first|last|next|image|special) ?token$"
    r"|\b(?:tokens|public|cache|sort|order|group|primary|foreign|partition) ?keys?$|\b(?:first|second|last|per) pass$"
)
"""Special tokens of a vocabulary, counts, and keys that are known to everybody."""


def says_secret(name: str) -> bool:
    """Whether a name of a key, a variable or an option says that its value is secret."""
    words = [word.lower() for word in _BOUNDARY.split(name) if word]
    joined = " ".join(words)
    if not words or _HARMLESS.search(joined):
        return False
    named = not _ANYWHERE.isdisjoint(words) or words[-1] in _AT_THE_END or words[-1].endswith("token")
    return named or _STEM.search(joined) is not None or _PAIR.search(joined) is not None
