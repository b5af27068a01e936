"""The one way in which values computed from a state are kept: by their owner, until it changes."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Derived:
    """Values computed from the present state of their owner, who clears them whenever that state changes.

    Example: ``self.derived.get("plan", self._planned)`` computes the plan once.
    """

    def __init__(self) -> None:
        self._values: dict[Hashable, Any] = {}

    def get(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Return the value kept under ``key``, computing it when there is none."""
        if key not in self._values:
            self._values[key] = compute()
        return self._values[key]  # type: ignore[no-any-return]

    def clear(self) -> None:
        """Forget everything."""
        self._values.clear()
