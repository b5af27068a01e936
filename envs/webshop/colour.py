"""The official colour normalisation of option values (``docs/spec/webshop.md §6``)."""

_NAMES = """
alabaster apricot aqua ash asphalt azure banana beige black blue blush bordeaux bronze brown burgundy camel camo
caramel champagne charcoal cheetah chestnut chocolate christmas coffee cognac copper coral cranberry cream crystal
dark denim eggplant elephant espresso fuchsia gold granite grape graphite grass gray green grey heather indigo ivory
ivy khaki lavender lemon leopard light lilac lime magenta maroon mauve merlot midnight mint mocha multicolor mushroom
mustard natural navy nude olive orange peach pewter pink plum purple rainbow red rose royal rust sand sapphire
seashell silver skull slate steel stone stonewash sunflower tan taupe teal tiger turquoise violet walnut wheat white
wine yellow
"""
COLOURS = tuple(_NAMES.split())
"""In the official order, which decides: the first that occurs in a value stands for it."""


def normalize_colour(value: str | tuple[str, str]) -> str | tuple[str, str]:
    """Return the first colour found in ``value``, else ``value``.

    In a string a colour is found as a substring (``'tailored'`` is ``'red'``). Synthetic goals pass (group, value)
    pairs, where the official code's ``in`` means equality with either part.
    """
    return next((colour for colour in COLOURS if colour in value), value)
