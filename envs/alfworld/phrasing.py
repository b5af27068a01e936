"""Tasks in words that training never says (``env.phrasing=reworded``): other verbs, other names, other order.

What is asked for stays the same; a game's goal is never touched. Which pattern and which names a task gets depends on
its id alone, so that every run, however it is spread over workers, reads the same sentence.
"""

from collections.abc import Mapping

from envs.alfworld.everyday import INSIDE, article, names, plural
from envs.alfworld.games import Game
from macla.seeding import python_rng

CAVEAT = "tasks are worded by a generator of paraphrases that training never saw (env.phrasing=reworded)"

_PLACE = (
    "place {a} {at}.",
    "take {a} over to {place} and leave it there.",
    "{at}, set down {a}.",
    "there should be {a} {at} when you finish.",
    "I want {a} to end up {at}.",
    "could you drop {a} off {at}?",
    "get hold of {a} and deposit it {at}.",
    "fetch {a}; its new home is {at}.",
    "{place} is missing {a}: bring one there.",
    "please see to it that {a} gets left {at}.",
    "move {a} so that it rests {at}.",
    "somebody needs {a} {at}, so carry one over.",
)
_TREAT = (
    "{verb} {a} and leave it {at}.",
    "leave a {done} {name} {at}.",
    "{at}, set down a {done} {name}.",
    "there should be a {done} {name} {at} when you finish.",
    "I want {a} {at}, but {verb} it first.",
    "before {a} gets left {at}, {verb} it.",
    "could you {verb} {a} and drop it off {at}?",
    "get hold of {a}, {verb} it and deposit it {at}.",
    "fetch {a}; once it is {done}, its new home is {at}.",
    "{place} is missing a {done} {name}: bring one there.",
    "please see to it that a {done} {name} ends up {at}.",
    "take {a}, {verb} it, then carry it over to {place} and leave it there.",
)
_TWO = (
    "place a pair of {names} {at}.",
    "take a couple of {names} over to {place} and leave both there.",
    "{at}, set down a pair of {names}.",
    "there should be a pair of {names} {at} when you finish.",
    "I want {a} and then another {name} to end up {at}.",
    "could you drop a couple of {names} off {at}?",
    "get hold of {a}, deposit it {at}, then do the same with a second {name}.",
    "fetch a pair of {names}; the new home of both is {at}.",
    "{place} is missing a couple of {names}: bring them there.",
    "please see to it that a couple of {names} get left {at}.",
    "move a pair of {names} so that both rest {at}.",
    "somebody needs a couple of {names} {at}, so carry them over.",
)
_LOOK = (
    "inspect {a} by the light of {lamp}.",
    "switch on {lamp} and inspect {a} beneath it.",
    "hold {a} up to {lamp} while that is on.",
    "once {lamp} is lit, study {a} there.",
    "bring {a} to {lamp} and turn that on to see it well.",
    "I would like to see {a} in the glow of {lamp}.",
    "could you check {a} by the light of {lamp}?",
    "get hold of {a} and study it in the glow of {lamp}.",
    "{lamp} should shine on {a} that you are holding.",
    "please view {a} while {lamp} is on.",
    "let {lamp} light up {a} in your hand.",
    "carry {a} over to {lamp}, then switch that on.",
)
_TREATED = {
    "pick_clean_then_place_in_recep": (("wash", "washed"), ("rinse", "rinsed"), ("scrub", "scrubbed")),
    "pick_heat_then_place_in_recep": (("warm", "warmed"), ("reheat", "reheated")),
    "pick_cool_then_place_in_recep": (("chill", "chilled"), ("refrigerate", "refrigerated")),
}
"""Task type → what is to be done with the thing first, and how it is called afterwards."""


def _treating(words: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    pairs = [(pattern, verb, done) for pattern in _TREAT for verb, done in words]
    return tuple(pattern.replace("{verb}", verb).replace("{done}", done) for pattern, verb, done in pairs)


PATTERNS: Mapping[str, tuple[str, ...]] = {
    "pick_and_place_simple": _PLACE,
    "pick_two_obj_and_place": _TWO,
    "look_at_obj_in_light": _LOOK,
    **{task_type: _treating(words) for task_type, words in _TREATED.items()},
}
"""Task type → sentences with places for the thing (``{a}`` "a teacup", ``{name}``, ``{names}``), the receptacle
(``{at}`` "on the counter", ``{place}`` "the counter") or the lamp (``{lamp}`` "the reading lamp")."""


def reworded(game: Game) -> str:
    """Return a paraphrase of a game's task, the same one whenever this game is asked for.

    E.g. for "put a clean mug in cabinet.": ``Fetch a coffee mug; once it is rinsed, its new home is in the cupboard.``
    """
    rng = python_rng(0, "phrasing", game.id)
    pattern = rng.choice(PATTERNS[game.task_type])
    name = rng.choice(names(game.params["object_target"]))
    kind = game.params["parent_target"] or game.params["toggle_target"]
    where = f"the {rng.choice(names(kind))}"
    sentence = pattern.format(
        a=article(name),
        name=name,
        names=plural(name),
        at=f"{'in' if kind in INSIDE else 'on'} {where}",
        place=where,
        lamp=where,
    )
    return sentence[0].upper() + sentence[1:]
