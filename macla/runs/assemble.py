"""Make the parts of a run from its configuration: benchmark, memory, agent. Every process makes its own."""

from dataclasses import dataclass
from pathlib import Path

from macla.benchmarks import registry
from macla.benchmarks.base import Benchmark
from macla.config import Config
from macla.encoder import Encoder
from macla.methods.belief import Reader
from macla.methods.macla.acting.select import Selector
from macla.methods.macla.algorithm1 import Agent, Interface
from macla.methods.macla.memory import directory
from macla.methods.macla.memory.index import Index
from macla.methods.macla.memory.store import Memory
from macla.models.requests import FrozenModel


def make_benchmark(config: Config) -> Benchmark:
    """Return the benchmark, its options validated and its data checked."""
    benchmark = registry.create(config.env_name, config.env_options)
    benchmark.check()
    return benchmark


@dataclass(frozen=True)
class Learned:
    """A memory ready to be read."""

    memory: Memory
    index: Index


def load_memory(folder: Path) -> Learned:
    """Return the memory in a directory; UserError when it does not load."""
    memory, index, _ = directory.load(folder)
    return Learned(memory, index)


def make_agent(
    config: Config, benchmark: Benchmark, learned: Learned | None, encoder: Encoder, model: FrozenModel
) -> Agent:
    """Return an agent of ``model`` that reads a memory (None: without memory)."""
    selector = None
    if learned is not None:
        settings, utility = config.memory.select(learned.memory), config.memory.utility(learned.memory)
        selector = Selector(learned.memory, learned.index, encoder, settings, utility)
    interface = Interface(benchmark.help, benchmark.example)
    return Agent(Reader(benchmark.lexicon), model, interface, selector)
