"""Compose the configuration with Hydra, validate it with pydantic, fingerprint it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import SerializeAsAny, ValidationError, field_validator

from macla import plugins
from macla.benchmarks.base import TRAIN, options_of_evaluation
from macla.benchmarks.wording import content_hash
from macla.callers_hydra import set_aside
from macla.choices import GROUPS, check_choices, choices, config_folder, with_search_path, without_file
from macla.errors import UserError
from macla.experiment import ExperimentConfig, Section
from macla.files import fingerprint
from macla.methods.settings import MethodSettings
from macla.mistakes import invalid, keys_of, mistyped, plain, unknown_key
from macla.models.settings import ModelSettings
from macla.secrets import remember_typed
from macla.sections import BuildConfig, EncoderConfig, EvalConfig, RunnerConfig, SweepConfig, TrackerConfig

_OPEN = tuple(f"model.{section}{end}" for section in ("extra_body", "server.env", "options") for end in "=.")
"""How overrides begin of sections whose keys are not ours: of a server, of its environment, of another package."""


class Config(Section):
    """Everything a run depends on."""

    env: dict[str, Any]
    """``name`` and the adapter's own options, which the adapter validates."""
    model: ModelSettings
    encoder: EncoderConfig
    memory: SerializeAsAny[MethodSettings]
    """The memory method's own settings."""
    runner: RunnerConfig
    build: BuildConfig
    eval: EvalConfig
    tracker: TrackerConfig = TrackerConfig()
    sweep: SweepConfig = SweepConfig()
    experiment: ExperimentConfig | None
    seed: int
    runs: Path

    @field_validator("runs", mode="before")
    @classmethod
    def _named(cls, folder: Any) -> Any:
        """Refuse an empty name, which would be the folder that the user stands in."""
        if folder == "":
            raise ValueError("the folder is missing; type runs=DIR, or leave it out")
        return folder

    @property
    def env_name(self) -> str:
        """The benchmark's name."""
        return str(self.env["name"])

    @property
    def env_options(self) -> dict[str, Any]:
        """The adapter's options."""
        return {key: value for key, value in self.env.items() if key not in ("name", "instructions")}

    @property
    def instructions(self) -> Path | None:
        """The file that words tasks anew, whichever the benchmark (``env.instructions``)."""
        named = self.env.get("instructions")
        return None if named is None else Path(str(named))

    def written(self, kind: str, file: Path) -> Path:
        """Return where what a command finds out about a file goes: another file, or another benchmark, elsewhere."""
        content = content_hash(file) if file.is_file() else ""
        name = f"{self.env_name}-{file.stem}-{fingerprint([self.model_dump(mode='json')['env'], content])}.json"
        return self.runs / kind / name

    def for_building(self) -> "Config":
        """Return the same configuration with the model that builds (``build.by``) in the place of the one that acts."""
        if self.build.by == "model":
            return self
        build = self.build.model_copy(update={"by": "model"})
        return self.model_copy(update={"model": ModelSettings(), "build": build})

    def construction(self) -> dict[str, Any]:
        """Return the part that a memory depends on."""
        return self._building(self.memory.construction(self.build.practice > 0), self._worded())

    def lasting(self) -> dict[str, Any]:
        """Return the same without settings that may be changed when a memory is read, though building used them."""
        return self._building(self.memory.lasting(self.build.practice > 0), {})

    def _building(self, memory: dict[str, Any], worded: dict[str, str]) -> dict[str, Any]:
        parts = {**self.model_dump(mode="json", include={"encoder", "seed"}), "build": self.build.chosen()}
        if self.build.trajectories is not None:  # wherever it lies
            parts["build"]["trajectories"] = content_hash(self.build.trajectories, "build.trajectories")
        if self.build.attempts:
            parts["attempted_by"] = self.model.answering()
        parts["env"] = {**self._env(evaluated=self.build.split != TRAIN), **worded}
        batch = {"batch": self.runner.batch} if self.build.practice else {}  # of episodes that read one snapshot
        memory = {**memory, **batch, **self._source()}
        return {**parts, "model": self.for_building().model.answering(), "memory": memory}

    def evaluation(self) -> dict[str, Any]:
        """Return the part that the episodes of an evaluation depend on."""
        parts = self.model_dump(mode="json", include={"encoder", "memory", "seed"})
        parts["env"] = {**self._env(evaluated=True), **self._worded()}
        online = {"batch": self.runner.batch} if self.eval.mode == "online" else {}
        parts["memory"] |= self._source()
        return {**parts, "model": self.model.answering(), "mode": self.eval.mode, **online}

    def _env(self, *, evaluated: bool) -> dict[str, Any]:
        """Return the benchmark and its options, without those of evaluation that say nothing (at their default) or
        concern nobody (where nothing is evaluated).
        """
        own = options_of_evaluation(plugins.load(plugins.BENCHMARKS, self.env_name, "benchmark").Options)
        silent = {key for key, default in own.items() if not evaluated or self.env.get(key) == default}
        parts: dict[str, Any] = self.model_dump(mode="json", include={"env"})["env"]
        return {key: value for key, value in parts.items() if key not in {"instructions", *silent}}

    def _worded(self) -> dict[str, str]:
        """Return what tells one file of instructions from another; nothing where there is none."""
        return {} if self.instructions is None else {"instructions": content_hash(self.instructions)}

    def _source(self) -> dict[str, str]:
        """Return what tells one state of the file of an entered memory from another: changed, it is built anew."""
        file = plugins.source(self.memory.method)
        return {} if file is None else {"source": content_hash(file, "memory.method")}

    def without_memory(self) -> "Config":
        """Return the same configuration for the model alone."""
        return self.model_copy(update={"memory": memory_settings({"method": "none"})})


@contextmanager
def hydra_tree() -> Iterator[None]:
    """Make Hydra find our configuration tree, and know every installed memory method and model backend.

    Whatever a caller has initialised Hydra with is theirs again afterwards.
    """
    from hydra import initialize_config_dir

    with set_aside():
        _store_parts()
        with initialize_config_dir(str(config_folder()), job_name="macla", version_base="1.3"):
            yield


def _store_parts() -> None:
    """Put what can be chosen without a file of its own into Hydra's store of configurations."""
    from hydra.core.config_store import ConfigStore

    store, fileless = ConfigStore.instance(), without_file("memory")
    for name in plugins.names(plugins.METHODS):
        try:
            node = memory_settings({"method": name}).model_dump(mode="json")
        except UserError:
            node = {"method": name, "name": name}  # who chooses it is told what is wrong with it
        for group in ("memory/settings", *(("memory",) if name in fileless else ())):
            store.store(name=name, group=group, node=node, provider="macla")
    for name in without_file("model"):
        node = ModelSettings.model_construct(backend=name, name=name).model_dump(mode="json")
        store.store(name=name, group="model", node=node, provider="macla")


def compose(overrides: Sequence[str]) -> Config:
    """Return the validated configuration; any mistake in ``overrides`` is a UserError of one line."""
    overrides = ["tracker=none" if override == "tracker=null" else override for override in overrides]
    check_choices(overrides)
    if searched := next((override for override in overrides if override.startswith("search=")), None):
        raise UserError(f"{searched} is a sweep over many values; type macla eval -m {searched}")
    return composed(overrides)


def composed(overrides: Sequence[str]) -> Config:
    """Return the validated configuration of overrides whose choices were checked, as of a sweep's cell."""
    from hydra import compose as hydra_compose
    from omegaconf import OmegaConf

    with hydra_tree(), mistakes(overrides):
        made = OmegaConf.to_container(hydra_compose("config", with_search_path(opened(overrides))), resolve=True)
    return validate(made)


@contextmanager
def mistakes(overrides: Sequence[str]) -> Iterator[None]:
    """Turn whatever Hydra raises over these overrides into a UserError of one line; it has no class for some."""
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError  # type: ignore[import-untyped]  # installed with OmegaConf

    remember_typed(overrides)
    try:
        yield
    except YAMLError as error:
        raise UserError(f"a configuration file is no YAML: {' '.join(str(error).split())}") from None
    except (HydraException, OmegaConfBaseException) as error:
        told = mistyped(overrides, str(error))
        if told is None:
            told = unknown_key(overrides, _known_keys(overrides), lambda key: _owners(key, overrides))
        raise UserError(told or plain(error)) from None
    except (ValueError, TypeError, LookupError, AttributeError, AssertionError) as error:
        pairs = [override.partition("=")[::2] for override in overrides]
        for group, value in pairs:
            if "." not in group and "null" in value.split(","):
                raise UserError(
                    f"{group}={value}: null is no choice of {group}; name one (macla list), or leave {group}= out"
                ) from None
        raise UserError(f"{' '.join(overrides)}: {plain(error)}") from None


def opened(overrides: Sequence[str]) -> list[str]:
    """Return the overrides, such that those of sections with keys of their own may add keys (Hydra's ``++``)."""
    return [f"++{override}" if override.startswith(_OPEN) else override for override in overrides]


def _known_keys(overrides: Sequence[str]) -> list[str]:
    """Return every key of the configuration that the choices among ``overrides`` give."""
    from hydra import compose as hydra_compose
    from omegaconf import OmegaConf

    kept = (*GROUPS, "hydra.searchpath")
    chosen = [one for one in overrides if one.partition("=")[0] in kept and ("," not in one or "searchpath" in one)]
    made = OmegaConf.to_container(hydra_compose("config", with_search_path(chosen)))
    assert isinstance(made, dict)
    return [*keys_of({str(key): value for key, value in made.items()}), *GROUPS]


def _owners(key: str, overrides: Sequence[str]) -> list[str]:
    """Return which choices of the key's group have it: ``memory.prior.alpha0`` is one of ``memory=macla``."""
    group = key.partition(".")[0]
    if group == key or group not in GROUPS:
        return []
    others = [override for override in overrides if not override.startswith(f"{group}=")]
    typed = [f"{group}={name}" for name, _ in choices(group)]
    return [choice for choice in typed if key in _known_keys([*others, choice])]


def memory_settings(values: Mapping[str, Any]) -> MethodSettings:
    """Return the settings of the method that ``values`` name; UserError when there is none, or for a bad key.

    A method by its import path goes on being called so, whatever its class calls it: every process finds it by that.
    """
    called = str(values.get("method", ""))
    method = plugins.load(plugins.METHODS, called, "memory method")
    if not (hasattr(method, "name") and hasattr(method, "Settings")):
        raise UserError(f"memory method {called!r} has no name or no Settings; docs/arena.md says what a memory needs")
    own = {"method": method.name} if ":" in called else {}
    try:
        settings: MethodSettings = method.Settings.model_validate({**values, **own})
    except ValidationError as error:
        known = [f"memory.{name}" for name in method.Settings.model_fields]
        raise UserError(invalid(error, "memory.", known)) from None
    settings = settings.model_copy(update={"method": called})
    if settings.name != settings.method and settings.name in plugins.names(plugins.METHODS):
        mine, other = settings.method, settings.name
        raise UserError(f"memory.name={other} is another method's name; tables would show {mine} as it")
    return settings


def validate(values: Any) -> Config:
    """Return the configuration that ``values`` (nested dicts) describe; UserError names the first bad key."""
    for group, name in (("memory", "method"), ("env", "name")):
        if not isinstance(values, Mapping) or not isinstance(values.get(group), Mapping) or not values[group].get(name):
            raise UserError(f"{group} is missing; type {group}=NAME (macla list prints the names)")
    try:
        return Config.model_validate({**values, "memory": memory_settings(values["memory"])})
    except ValidationError as error:
        raise UserError(invalid(error, "", list(keys_of(values)))) from None


def read_config(folder: Path) -> Config:
    """Return the configuration in a run or memory directory; UserError when it is missing or does not read."""
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    path = folder / "config.yaml"
    if not path.is_file():
        raise UserError(f"{path} is missing; it belongs to every run")
    try:
        return validate(OmegaConf.to_container(_load_yaml(path)))
    except (ValueError, OmegaConfBaseException, UserError) as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise UserError(f"{path} does not read ({reason}); the same command writes it again") from None


def _load_yaml(path: Path) -> Any:
    """Return a YAML file; ValueError when it is none (YAML's own errors derive from Exception alone)."""
    from omegaconf import OmegaConf

    try:
        return OmegaConf.load(path)
    except Exception as error:
        raise ValueError(error) from None
