"""What cloning keeps in a memory beside its procedures."""

from dataclasses import dataclass, field

from macla.methods.cloning.argument_model import ArgumentModel
from macla.methods.cloning.invariants import Invariants
from macla.methods.cloning.statements.part_model import PartModel
from macla.models.requests import WorkedTask


@dataclass
class Cloned:
    """How arguments are filled, what all demonstrators have in common, and what statements are made of."""

    arguments: ArgumentModel = field(default_factory=ArgumentModel)
    invariants: Invariants = field(default_factory=Invariants)
    parts: PartModel = field(default_factory=PartModel)
    worked: tuple[WorkedTask, ...] = ()
    """What training tasks named, and how they were answered: worked examples for a language model."""
