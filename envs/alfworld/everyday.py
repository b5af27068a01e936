"""Everyday words for ALFWorld's kinds: what a person may call them who does not know the world's own names.

No word stands for two kinds, and none is or holds another kind's name, so that what is meant can be told. A kind
without a synonym that is safe is spelled plainly ("alarm clock"), which the world never does either.
"""

import re
from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, ...]] = {
    "ArmChair": ("recliner",),
    "BasketBall": ("basket ball",),
    "Bathtub": ("tub",),
    "BathtubBasin": ("bath",),
    "Book": ("paperback", "volume"),
    "Boots": ("wellingtons",),
    "Bowl": ("soup dish",),
    "Box": ("carton",),
    "Bread": ("loaf",),
    "ButterKnife": ("butter spreader",),
    "CD": ("compact disc",),
    "Cabinet": ("cupboard",),
    "Candle": ("wax light",),
    "Cart": ("trolley",),
    "CellPhone": ("mobile phone", "smartphone"),
    "Cloth": ("rag",),
    "CoffeeMachine": ("coffee maker", "espresso maker"),
    "CoffeeTable": ("cocktail table",),
    "CounterTop": ("counter", "worktop"),
    "CreditCard": ("bank card", "payment card"),
    "Cup": ("teacup",),
    "Curtains": ("drapes",),
    "Desk": ("writing table",),
    "DeskLamp": ("reading lamp", "study light"),
    "DiningTable": ("dinner table",),
    "DishSponge": ("scouring pad", "washing-up sponge"),
    "Dresser": ("bureau",),
    "Egg": ("hen's egg",),
    "FloorLamp": ("standing lamp",),
    "Footstool": ("footrest",),
    "Fork": ("dinner fork",),
    "Fridge": ("refrigerator", "icebox"),
    "GarbageCan": ("bin", "trash can"),
    "Glassbottle": ("glass bottle",),
    "HandTowel": ("hand towel",),
    "HandTowelHolder": ("hand-towel ring",),
    "HousePlant": ("potted plant",),
    "Kettle": ("teakettle",),
    "KeyChain": ("set of keys", "keyring"),
    "Knife": ("carving knife", "kitchen knife"),
    "Ladle": ("soup scoop",),
    "Laptop": ("notebook computer", "portable computer"),
    "LaundryHamper": ("laundry basket",),
    "LaundryHamperLid": ("hamper cover",),
    "Lettuce": ("head of lettuce",),
    "LightSwitch": ("wall switch",),
    "Microwave": ("microwave oven",),
    "Mirror": ("looking glass",),
    "Mug": ("coffee mug", "tankard"),
    "Newspaper": ("daily paper", "gazette"),
    "Ottoman": ("pouf",),
    "Painting": ("framed picture",),
    "Pan": ("skillet", "frying pan"),
    "PaperTowel": ("sheet of kitchen paper",),
    "PaperTowelRoll": ("kitchen roll",),
    "Pen": ("ballpoint", "biro"),
    "Pencil": ("lead pencil",),
    "PepperShaker": ("pepper mill",),
    "Pillow": ("cushion",),
    "Plate": ("platter", "dinner plate"),
    "Plunger": ("drain plunger",),
    "Poster": ("wall print",),
    "Pot": ("stockpot", "cooking pot"),
    "Potato": ("spud",),
    "RemoteControl": ("remote", "TV clicker"),
    "Safe": ("strongbox", "vault"),
    "SaltShaker": ("salt cellar",),
    "ScrubBrush": ("scrubbing brush",),
    "Shelf": ("shelving unit",),
    "ShowerDoor": ("shower entrance",),
    "ShowerGlass": ("shower screen",),
    "SideTable": ("nightstand", "end table"),
    "Sink": ("washstand",),
    "SinkBasin": ("washbasin", "washbowl"),
    "SoapBar": ("bar of soap", "cake of soap"),
    "SoapBottle": ("soap dispenser",),
    "Sofa": ("couch", "settee"),
    "Spatula": ("turner", "pancake flipper"),
    "Spoon": ("tablespoon",),
    "SprayBottle": ("spritzer",),
    "Statue": ("sculpture", "figurine"),
    "StoveBurner": ("hob", "cooker ring"),
    "StoveKnob": ("stove dial",),
    "TVStand": ("TV console", "media console"),
    "TeddyBear": ("stuffed bear", "plush bear"),
    "Television": ("TV", "telly"),
    "TennisRacket": ("racquet",),
    "TissueBox": ("packet of tissues",),
    "Toaster": ("toasting machine",),
    "Toilet": ("lavatory", "loo"),
    "ToiletPaper": ("bathroom tissue",),
    "ToiletPaperHanger": ("loo-roll holder",),
    "ToiletPaperRoll": ("loo roll",),
    "Towel": ("bath towel",),
    "TowelHolder": ("towel-rail",),
    "Vase": ("flower vase",),
    "Watch": ("wristwatch", "timepiece"),
    "Window": ("windowpane",),
    "WineBottle": ("bottle of wine",),
}
"""Kind, as folders of games spell it → what people call it."""

INSIDE = frozenset(
    {"BathtubBasin", "Box", "Cabinet", "Drawer", "Fridge", "GarbageCan", "LaundryHamper", "Microwave", "Safe", "Sink",
     "SinkBasin", "Toaster"}
)  # fmt: skip
"""Receptacles that things lie in; on all others they lie on top."""

_PLURALS = {"loaf": "loaves", "knife": "knives", "shelf": "shelves", "brush": "brushes", "potato": "potatoes",
            "tomato": "tomatoes", "box": "boxes", "disc": "discs"}  # fmt: skip


def names(kind: str) -> tuple[str, ...]:
    """Return what people call a kind; its plain spelling where nothing else is known.

    >>> names("AlarmClock")
    ('alarm clock',)
    """
    return WORDS.get(kind) or (" ".join(re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]*", kind)).lower(),)


def plural(name: str) -> str:
    """Return the name of several: the head of "set of keys" is "set", of "carving knife" "knife".

    >>> plural("set of keys"), plural("carving knife"), plural("teacup")
    ('sets of keys', 'carving knives', 'teacups')
    """
    head, of, rest = name.partition(" of ")
    before, blank, noun = head.rpartition(" ")
    many = _PLURALS.get(noun) or (noun + "es" if noun.endswith(("s", "x", "ch", "sh")) else noun + "s")
    return f"{before}{blank}{many}{of}{rest}"


def article(name: str) -> str:
    """Return the name with "a" or "an"."""
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
