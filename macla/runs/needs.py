"""What a run needs besides a memory: a model that answers, data, a split. Found out before any work."""

from dataclasses import dataclass, field

from macla.benchmarks.base import Benchmark
from macla.benchmarks.splits import split_named
from macla.config import Config
from macla.files import fingerprint
from macla.models.create import create
from macla.models.settings import ModelSettings
from macla.models.vllm import check_server
from macla.runs.assemble import make_benchmark
from macla.runs.cluster import check_runner
from macla.runs.tasks import named_tasks


@dataclass
class Checked:
    """What was found to be there, so that many configurations ask for the same only once."""

    model: ModelSettings | None = None
    benchmarks: dict[str, Benchmark] = field(default_factory=dict)
    """By their part of the configuration: reading a benchmark's data takes longer than finding a finished run."""

    def benchmark(self, config: Config) -> Benchmark:
        """Return the benchmark of a configuration, made and checked at the first call."""
        key = fingerprint(config.env)
        if key not in self.benchmarks:
            self.benchmarks[key] = make_benchmark(config)
        return self.benchmarks[key]


def check_needs(config: Config, split: str, checked: Checked) -> None:
    """Raise UserError when the model, the data, the split or a task is missing; no server of ours is started for it."""
    check_runner(config.runner)
    check_model(config, checked)
    benchmark = checked.benchmark(config)
    named_tasks(benchmark, split_named(benchmark, split), config.eval.tasks)


def check_build(config: Config, checked: Checked) -> None:
    """Raise UserError when what a memory of this configuration is built from is missing: model, data or split."""
    building = config if config.build.attempts else config.for_building()
    check_model(building, checked)
    checked.benchmark(building).tasks(split_named(checked.benchmark(building), config.build.split))


def check_model(config: Config, checked: Checked) -> None:
    """Raise UserError when the model does not answer, or there is no vLLM to start it with."""
    if config.model == checked.model:
        return
    if config.model.autostart:
        check_server(config.model)
    else:
        create(config.model).close()
    checked.model = config.model
