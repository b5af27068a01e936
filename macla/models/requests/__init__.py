"""Everything the method asks a frozen model: one typed request and one typed reply per purpose.

Requests carry text and enumerated candidates, so a reply is always checkable: a language model chooses among what
was really observed. Nothing else in the harness calls a model.
"""

from macla.models.requests.acting import Act, Action, Ground, Grounding, Write, Written
from macla.models.requests.base import FrozenModel, R, Reply, Request
from macla.models.requests.learning import (
    Abstraction,
    AbstractSegment,
    ContextView,
    Contrast,
    Contrasted,
    ControlChoice,
    DistilPolicy,
    Policy,
    Segmentation,
    SegmentTrajectory,
    Span,
    StepView,
)
from macla.models.requests.reading import ParseTask, ReadRequest, TaskReading, Thing, Things, WorkedReading, WorkedTask

__all__ = [
    "AbstractSegment",
    "Abstraction",
    "Act",
    "Action",
    "ContextView",
    "Contrast",
    "Contrasted",
    "ControlChoice",
    "DistilPolicy",
    "FrozenModel",
    "Ground",
    "Grounding",
    "ParseTask",
    "Policy",
    "R",
    "ReadRequest",
    "Reply",
    "Request",
    "SegmentTrajectory",
    "Segmentation",
    "Span",
    "StepView",
    "TaskReading",
    "Thing",
    "Things",
    "WorkedReading",
    "WorkedTask",
    "Write",
    "Written",
]
