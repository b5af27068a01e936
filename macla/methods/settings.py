"""Settings of memory methods: every constant declared once, beside its user, with its source and its reason."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel, Field, field_validator, model_validator

from macla.experiment import Section


def key(default: Any, source: str, reason: str, **constraints: Any) -> Any:
    """Return the field of a setting: its default, where that comes from (a place in the paper, or ``ours``), and why.

    ``constraints`` are pydantic's (``ge=0`` …). Example: ``k: int = key(10, "ours", "why", ge=1)``.
    """
    made = {"default_factory": default} if isinstance(default, type) else {"default": default}
    return Field(**made, description=reason, json_schema_extra={"source": source}, **constraints)


class MethodSettings(Section):
    """What every method's settings begin with: the ``memory`` section of the configuration."""

    method: str = key(..., "ours", "name of the method: an entry point of macla.methods")
    name: str = key("", "ours", "what tables and folders call this memory: the choice of configs/memory")

    @model_validator(mode="before")
    @classmethod
    def _called_as_the_method(cls, values: Any) -> Any:
        """Name a memory whose settings name none after its method."""
        if isinstance(values, dict) and values.get("method") and "name" not in values:
            return {**values, "name": cls.model_fields["name"].default or values["method"]}
        return values

    @field_validator("name")
    @classmethod
    def _names_a_folder(cls, name: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name):
            raise ValueError(f"{name!r} cannot name a folder; letters, digits, - and _ can")
        return name

    def construction(self, practice: bool) -> dict[str, Any]:
        """Return the part that a build depends on; all of it unless a method knows better.

        ``practice``: whether episodes are played while building, so that how memory is read matters too.
        """
        return self.model_dump(mode="json")

    def lasting(self, practice: bool) -> dict[str, Any]:
        """Return the construction without keys that may differ when the memory is read, though building used them."""
        return self.construction(practice)


class Explained(NamedTuple):
    """One setting, with where it comes from."""

    key: str
    value: Any
    source: str
    reason: str


def explain(settings: BaseModel, prefix: str = "") -> Iterator[Explained]:
    """Yield every setting with its value, source and reason; groups of settings are taken apart."""
    for name, field in type(settings).model_fields.items():
        value, path = getattr(settings, name), f"{prefix}{name}"
        if isinstance(value, BaseModel):
            yield from explain(value, f"{path}.")
            continue
        if field.description is None and name in MethodSettings.model_fields:
            field = MethodSettings.model_fields[name]  # whose default alone a method changes
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        yield Explained(path, value, str(extra.get("source", "")), field.description or "")


def dotted(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested settings as one level, keys joined by dots: ``{"a": {"b": 1}}`` gives ``{"a.b": 1}``."""
    result: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            result.update(dotted(value, f"{prefix}{name}."))
        else:
            result[f"{prefix}{name}"] = value
    return result
