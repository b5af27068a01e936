"""What a benchmark may supply for fair opponents of a memory: a few fixed rules, and what is admissible.

Either is lent to the one method that asks for it (``Method.asks_for``) and to no other.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, Literal, Protocol, runtime_checkable

from macla import plugins
from macla.benchmarks.base import Benchmark
from macla.benchmarks.wording import admissible_in_words
from macla.errors import UserError

Script = Generator[str, str, None]
"""An episode by rule: yields an action, is sent the observation that follows, and so on."""
What = Literal["rules", "admissible"]


@runtime_checkable
class Ruled(Protocol):
    """A benchmark that supplies a few fixed rules: what its interface is worth without learning.

    Example:
        ::

            def rules(self, task: str, observation: str) -> Script:
                observation = yield "go to shelf 1"
                yield "take cup 1 from shelf 1" if "cup 1" in observation else "look"
    """

    def rules(self, task: str, observation: str) -> Script:
        """Return the script of one episode from the instruction and the first observation.

        Of the benchmark it uses the lexicon alone. When it ends before the episode does, the steps left are lost.

        Args:
            task: The instruction.
            observation: The first observation.

        Returns:
            A generator of actions, which is sent the observation after each.
        """
        ...


@runtime_checkable
class Listing(Protocol):
    """A benchmark whose engine can list the commands that do something now.

    Example:
        ``def admissible(self, env): return sorted(env.engine.commands())``
    """

    def admissible(self, env: Any) -> Sequence[str]:
        """Return the admissible commands of an environment, in a fixed order.

        Args:
            env: Made by :meth:`Benchmark.make`.

        Returns:
            Action strings; one agent is told them, no other.
        """
        ...


SUPPLIERS: Mapping[What, type[Any]] = {"rules": Ruled, "admissible": Listing}
_IN_WORDS: Mapping[What, str] = {"rules": "rules", "admissible": "admissible commands"}


def supplied(benchmark: Benchmark, what: What, memory: str) -> Callable[..., Any]:
    """Return what a benchmark supplies; UserError names the installed benchmarks that do where it does not."""
    if what == "admissible" and isinstance(benchmark, Listing):
        listing = benchmark.admissible
        return lambda env: admissible_in_words(env, listing(env.unwrapped))
    if isinstance(benchmark, SUPPLIERS[what]):
        return getattr(benchmark, what)  # type: ignore[no-any-return]
    able = [name for name in plugins.names(plugins.BENCHMARKS) if _supplies(name, what)]
    wanted, others = _IN_WORDS[what], ", ".join(able) or "none"
    raise UserError(f"memory={memory}: {benchmark.name} supplies no {wanted}; these do: {others}")


def _supplies(name: str, what: What) -> bool:
    try:
        return issubclass(plugins.load(plugins.BENCHMARKS, name, "benchmark"), SUPPLIERS[what])
    except UserError:  # one that does not load supplies nothing
        return False
