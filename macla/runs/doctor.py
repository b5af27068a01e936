"""``macla doctor``: is this installation what a run needs?"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from macla import plugins
from macla.benchmarks.base import Benchmark, SelfChecking
from macla.config import Config
from macla.errors import InfrastructureError, UserError
from macla.models.bench import sample_step
from macla.models.create import create
from macla.models.malformed import Malformed
from macla.models.settings import ModelSettings
from macla.models.usage import Ledger
from macla.models.useless import sentence, tally
from macla.models.vllm import around
from macla.runs.assemble import make_benchmark
from macla.runs.cluster import describe
from macla.runs.directory import versions
from macla.secrets import bare_url


class Finding(NamedTuple):
    """One check and what it found."""

    ok: bool
    what: str
    text: str


def examine(config: Config) -> Iterator[Finding]:
    """Yield one finding a check; a failing check never stops the others."""
    yield Finding(True, "packages", ", ".join(f"{name} {version}" for name, version in versions().items()))
    for group in (plugins.BENCHMARKS, plugins.METHODS, plugins.MODELS, plugins.CONFIGS):
        for name, wrong in plugins.broken(group).items():
            yield Finding(False, f"plug-in {name}", wrong)
    benchmark: list[Benchmark] = []

    def data() -> str:
        benchmark.append(make_benchmark(config))
        return ", ".join(f"{split} {len(benchmark[0].tasks(split))}" for split in benchmark[0].splits())

    yield _check(f"{config.env_name} data", data)
    if benchmark and isinstance(benchmark[0], SelfChecking):
        yield _check(f"{config.env_name} engine", benchmark[0].self_check)
    yield _check("encoder", lambda: f"{config.encoder.kind}: {_similarity(config):.2f} between two near texts")
    yield _check("model", lambda: _model(config.model))
    for url in config.model.urls if len(config.model.urls) > 1 else ():
        alone = config.model.model_copy(update={"base_url": url})
        yield _check(f"model at {bare_url(url)}", partial(_model, alone))
    if config.runner.kind == "ray":
        yield _check("ray", lambda: describe(config.runner))


def _model(asked: ModelSettings) -> str:
    with around(asked) as settings, create(settings.model_copy(update={"cache": None, "record": None})) as model:
        if settings.backend != "replay":  # a recording answers what it was asked
            _check_answers(model)
        return ", ".join(f"{key} {value}" for key, value in model.identity().items())


def _check_answers(model: Ledger) -> None:
    """Raise InfrastructureError when the model's answer to a zero-shot step is of no use: its runs would look bad."""
    request = sample_step(0)
    (reply,) = model.ask([request])
    if isinstance(reply, Malformed):
        counted = tally({request.purpose: {"requests": 1, "malformed": 1}}, [reply])
        raise InfrastructureError(f"{model.name}: {sentence(counted)}")


def _similarity(config: Config) -> float:
    first, second = config.encoder.create().encode(["take the book from the shelf", "pick up a book off the shelf"])
    return float(first @ second)


def _check(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(True, what, look())
    except (UserError, InfrastructureError) as error:
        return Finding(False, what, str(error))
