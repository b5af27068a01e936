"""Cloning as a method of its own: demonstrations imitated by a precondition tree and an argument model. Ours.

It stores what it learns as MACLA does and acts by the same loop, with all of the paper's mechanisms off: no posterior,
no gate, no contrast, no meta-procedures, no ontology. What MACLA is worth on a grounded task is what it adds to this.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from macla.methods.cloning.settings import CloningConstants
from macla.methods.cloning.settings import Settings as CloningSettings
from macla.methods.settings import MethodSettings

if TYPE_CHECKING:
    from macla.benchmarks.trajectory import Trajectory
    from macla.methods.base import Tools
    from macla.methods.cloning.handover import CloningHandOver
    from macla.methods.macla.learned import LearnedMacla
    from macla.methods.macla.settings import Settings as MaclaSettings


class Cloning:
    """Imitation of demonstrations, with nothing of the paper's."""

    name: ClassVar[str] = "cloning"
    Settings: ClassVar[type[MethodSettings]] = CloningSettings
    builds: ClassVar[bool] = True

    def __init__(self, settings: CloningSettings) -> None:
        self.settings = settings

    @staticmethod
    def handover(settings: "MaclaSettings") -> "CloningHandOver":
        """Return what takes grounded tasks over from MACLA."""
        from macla.methods.cloning.handover import CloningHandOver

        return CloningHandOver(settings.cloning)

    def build(self, trajectories: "Sequence[Trajectory]", tools: "Tools") -> "LearnedMacla":
        """Return what demonstrations give."""
        from macla.methods.macla.learned import LearnedMacla
        from macla.methods.macla.learning.build import build

        settings = self._stripped()
        made = build(trajectories, tools, settings, self._everything())
        return LearnedMacla(made.memory, composer=made.composer, tools=tools, settings=settings, handover=made.handover)

    def load(self, folder: Path, tools: "Tools") -> "LearnedMacla":
        """Return what was saved."""
        from macla.methods.macla.learned import LearnedMacla
        from macla.methods.macla.learning.metas import MetaComposer
        from macla.methods.macla.memory import directory

        settings, everything = self._stripped(), self._everything()
        memory, index = directory.load(folder, settings, tools.encoder)
        return LearnedMacla(
            memory,
            composer=MetaComposer(settings),
            tools=tools,
            settings=settings,
            handover=everything,
            index=index,
        )

    def _everything(self) -> "CloningHandOver":
        from macla.methods.cloning.handover import CloningHandOver

        return CloningHandOver(self.settings, everything=True)

    def _stripped(self) -> "MaclaSettings":
        """Return MACLA's settings with every mechanism off."""
        from macla.methods.macla.settings import Settings as MaclaSettings

        constants = {name: getattr(self.settings, name) for name in CloningConstants.model_fields}
        return MaclaSettings(
            theta_dup=self.settings.theta_dup,
            n_procedures=self.settings.n_procedures,
            k=self.settings.k,
            selection="similarity",
            metas=False,
            contrastive=False,
            choice_contrast=False,
            ontology=False,
            cloning=CloningConstants(**constants),
        )
