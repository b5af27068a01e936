"""MACLA: hierarchical Bayesian procedural memory for agents with a frozen language model.

As a library (``docs/library.md``): :func:`build` and :func:`evaluate` do what the commands do, :func:`load_runs`,
:func:`load_episodes` and :func:`load_memory` read what they wrote. All are imported when they are asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from macla.errors import InfrastructureError, UserError
    from macla.library import Evaluation, Memory, build, evaluate, load_episodes, load_memory, load_runs

__version__ = "0.2.0"
__all__ = [
    "Evaluation",
    "InfrastructureError",
    "Memory",
    "UserError",
    "__version__",
    "build",
    "evaluate",
    "load_episodes",
    "load_memory",
    "load_runs",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module("macla.errors" if name.endswith("Error") else "macla.library"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
