"""MACLA as a method: what the harness sees of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from macla.methods.macla.settings import Settings as MaclaSettings
from macla.methods.settings import MethodSettings

if TYPE_CHECKING:
    from macla.benchmarks.trajectory import Trajectory
    from macla.methods.base import Tools
    from macla.methods.macla.learned import LearnedMacla


class Macla:
    """The paper's method: segments of trajectories become procedures with Beta posteriors, selected by Eq 4."""

    name: ClassVar[str] = "macla"
    Settings: ClassVar[type[MethodSettings]] = MaclaSettings
    builds: ClassVar[bool] = True

    def __init__(self, settings: MaclaSettings) -> None:
        self.settings = settings

    @property
    def acts_by(self) -> str:
        """Who takes the steps: code that executes procedures, or the model that is shown them (``memory.act``)."""
        return "prompt" if self.settings.act == "notes" else "code"

    def build(self, trajectories: "Sequence[Trajectory]", tools: "Tools") -> "LearnedMacla":
        """Return the memory that trajectories give (``docs/spec/paper.md §3``)."""
        from macla.methods.macla.handover import find
        from macla.methods.macla.learned import LearnedMacla
        from macla.methods.macla.learning.build import build

        made = build(trajectories, tools, self.settings, find(self.settings, tools.model.is_language_model))
        return LearnedMacla(
            made.memory, composer=made.composer, tools=tools, settings=self.settings, handover=made.handover
        )

    def load(self, folder: Path, tools: "Tools") -> "LearnedMacla":
        """Return the memory in a directory; what recurs is watched anew."""
        from macla.methods.macla.handover import find
        from macla.methods.macla.learned import LearnedMacla
        from macla.methods.macla.learning.metas import MetaComposer
        from macla.methods.macla.memory import directory

        # before the events are read: it makes its own kinds of event known
        handover = find(self.settings, tools.model.is_language_model)
        memory, index = directory.load(folder, self.settings, tools.encoder)
        return LearnedMacla(
            memory,
            composer=MetaComposer(self.settings),
            tools=tools,
            settings=self.settings,
            handover=handover,
            index=index,
        )
