"""What to say of a refused statement beside the refusal: which names are known where it made one up."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

_QUOTED = re.compile(r"'([^']+)'")
_NAME = re.compile(r"[^\W\d]\w*")


def with_known_names(refusal: str, known: Sequence[str], close: float) -> str:
    """Return a refusal with the known names that are like those it quotes, or else with the things there are.

    Args:
        refusal: The feedback to a statement.
        known: What was seen, a line a thing with its parts: ``pets: PetID PRI, PetType``.
        close: How alike two names are (0 to 1, their letters in order) of which one may be meant by the other.

    Returns:
        The refusal as it is where it quotes nothing that is unknown.

    Example:
        >>> with_known_names("no column 'pet_type'", ["pets: PetID PRI, PetType"], 0.75)
        "no column 'pet_type' (known here: PetType)"
        >>> with_known_names("no table 'shop.pet_of'", ["pets: PetID PRI, PetType"], 0.75)
        "no table 'shop.pet_of' (known here: pets)"
    """
    lines = [line.split(": ", 1) for line in known if ": " in line]
    names = {_plain(name): name for line in lines for part in line for name in _NAME.findall(part)}
    unknown = [quoted.rsplit(".", 1)[-1] for quoted in _QUOTED.findall(refusal)]
    unknown = [name for name in unknown if _NAME.fullmatch(name) and name not in names.values()]
    if not unknown or not names:
        return refusal
    alike = [names[one] for name in unknown for one in get_close_matches(_plain(name), names, cutoff=close)]
    things = [thing for thing, _ in lines if _NAME.fullmatch(thing)]
    return f"{refusal.rstrip()} (known here: {', '.join(dict.fromkeys(alike or things))})"


def _plain(name: str) -> str:
    """Return a name without what spellings differ in."""
    return re.sub(r"[\W_]", "", name).casefold()
