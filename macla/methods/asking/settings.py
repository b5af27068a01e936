"""Every constant of asking, with its reason. The paper asks its model for all this and prints no numbers."""

from macla.experiment import Section
from macla.methods.settings import key


class AskingSettings(Section):
    """What a language model is asked where tasks name the things themselves (``memory.grounded=model``)."""

    readings: int = key(10, "ours", "worked readings of training tasks in the prompt, the same for all tasks", ge=0)
    common: float = key(
        0.1,
        "ours",
        "share of the training instructions from which on a word belongs to how tasks are worded",
        ge=0,
        le=1,
    )
    wording: float = key(
        0.2, "ours", "how much a word that is common counts beside a kind, for the readings that are shown", ge=0
    )
    looks: bool = key(True, "ours", "what memory's looks leave open is looked at, too, while there are steps to spare")
    looked_at: int = key(4, "ours", "things that the model chooses to look at first, where there are more", ge=1)
    examples: int = key(4, "ours", "answered training tasks shown before writing, the same for all tasks", ge=0)
    here: int = key(
        4,
        "ours",
        "answered training tasks of this place, the most similar ones, shown in place of those where there are any: a "
        "small model writes names that examples of other places have",
        ge=0,
    )
    reserve: int = key(4, "ours", "steps left for three statements and the end, where there is more to see", ge=0)
    candidates: int = key(4, "ours", "statements that are written and compared by what they give", ge=1)
    agree: int = key(
        1,
        "ours",
        "statements that give the same before no more are written: a small model's later ones are worse",
        ge=1,
    )
    close: float = key(
        0.75,
        "ours",
        "how alike a known name and one that a refusal quotes are, for the known one to be told",
        ge=0,
        le=1,
    )
    temperature: float = key(0.7, "ours", "of all but the first: a greedy model would write the same again", ge=0)
    odds: float = key(
        3.0,
        "ours",
        "candidates shown are at most so many times less likely than the likeliest, as demonstrators chose: a small "
        "model chooses badly among many",
        ge=1,
    )
    longest: int = key(8, "ours", "candidates of a choice that are shown, the likeliest first", ge=2)
