"""Fixed rules for the workshop: look into holders as listed, take the piece, mind what is said of it, do the work.

Of several ways to do the work the one that the help lists first is taken: which is better only experience tells.
"""

import re

from envs.toy.lexicon import HELP, ToyLexicon
from macla.benchmarks.supplied import Script

_WAYS: dict[str, str] = {}
"""Kind of station → the first command of the help that ends with it."""
for _line in HELP.splitlines():
    if _found := re.search(r"\{(\w+)\}$", _line):
        _WAYS.setdefault(_found[1], re.sub(r"\{\w+\}", "{}", _line))


def script(lexicon: ToyLexicon, task: str, room: str) -> Script:
    """Play one task, whose instruction names a kind of piece and a kind of station."""
    places = [mention.name for mention in lexicon.mentions(room)]
    words = task.strip(".").split()
    piece, said = "", ""
    for holder in places:
        seen = yield f"go to {holder}"
        piece = next((mention.name for mention in lexicon.mentions(seen) if mention.type in words), "")
        if piece:
            said = yield f"take {piece} from {holder}"
            break
    if "damp" in said:
        yield f"wipe {piece}"
    while "not full" in said:
        yield "go to well 1"
        said = yield f"fill {piece} at well 1"
    station = next(place for place in places if place.split()[0] in words)
    yield f"go to {station}"
    yield _WAYS[station.split()[0]].format(piece, station)
