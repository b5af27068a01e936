"""The settings of ALFWorld."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from envs.alfworld.lexicon import Grammar
from macla.benchmarks.base import of_evaluation
from macla.files import home


class AlfworldOptions(BaseModel):
    """``env.*`` of the configuration (``configs/env/alfworld.yaml``)."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    data: Literal["generated", "official"] = "generated"
    root: Path | None = Field(None, description="official: the folder that holds json_2.1.1")
    data_dir: Path | None = Field(None, description="generated: where games are written")
    n_train: int = Field(1000, ge=0)
    n_seen: int = Field(140, ge=0)
    n_unseen: int = Field(134, ge=0)
    generator_seed: int = 0
    drift: float | None = Field(None, ge=0, le=1, description="generated: share of evaluated games with things moved")
    grammar: Grammar = "0.4.2"
    phrasing: Literal["templates", "reworded"] = of_evaluation("templates", "how tasks outside train are worded")
    engine: Literal["compiled", "textworld"] = "compiled"
    horizon: int = Field(50, ge=1)
    show_admissible: bool = False
    recordings: Path | None = Field(None, description="recorded episodes, a second source of experts")
    incomplete: bool = Field(False, description="official: play a split although games of it are missing or broken")

    @property
    def counts(self) -> dict[str, int]:
        """How many games to generate per official split folder."""
        return {"train": self.n_train, "valid_seen": self.n_seen, "valid_unseen": self.n_unseen}

    @property
    def folder(self) -> Path:
        """Where generated games are written."""
        return self.data_dir if self.data_dir is not None else home() / "alfworld"
