"""Compose the configuration with Hydra, validate it with pydantic, fingerprint it."""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from macla.encoder import Cached, Hashing, MiniLM, SentenceTransformers
from macla.errors import UserError
from macla.methods.macla.acting.select import SelectSettings
from macla.methods.macla.equations.beta import Prior
from macla.methods.macla.equations.expected_utility import UtilitySettings, posteriors
from macla.methods.macla.equations.gate import ThresholdSettings, calibrated_threshold
from macla.methods.macla.equations.prior import fit_prior
from macla.methods.macla.learning.build import BuildSettings
from macla.methods.macla.learning.prune import PruneSettings
from macla.methods.macla.memory.meta import Skill
from macla.methods.macla.memory.store import Memory
from macla.models.settings import ModelSettings


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EncoderConfig(_Section):
    """Which text encoder φ embeds contexts and descriptors."""

    kind: Literal["minilm", "hashing"]
    model: str = ""

    def create(self) -> Cached:
        """Return the encoder, with its cache of vectors (on disk under ``$MACLA_HOME`` where a model computes them)."""
        if self.kind == "hashing":
            return Cached(Hashing())
        if self.model:
            return Cached(SentenceTransformers(self.model), home() / "embeddings")
        return Cached(MiniLM(), home() / "embeddings" / "numpy")  # one up lie torch's, with other last bits


class PriorConfig(_Section):
    """Beta(α₀, β₀)."""

    alpha0: float = Field(gt=0)
    beta0: float = Field(gt=0)


class PruningConfig(_Section):
    """Which utility decides what is dropped at capacity, and its constants (``paper.md §9``)."""

    rule: Literal["eq8", "eq10"]
    lambda_r: float
    lambda_f: float
    lambda_t: float
    tau: float = Field(gt=0)
    max_age: int = Field(ge=1)
    window: int = Field(ge=1)


class MemoryConfig(_Section):
    """The hyperparameters of ``paper.md §10``: how memory is built, and how it is read."""

    theta_dup: Annotated[float, Field(ge=0, le=1)] | Literal["mdl"]
    n_procedures: int = Field(ge=1)
    n_metas: int = Field(ge=0)
    k_fail: int = Field(ge=1)
    n_min: int = Field(ge=1)
    theta_meta: float = Field(gt=0, le=1)
    k_vocab: int = Field(ge=1)
    theta_sim: float = Field(ge=-1, le=1)
    pruning: PruningConfig
    prior: PriorConfig | Literal["empirical_bayes"]
    k: int = Field(ge=1)
    theta_conf: float | Literal["calibrated"]
    fallback_success: float = Field(ge=0, le=1)
    c_llm: float
    lambda_calib: float
    risk_similarity: float = Field(ge=-1, le=1)
    r_max: float
    c_fail: float
    lambda_info: float
    information: Literal["entropy", "variance", "ucb"]
    evidence_limit: float | None = Field(gt=0)
    selection: Literal["bayesian", "similarity"]
    contrastive: bool
    metas: bool
    ontology: bool
    explore: bool

    def construction(self) -> BuildSettings:
        """Return what memory construction depends on; the rest only matters when memory is read."""
        return BuildSettings(
            theta_dup=self.theta_dup,
            n_procedures=self.n_procedures,
            n_metas=self.n_metas,
            metas=self.metas,
            theta_meta=self.theta_meta,
            ontology=self.ontology,
            k_vocab=self.k_vocab,
            theta_sim=self.theta_sim,
            contrastive=self.contrastive,
            n_min=self.n_min,
            k_fail=self.k_fail,
            pruning=PruneSettings(**self.pruning.model_dump()),
        )

    def select(self, memory: Memory) -> SelectSettings:
        """Return the settings of retrieval and the gate; ``calibrated`` puts θ_conf at the fallback's value (Eq 13)."""
        return SelectSettings(
            k=self.k,
            theta_conf=self._calibrated(memory) if self.theta_conf == "calibrated" else self.theta_conf,
            risk_similarity=self.risk_similarity,
            bayesian=self.selection == "bayesian",
            metas=self.metas,
            explore=self.explore,
            theta_sim=self.theta_sim if self.ontology else None,
        )

    def utility(self, memory: Memory) -> UtilitySettings:
        """Return the constants of Eq 4; ``empirical_bayes`` fits the prior to what executions earned (Eq 18–20)."""
        if self.prior == "empirical_bayes":
            earned = [procedure.evidence.earned() for procedure in memory.procedures.values()]
            counts = np.array(earned, dtype=np.float64).reshape(-1, 2)
            prior = fit_prior(counts[:, 0], counts[:, 1])
        else:
            prior = Prior(self.prior.alpha0, self.prior.beta0)
        return UtilitySettings(
            r_max=self.r_max,
            c_fail=self.c_fail,
            lambda_info=self.lambda_info,
            information=self.information,
            evidence_limit=self.evidence_limit,
            alpha0=prior.alpha0,
            beta0=prior.beta0,
        )

    def _calibrated(self, memory: Memory) -> float:
        skills: list[Skill] = [*memory.procedures.values(), *memory.metas.values()]
        counts = np.array([skill.evidence.counts() for skill in skills], dtype=np.float64).reshape(-1, 2)
        alpha, beta = posteriors(counts[:, 0], counts[:, 1], self.utility(memory))
        settings = ThresholdSettings(self.r_max, self.c_fail, self.c_llm, self.lambda_calib)
        return calibrated_threshold(self.fallback_success, alpha, beta, settings)


class RunnerConfig(_Section):
    """How episodes are spread over this machine."""

    workers: int = Field(ge=1)
    retries: int = Field(ge=0)
    batch: int = Field(ge=1)


class BuildConfig(_Section):
    """Which expert trajectories memory is built from."""

    split: str
    limit: int | None = Field(default=None, ge=1)
    practice: int = Field(ge=0)


class EvalConfig(_Section):
    """Which tasks are evaluated and what is reported."""

    mode: Literal["frozen", "online"]
    limit: int | None = Field(default=None, ge=1)
    success_at: tuple[int, ...] = ()


class Row(_Section):
    """One row of a table: a variation of the configuration, and what the paper reports for it."""

    name: str
    overrides: tuple[str, ...] = ()
    memory: Literal["build", "none"] = "build"
    splits: tuple[str, ...] = ()
    """Splits of this row where they differ from the table's (another benchmark)."""
    parts: tuple[tuple[str, ...], ...] = ()
    """Further overrides, one set a part: each part is built and evaluated apart and all make one cell (folds)."""
    paper: dict[str, float] = {}
    """Split → the paper's figure, in percent."""
    paper_columns: dict[str, dict[str, float]] = {}
    """Split → column → the paper's figure, in the column's unit."""


class ExperimentConfig(_Section):
    """One table to reproduce (``configs/experiment/``)."""

    name: str
    """Name of the files under ``results/``."""
    title: str
    splits: tuple[str, ...]
    seeds: tuple[int, ...] = Field(min_length=1)
    rows: tuple[Row, ...] = Field(min_length=1)
    baseline: str | None
    """The row that the others are tested against, task by task; null when rows share no tasks."""
    columns: tuple[str, ...] = ()
    """Further measures to show (``docs/measures.md``)."""
    figure: str | None = None
    """A figure to draw from the runs as well."""
    paper_note: str = ""


SET_BY_PRACTICE = {"theta_conf", "fallback_success", "c_llm", "lambda_calib", "explore"}
"""The keys of the memory's section that practice overrides: it has no gate and explores."""


class Config(_Section):
    """Everything a run depends on."""

    env: dict[str, Any]
    """``name`` and the adapter's own options, which the adapter validates."""
    model: ModelSettings
    encoder: EncoderConfig
    memory: MemoryConfig
    runner: RunnerConfig
    build: BuildConfig
    eval: EvalConfig
    experiment: ExperimentConfig | None
    seed: int
    runs: Path

    @property
    def env_name(self) -> str:
        """The benchmark's name."""
        return str(self.env["name"])

    @property
    def env_options(self) -> dict[str, Any]:
        """The adapter's options."""
        return {key: value for key, value in self.env.items() if key != "name"}

    def construction(self) -> dict[str, Any]:
        """Return the part that a memory depends on."""
        parts = self.model_dump(mode="json", include={"env", "encoder", "build", "seed"})
        parts["model"] = self.model.answering()
        memory = asdict(self.memory.construction())
        if self.build.practice:  # practice also depends on how memory is read, and on its batches
            memory = {**self.memory.model_dump(mode="json", exclude=SET_BY_PRACTICE), "batch": self.runner.batch}
        return {**parts, "memory": memory}

    def evaluation(self) -> dict[str, Any]:
        """Return the part that the episodes of an evaluation depend on."""
        parts = self.model_dump(mode="json", include={"env", "encoder", "memory", "seed"})
        parts["model"] = self.model.answering()
        online = {"batch": self.runner.batch} if self.eval.mode == "online" else {}
        return {**parts, "mode": self.eval.mode, **online}


def home() -> Path:
    """Return the folder for data and caches: ``$MACLA_HOME`` or ``~/.cache/macla``."""
    return Path(os.environ.get("MACLA_HOME", "~/.cache/macla")).expanduser()


def config_folder() -> Path:
    """Return the folder of the Hydra tree: inside an installed wheel, or beside the sources."""
    package = Path(__file__).parent
    installed = package / "_configs"
    return installed if installed.is_dir() else package.parent / "configs"


def compose(overrides: Sequence[str]) -> Config:
    """Return the validated configuration; any mistake in ``overrides`` is a UserError of one line."""
    from hydra import compose as hydra_compose
    from hydra import initialize_config_dir
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    try:
        with initialize_config_dir(str(config_folder()), version_base="1.3"):
            composed = OmegaConf.to_container(hydra_compose("config", list(overrides)), resolve=True)
    except (HydraException, OmegaConfBaseException) as error:
        raise UserError(plain(error)) from None
    return validate(composed)


def validate(values: Any) -> Config:
    """Return the configuration that ``values`` (nested dicts) describe; UserError names the first bad key."""
    try:
        return Config.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        what = "unknown key" if first["type"] == "extra_forbidden" else first["msg"].lower()
        raise UserError(f"{key}: {what}; macla config prints the keys and their values") from None


def fingerprint(values: Any) -> str:
    """Return 12 hex digits that depend on every value, not on the order of keys."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:12]


def plain(error: Exception) -> str:
    """Return Hydra's message as one line, without its advice to prefix + (which is refused here anyway)."""
    text = str(error).split("Config search path")[0]
    lines = [line.strip().removeprefix("In 'config': ").rstrip(".") for line in text.splitlines() if line.strip()]
    noise = ("To append", "Set the env", "full_key", "object_type", "See https")
    kept = [line for line in lines if not line.startswith(noise)]
    return "; ".join([*kept, "macla config prints the keys and their values"])
