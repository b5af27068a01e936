"""Make the parts of a run from its configuration: benchmark, tools, method. Every process makes its own."""

from typing import Any, cast

from macla import plugins
from macla.benchmarks import registry
from macla.benchmarks.base import Benchmark, lexicon_for
from macla.benchmarks.supplied import supplied
from macla.benchmarks.wording import read_wordings
from macla.config import Config
from macla.encoder import Encoder
from macla.methods.base import Interface, Method, Tools
from macla.methods.reading import Reader
from macla.models.requests import FrozenModel
from macla.progress import Report, silent
from macla.spread import Spread, here


def make_benchmark(config: Config) -> Benchmark:
    """Return the benchmark, its options validated, its data and the tasks of ``env.instructions`` checked."""
    benchmark = registry.create(config.env_name, config.env_options)
    benchmark.check()
    make_wordings(config, benchmark)
    return benchmark


def make_wordings(config: Config, benchmark: Benchmark) -> dict[str, str]:
    """Return task id → the user's own words for it (``env.instructions``); empty where there are none."""
    return {} if config.instructions is None else read_wordings(config.instructions, benchmark)


def make_method(config: Config) -> Method:
    """Return the memory method with its settings."""
    method: Any = plugins.load(plugins.METHODS, config.memory.method, "memory method")
    return cast(Method, method(config.memory))


def make_tools(
    config: Config,
    benchmark: Benchmark,
    encoder: Encoder,
    model: FrozenModel,
    report: Report = silent,
    spread: Spread = here,
) -> Tools:
    """Return what the harness lends the configured method.

    Raises UserError when it asks for something that the benchmark does not supply.
    """
    return Tools(
        encoder=encoder,
        model=model,
        reader=Reader(lexicon_for(benchmark, language_model=model.is_language_model)),
        interface=Interface(benchmark.help, benchmark.example),
        seed=config.seed,
        report=report,
        spread=spread,
        **_asked_for(config, benchmark),
    )


def _asked_for(config: Config, benchmark: Benchmark) -> dict[str, Any]:
    """Return the one thing that a method asks for by ``asks_for``; nothing for all that do not."""
    what = getattr(make_method(config), "asks_for", None)
    return {what: supplied(benchmark, what, config.memory.name)} if what else {}
