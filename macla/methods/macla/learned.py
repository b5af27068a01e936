"""A memory of MACLA, learned or loaded: it acts by Algorithm 1 and learns from episodes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock

import numpy as np

from macla.methods.base import Tools
from macla.methods.episode import Episode
from macla.methods.macla.acting.notes import Noted
from macla.methods.macla.acting.select import Selector
from macla.methods.macla.algorithm1 import Algorithm1
from macla.methods.macla.equations.beta import mean
from macla.methods.macla.handover import HandOver, check
from macla.methods.macla.learning.metas import MetaComposer
from macla.methods.macla.learning.practice import Practice
from macla.methods.macla.memory import directory
from macla.methods.macla.memory.index import Index
from macla.methods.macla.memory.prior import prior_of
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import Settings


class LearnedMacla:
    """See :class:`macla.methods.base.Learned`."""

    def __init__(
        self,
        memory: Memory,
        *,
        composer: MetaComposer,
        tools: Tools,
        settings: Settings,
        handover: HandOver | None,
        index: Index | None = None,
    ) -> None:
        self.memory = memory
        self.tools = tools
        self.settings = settings
        self.handover = handover
        self.practice = Practice(memory, composer, tools, handover)
        self._index = index
        self._selectors: dict[bool, Selector] = {}
        """Whether gated → the selector of the memory as it is now; dropped when it learns."""
        self._lock = Lock()

    def tasks(self) -> frozenset[str]:
        """Return the ids of the tasks that were demonstrated or practised."""
        return frozenset({source.task for source in self.memory.sources} | self.memory.practised)

    def actor(self, *, practising: bool = False) -> Algorithm1 | Noted:
        """Return Algorithm 1 for one episode, or the model with notes (``memory.act=notes``).

        Practice has no gate: a failure of a procedure is what it is for, and a zero-shot step teaches nothing. With
        one (``departures.gated_practice``), a procedure that falls below θ_conf before it has failed ``n_min`` times is
        never contrasted. Practice also explores.
        """
        explore = practising or self.settings.explore
        if self.settings.act == "notes":
            return Noted(self._selector(gated=True), self.tools)
        check(self.settings, self.tools.model.is_language_model)
        gated = not practising or self.settings.departures.gated_practice
        return Algorithm1(self._selector(gated=gated), self.tools, self.handover, explore=explore)

    def absorb(self, episodes: Sequence[Episode]) -> None:
        """Credit, refine, compose and prune (Algorithm 1, l.18-27)."""
        self.practice.absorb(episodes)
        self._selectors.clear()
        self._index = None

    def save(self, folder: Path) -> None:
        """Write the event log, the vectors and the readable state."""
        more = self.handover.state(self.memory) if self.handover is not None else {}
        directory.save(folder, self.memory, self.tools.encoder, more)

    def figures(self) -> Mapping[str, float]:
        """Return the sizes of the memory, and the mean and the spread of its posterior means."""
        counts, prior = self.memory.counts(), prior_of(self.memory, self.settings)
        means = mean(counts[:, 0] + prior.alpha0, counts[:, 1] + prior.beta0) if len(counts) else np.zeros(1)
        return {
            "n_segments": sum(procedure.support for procedure in self.memory.procedures.values()),
            "n_procedures": len(self.memory.procedures),
            "n_metas": len(self.memory.metas),
            "posterior_mean": round(float(means.mean()), DECIMALS),
            "posterior_sd": round(float(means.std()), DECIMALS),
        }

    def describe(self, name: str | None = None) -> list[str]:
        """Return the procedures and meta-procedures, a line each, or one of them in full."""
        from macla.methods.macla.report.show import describe

        return describe(self.memory, self.handover, name)

    def _selector(self, *, gated: bool) -> Selector:
        with self._lock:
            if self._index is None:
                self._index, _ = self.memory.embed(self.tools.encoder)
            if gated not in self._selectors:
                encoder = self.tools.encoder
                self._selectors[gated] = Selector(self.memory, self._index, encoder, self.settings, gated=gated)
            return self._selectors[gated]


DECIMALS = 6
"""Of the posterior's figures."""
