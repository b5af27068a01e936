"""What a memory is built from: samples with and without replacement, and experts that err."""

from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from macla.benchmarks.slips import Erring, Slips
from macla.config import compose
from macla.methods.macla.memory.store import Memory
from macla.progress import silent
from macla.runs.assemble import make_benchmark
from macla.runs.build import build_memory
from macla.runs.demonstrations import Shown, collect, demonstrations
from macla.runs.inspect import load_alone

SMALL = ["env=toy", "encoder=hashing", "env.n_train=40"]


def shown(*overrides: str) -> Shown:
    config = compose([*SMALL, *overrides])
    return collect(config, make_benchmark(config), silent)


def test_resampled_demonstrations_repeat_with_the_seed_and_hold_some_twice():
    first, again, other = (shown("build.resample=true", f"seed={seed}").trajectories for seed in (0, 0, 1))
    assert first == again
    assert {one.task_id for one in first} != {one.task_id for one in other}
    assert len(first) == len(other) == 40
    times = Counter(one.task_id.partition("#")[0] for one in first)
    assert 18 <= len(times) <= 32  # 1 - 1/e of 40 is 25
    assert len({one.task_id for one in first}) == 40
    for one in first:
        name, _, number = one.task_id.partition("#")
        assert int(number or 1) <= times[name]
        assert one.model_copy(update={"task_id": name}) == first[[each.task_id for each in first].index(name)]


def test_a_limit_says_how_many_are_drawn():
    assert len(shown("build.resample=true", "build.limit=6").trajectories) == 6


def test_of_several_trajectories_of_a_task_the_first_ones_are_taken():
    class Twice:
        """A benchmark whose experts do each task twice."""

        def __init__(self, whole):
            self.whole = whole

        def __getattr__(self, name):
            return getattr(self.whole, name)

        def experts(self, tasks, *, seed):
            for one in self.whole.experts(tasks, seed=seed):
                yield one
                yield one.model_copy(update={"source": "again"})

    def sources(*overrides):
        config = compose([*SMALL, "build.limit=5", *overrides])
        found = collect(config, Twice(make_benchmark(config)), silent).trajectories
        return [(one.task_id, one.source == "again") for one in found]

    everything = sources()
    assert len(everything) == 10
    assert sources("build.per_task=1") == [(task, again) for task, again in everything if not again]
    assert sources("build.per_task=2") == everything


def test_what_is_there_twice_is_evidence_twice(tmp_path: Path):
    def memory(*overrides: str) -> Memory:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        config = compose(
            [*SMALL, "env.jobs=[fire]", "env.fire=1", "env.n_train=2", *overrides, f"runs={tmp_path}/runs"]
        )
        build_memory(config, folder)
        return load_alone(folder).memory

    seed = next(s for s in range(9) if len({t.task_id[:10] for t in drawn(s)}) == 1)
    once = memory(f"seed={seed}", "build.limit=1")
    twice = memory(f"seed={seed}", "build.resample=true")
    assert [source.task.partition("#")[2] for source in twice.sources] == ["", "2"]
    shares = [{p.evidence.shown_success for p in each.procedures.values()} for each in (once, twice)]
    assert shares == [{1}, {2}]


def drawn(seed: int) -> list:
    return shown("env.jobs=[fire]", "env.n_train=2", "build.resample=true", f"seed={seed}").trajectories


def test_without_noise_experts_do_what_they_always_did():
    config = compose(SMALL)
    benchmark = make_benchmark(config)
    assert shown() == Shown(list(benchmark.experts(benchmark.tasks("train"), seed=0)), 0)


def test_noise_makes_three_steps_of_ten_wrong_and_most_is_still_done():
    noise = ("env.n_train=200", "env.careful=1", "env.fire=1", "env.glue=1", "env.rivet=1", "build.noise=0.3")
    first, again = shown(*noise), shown(*noise)
    assert first == again
    steps = sum(len(one.steps) for one in first.trajectories)
    assert first.wrong_steps / steps == pytest.approx(0.3, abs=0.05)
    assert sum(one.success for one in first.trajectories) / 200 >= 0.85


def test_scripts_go_on_after_a_wrong_command_and_the_environment_says_how_they_end():
    benchmark = make_benchmark(compose(SMALL))
    script = SimpleNamespace(experts=benchmark.experts, make=benchmark.make)
    assert isinstance(benchmark, Erring)
    assert not isinstance(script, Erring)
    tasks, slips = benchmark.tasks("train"), Slips(0.3, 0, benchmark.help, benchmark.lexicon)
    erring = list(demonstrations(script, tasks, 0, slips))
    wrong = 0
    for task, plain, noisy in zip(tasks, benchmark.experts(tasks, seed=0), erring, strict=True):
        due, given = [step.action for step in plain.steps], iter(step.action for step in noisy.steps)
        done = [action for action in due if action in given]  # consumes what stands between
        assert done == due[: len(done)]
        wrong += len(noisy.steps) - len(done)
        env = benchmark.make(task, seed=0)
        env.reset(seed=0)
        for step in noisy.steps:
            observation, *_, info = env.step(step.action)
            assert step.observation == observation
        assert noisy.success is info["success"]
    assert wrong == slips.made > 40


def test_a_build_says_how_many_steps_were_wrong(tmp_path: Path):
    config = compose([*SMALL, "build.noise=0.3", f"runs={tmp_path}"])
    assert build_memory(config, None)["wrong_steps"] == shown("build.noise=0.3").wrong_steps > 20
