"""Where things tend to be, room by room: the generator's own parameters, rounded.

What may lie where comes from the package (``VAL_RECEPTACLE_OBJECTS``) and from the floor plans. This table only says
how strongly each kind of place attracts. A thing's chance to be in a receptacle is proportional to
``ATTRACTION[room][type of receptacle] * KIND_ATTRACTION[room][kind].get(type of receptacle, 1)``.
Rounded shares measured over the official states (ALFWorld json_2.1.1, MIT licence).
"""

from collections.abc import Mapping

Factors = Mapping[str, float]

ATTRACTION: Mapping[str, Factors] = {
    "kitchen": {
        "CounterTop": 1.0, "DiningTable": 2.0, "SideTable": 0.65, "Fridge": 1.4, "StoveBurner": 2.4,
        "CoffeeMachine": 2.6, "GarbageCan": 0.5, "SinkBasin": 0.45, "Microwave": 0.45, "Shelf": 0.35,
        "Cabinet": 0.21, "Drawer": 0.22,
    },
    "living": {
        "CoffeeTable": 1.0, "DiningTable": 1.3, "Dresser": 1.0, "Desk": 1.0, "Sofa": 0.9, "TVStand": 0.8,
        "Ottoman": 0.45, "SideTable": 0.4, "ArmChair": 0.35, "Shelf": 0.3, "Drawer": 0.12, "GarbageCan": 0.08,
        "Safe": 0.08, "Cabinet": 0.06,
    },
    "bedroom": {
        "Desk": 1.0, "Bed": 2.6, "DiningTable": 1.7, "CounterTop": 1.2, "Dresser": 1.0, "SideTable": 0.5,
        "Safe": 0.5, "Cabinet": 0.35, "ArmChair": 0.3, "Shelf": 0.2, "Drawer": 0.16, "GarbageCan": 0.15,
    },
    "bathroom": {
        "CounterTop": 1.0, "BathtubBasin": 1.8, "Dresser": 1.1, "Cart": 1.0, "Toilet": 0.75, "SideTable": 0.65,
        "Shelf": 0.6, "ToiletPaperHanger": 0.6, "SinkBasin": 0.4, "Cabinet": 0.42, "GarbageCan": 0.3,
        "Drawer": 0.2, "HandTowelHolder": 40.0, "TowelHolder": 20.0,
    },
}  # fmt: skip

KIND_ATTRACTION: Mapping[str, Mapping[str, Factors]] = {
    "kitchen": {
        "Apple": {"Microwave": 1.9, "CounterTop": 0.7},
        "Book": {"CounterTop": 2.0, "Cabinet": 0.6, "Drawer": 0.4, "Shelf": 0.3},
        "Bowl": {"Cabinet": 1.3, "CounterTop": 0.8},
        "Bread": {"CounterTop": 1.5, "DiningTable": 1.5, "Fridge": 0.5, "Microwave": 0, "GarbageCan": 0},
        "ButterKnife": {"CounterTop": 1.3, "Drawer": 0.4},
        "CreditCard": {"Drawer": 1.5, "CounterTop": 0.8},
        "DishSponge": {"Drawer": 1.7},
        "Egg": {"SinkBasin": 1.7, "Microwave": 1.7, "CounterTop": 0.7, "DiningTable": 0.6},
        "Glassbottle": {"Fridge": 0.6},
        "Kettle": {"Cabinet": 1.6, "CounterTop": 1.5, "StoveBurner": 0.7},
        "Ladle": {"CounterTop": 1.3, "Cabinet": 0.7},
        "Lettuce": {"DiningTable": 1.4, "GarbageCan": 0.1},
        "Pan": {"CounterTop": 2.8, "StoveBurner": 0.8, "Cabinet": 0.6},
        "Pen": {"Drawer": 1.4, "DiningTable": 1.2, "GarbageCan": 0.4},
        "Pencil": {"Drawer": 1.7, "CounterTop": 0.8},
        "Plate": {"Cabinet": 1.5, "Fridge": 0.5},
        "Pot": {"StoveBurner": 1.4, "Cabinet": 0.3},
        "Potato": {"CounterTop": 0.8},
        "SoapBottle": {"Drawer": 0.1},
        "Spoon": {"Drawer": 1.4, "CounterTop": 0.8},
        "SprayBottle": {"GarbageCan": 2.2, "Drawer": 0},
        "Statue": {"Shelf": 1.7, "CounterTop": 0.9, "DiningTable": 0.3},
        "Tomato": {"Fridge": 1.5, "Microwave": 0},
        "Vase": {"Shelf": 1.9, "CounterTop": 0.8},
        "WineBottle": {"CounterTop": 1.5, "DiningTable": 1.4, "Fridge": 0.1},
    },
    "living": {
        "Book": {"Dresser": 1.9, "CoffeeTable": 1.5, "SideTable": 0.5, "Drawer": 0.1},
        "Bowl": {"Shelf": 0.4},
        "Box": {"DiningTable": 2.0},
        "Candle": {"SideTable": 3.0, "CoffeeTable": 0.7, "DiningTable": 0.5},
        "KeyChain": {"Drawer": 1.9, "Sofa": 0.6},
        "Laptop": {"DiningTable": 1.4},
        "Newspaper": {"Drawer": 0.2},
        "Pen": {"CoffeeTable": 1.3, "DiningTable": 0.4},
        "Pencil": {"SideTable": 1.8, "DiningTable": 0.2},
        "Pillow": {"Sofa": 1.1, "ArmChair": 0.8},
        "Plate": {"DiningTable": 1.7, "CoffeeTable": 0.6},
        "TissueBox": {"CoffeeTable": 1.6, "Drawer": 0.3},
        "Vase": {"Shelf": 1.6, "DiningTable": 0.7, "CoffeeTable": 0.7},
        "Watch": {"Drawer": 1.8, "CoffeeTable": 0.8},
    },
    "bedroom": {
        "Bowl": {"Desk": 1.4, "Shelf": 1.3, "SideTable": 0.2},
        "CD": {"Shelf": 0.6},
        "CellPhone": {"Bed": 0.6},
        "CreditCard": {"Desk": 0.7},
        "KeyChain": {"Desk": 0.7},
        "Laptop": {"Bed": 1.2, "SideTable": 0},
        "Pen": {"Drawer": 0.7},
        "Pencil": {"Drawer": 0.7},
        "RemoteControl": {"Drawer": 2.0, "ArmChair": 0.4},
        "Statue": {"Shelf": 1.3, "Desk": 0.7},
        "TissueBox": {"Desk": 1.5, "SideTable": 0.6},
        "Vase": {"Shelf": 1.5, "SideTable": 0.4},
        "Watch": {"Shelf": 0.6},
    },
    "bathroom": {
        "Candle": {"Toilet": 1.3},
        "Cloth": {"Drawer": 2.1, "Cabinet": 1.8, "BathtubBasin": 1.4, "Toilet": 0.2},
        "DishSponge": {"Drawer": 1.9, "BathtubBasin": 0.7},
        "SoapBar": {"BathtubBasin": 0.6},
        "SoapBottle": {"Drawer": 0.3},
        "SprayBottle": {"Drawer": 0},
        "TissueBox": {"Shelf": 1.9, "CounterTop": 1.4, "Toilet": 0.2, "GarbageCan": 0},
    },
}

ALSO_IN: Mapping[str, frozenset[str]] = {
    "TeddyBear": frozenset({"Bed"}),
    "PaperTowelRoll": frozenset({"CounterTop", "DiningTable", "SideTable", "Shelf", "GarbageCan", "Toilet", "Cart"}),
    "Glassbottle": frozenset({"GarbageCan"}),
}
"""Places outside VAL_RECEPTACLE_OBJECTS in which official scenes start: takeable there, but not put back.
A TVStand likewise starts with what a table may carry."""

LOOSE: Mapping[str, Factors] = {
    "kitchen": {"Plate": 0.07, "Knife": 0.05, "Mug": 0.05, "Fork": 0.04, "Spoon": 0.04, "CreditCard": 0.04},
    "living": {"KeyChain": 0.2, "Box": 0.15, "WateringCan": 0.7, "Vase": 0.07, "RemoteControl": 0.06},
    "bedroom": {"Cloth": 1.0, "Box": 0.9, "TeddyBear": 0.25, "CD": 0.14, "RemoteControl": 0.1, "KeyChain": 0.06},
    "bathroom": {"ToiletPaper": 0.16, "PaperTowelRoll": 0.17, "Candle": 0.1, "SoapBottle": 0.08, "SoapBar": 0.06},
}
"""Chance that an instance lies in no receptacle at all, where the text game cannot reach it."""
LOOSE_ELSEWHERE = 0.01
ALWAYS_LOOSE = frozenset({"BaseballBat", "BasketBall", "TennisRacket", "Boots", "Plunger", "ScrubBrush", "Footstool"})

INSTANCES: tuple[float, ...] = (0.35, 0.33, 0.32)
"""Chance of 1, 2, 3 instances of a kind that the floor plan lists."""
FEWER_INSTANCES: Mapping[str, tuple[float, ...]] = {
    **dict.fromkeys(("TeddyBear", "PaperTowelRoll", "Box", "WateringCan", *sorted(ALWAYS_LOOSE)), (1.0, 0.0, 0.0)),
    **dict.fromkeys(("HandTowel", "Towel"), (0.85, 0.15, 0.0)),
    **dict.fromkeys(("Laptop", "Bread", "Pot"), (0.55, 0.33, 0.12)),
    **dict.fromkeys(("AlarmClock", "Book", "Kettle", "Plate", "Lettuce", "Newspaper"), (0.45, 0.34, 0.21)),
    **dict.fromkeys(("Pan", "Pillow"), (0.65, 0.3, 0.05)),
    "ToiletPaper": (0.0, 0.7, 0.3),
    "Vase": (0.2, 0.35, 0.45),
    "Statue": (0.3, 0.4, 0.3),
}

CAPACITY: Mapping[str, int] = dict.fromkeys(
    ("StoveBurner", "CoffeeMachine", "ToiletPaperHanger", "HandTowelHolder", "TowelHolder"), 1
)

PULL_SHAPE: Mapping[str, float] = {
    "CounterTop": 3.0, "DiningTable": 3.0, "Cabinet": 6.0, "Drawer": 6.0, "Shelf": 6.0,
}  # fmt: skip
"""Shape of the gamma draw (mean 1) that makes some places of a type busier than others in one floor plan; smaller is
more uneven. Types not named are all alike."""

COOL_IN_FRIDGE = 0.05
"""Chance that a coolable thing in the fridge is cold at the start."""
TARGET_CLOSED_IN: Factors = {"Cabinet": 0.35, "Drawer": 0.35, "Fridge": 0.8, "Microwave": 0.8, "Safe": 0.8}
"""Instances of the kind asked for are shut away less often than other things: a factor per type that opens."""
ALSO_IN_NEIGHBOUR = 0.35
"""Chance that a thing on a stove burner or a coffee machine also counts as being on what shares its location."""

FIXTURES: Mapping[str, Mapping[str, Factors]] = {
    "kitchen": {
        "HousePlant": {"CounterTop": 0.8, "DiningTable": 0.2},
        "Sink": {"": 0.88, "CounterTop": 0.12},
        "Window": {"": 0.94, "CounterTop": 0.06},
    },
    "living": {
        "HousePlant": {"": 0.4, "SideTable": 0.35, "CoffeeTable": 0.15, "DiningTable": 0.05, "TVStand": 0.05},
        "Television": {"TVStand": 0.35, "": 0.3, "Dresser": 0.25, "CoffeeTable": 0.1},
        "DeskLamp": {"SideTable": 0.9, "CoffeeTable": 0.1},
    },
    "bedroom": {
        "HousePlant": {"Shelf": 0.45, "Desk": 0.3, "": 0.15, "Dresser": 0.1},
        "Television": {"": 0.8, "Dresser": 0.2},
        "DeskLamp": {"Desk": 0.35, "SideTable": 0.3, "Dresser": 0.25, "Shelf": 0.1},
        "Mirror": {"": 0.94, "CounterTop": 0.03, "Dresser": 0.03},
        "Window": {"": 0.92, "Shelf": 0.08},
    },
    "bathroom": {
        "HousePlant": {"SideTable": 1.0},
        "Sink": {"": 0.85, "SinkBasin": 0.1, "CounterTop": 0.05},
        "Mirror": {"": 0.9, "CounterTop": 0.1},
    },
}
"""Where things that cannot be taken stand; the empty name is nowhere. Fixtures not named are nowhere."""
