"""No setting takes a number without end, or none: every part of the configuration says so, not every field."""

import math
from collections.abc import Iterator
from types import UnionType
from typing import Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, ValidationError

from macla import plugins
from macla.config import Config, compose
from macla.errors import UserError
from macla.experiment import ExperimentConfig
from macla.models.settings import ModelSettings

ROOTS: list[type[BaseModel]] = [
    Config,
    ExperimentConfig,
    ModelSettings,
    *(plugins.load(plugins.METHODS, name, "method").Settings for name in plugins.names(plugins.METHODS)),
    *(plugins.load(plugins.BENCHMARKS, name, "benchmark").Options for name in plugins.names(plugins.BENCHMARKS)),
]


def models(kind: Any) -> Iterator[type[BaseModel]]:
    """Yield the models that a type is made of."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        kinds: list[Any] = [field.annotation for field in kind.model_fields.values()]
    else:
        kinds = list(get_args(kind))
    for inner in kinds:
        yield from models(inner)


def floats(model: type[BaseModel]) -> list[str]:
    """Return the fields that take a number with a point, alone or beside something else."""
    fields = model.model_fields.items()
    return [name for name, field in fields if float in (field.annotation, *_alternatives(field.annotation))]


def _alternatives(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else ()


ALL = list(dict.fromkeys(model for root in ROOTS for model in models(root)))


@pytest.mark.parametrize("model", ALL, ids=lambda model: f"{model.__module__}.{model.__name__}")
@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_every_float_of_the_settings_is_finite(model: type[BaseModel], number: float) -> None:
    assert model.model_config.get("allow_inf_nan") is False
    for name in floats(model):
        with pytest.raises(ValidationError) as error:
            model.model_validate({name: number})
        assert "finite_number" in [one["type"] for one in error.value.errors() if one["loc"][0] == name]


def test_sections_inside_of_sections_are_looked_at() -> None:
    assert {"PriorSettings", "ServerSettings", "Row", "ToyOptions"} <= {model.__name__ for model in ALL}
    assert sum(len(floats(model)) for model in ALL) > 20


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("memory.prior.alpha0=inf", "memory.prior.alpha0: input should be a finite number"),
        ("model.temperature=inf", "model.temperature: input should be a finite number"),
        ("model.timeout_s=nan", "model.timeout_s: input should be a finite number"),
        ("model.extra_body={x: inf}", "model.extra_body: x is inf, which no request can carry"),
        ("model.extra_body={x: {y: [1, nan]}}", "model.extra_body: x.y is nan, which no request can carry"),
        ("model.options={x: inf}", "model.options: x is inf, which no request can carry"),
        ("runner.workers=inf", "runner.workers: input should be a finite number"),
    ],
)
def test_a_number_without_end_is_one_line(typed: str, told: str) -> None:
    with pytest.raises(UserError) as error:
        compose(["env=toy", "model=endpoint", "model.id=m", typed])
    assert str(error.value).startswith(told)
