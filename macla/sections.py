"""The sections of the configuration that are small and depend on no method, model or benchmark."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, field_validator, model_serializer, model_validator

from macla.encoder import Cached, Hashing, MiniLM, SentenceTransformers
from macla.experiment import Section
from macla.files import home
from macla.minilm import packaged


class EncoderConfig(Section):
    """Which text encoder φ embeds contexts and descriptors."""

    kind: Literal["minilm", "hashing"]
    model: str = ""

    def create(self) -> Cached:
        """Return the encoder, with its cache of vectors (on disk under ``$MACLA_HOME`` where a model computes them)."""
        if self.kind == "hashing":
            return Cached(Hashing())
        if self.model:
            encoder = SentenceTransformers(self.model)
            return Cached(encoder, home() / "embeddings", encoder.content)
        packaged()  # missing weights are found now, not after hours of work
        return Cached(MiniLM(), home() / "embeddings" / "numpy")  # one up lie torch's, with other last bits


class RunnerConfig(Section):
    """How the work is spread: over this machine, or over a Ray."""

    kind: Literal["local", "ray"] = "local"
    workers: int | None = Field(ge=1)
    """Episodes, or tasks of a Ray, at a time; None: as many as the Ray has CPUs."""
    retries: int = Field(ge=0)
    batch: int = Field(ge=1)
    address: str = ""
    """Of a Ray that runs; empty: one is started on this machine."""
    cpus: float = Field(1, gt=0)
    """What a task asks of a Ray."""
    shared: bool = True
    """Whether all nodes of a Ray see the folder of runs."""
    cells: int = Field(1, ge=1)
    """Cells of a table at a time on this machine, each a process: while one model is waited for, others may ask it."""

    @model_validator(mode="after")
    def _counted(self) -> "RunnerConfig":
        if self.kind == "local" and self.workers is None:
            raise ValueError("workers is missing; type runner.workers=N")
        return self

    @model_serializer(mode="wrap")
    def _own(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what is of a Ray alone where there is none, and cells that follow one another."""
        values: dict[str, Any] = dump(self)
        silent = ["cells"] if self.cells == 1 else []
        silent += [] if self.kind == "ray" else ["kind", "address", "cpus", "shared"]
        return {key: value for key, value in values.items() if key not in silent}


class BuildConfig(Section):
    """Which expert trajectories memory is built from."""

    by: Literal["model", "embedded"] = "model"
    trajectories: Path | None = None
    split: str
    limit: int | None = Field(default=None, ge=1)
    resample: bool
    noise: float = Field(ge=0, lt=1)
    practice: int = Field(ge=0)
    attempts: int = Field(default=0, ge=0)
    per_task: int | None = Field(default=None, ge=1)

    def chosen(self) -> dict[str, Any]:
        """Return the part that a memory depends on; what is newer than many memories is left out at its default."""
        newer = {"attempts": 0, "trajectories": None, "per_task": None}
        unset = (key for key, default in newer.items() if getattr(self, key) == default)
        return self.model_dump(mode="json", exclude={"by", *unset})


class EvalConfig(Section):
    """Which tasks are evaluated and what is reported."""

    mode: Literal["frozen", "online"]
    tasks: tuple[str, ...] | Path | None = None
    """Ids, or a file of them; None: all of the split."""
    limit: int | None = Field(default=None, ge=1)
    success_at: tuple[int, ...] = ()

    @field_validator("tasks", mode="before")
    @classmethod
    def _as_texts(cls, value: Any) -> Any:
        """Take numbers for ids, too: some benchmarks number their tasks."""
        if isinstance(value, list | tuple):
            return tuple(str(one) if isinstance(one, int) else one for one in value)
        if isinstance(value, Mapping):
            raise ValueError("give ids ([id, …]) or a file of them")
        return (str(value),) if isinstance(value, int) else value


class TrackerConfig(Section):
    """Where runs are followed besides their own files (``configs/tracker/``)."""

    name: Literal["none", "mlflow", "wandb"] = "none"
    project: str = "macla"
    where: str = ""
    """MLflow: a folder or an address; W&B: online, offline or disabled."""


class SweepConfig(Section):
    """What a sweep is for (``macla eval -m``)."""

    objective: str = "success"
    """By what the best cell is told, and what a sweeper that searches is to raise."""

    @field_validator("objective")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in ("success", "score") and not name.startswith("measure."):
            raise ValueError(f"there is no objective {name}; there are success, score and measure.NAME")
        return name
