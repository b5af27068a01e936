"""Online evaluation: tasks after a change of the world are played last, whatever the seed."""

from pathlib import Path

from macla.config import compose
from macla.methods.macla.memory.events import Practised
from macla.runs.assemble import make_benchmark
from macla.runs.build import build_memory
from macla.runs.evaluate import evaluate
from macla.runs.inspect import load_alone


def test_what_comes_after_the_change_is_played_last_and_measured_apart(tmp_path: Path):
    small = ["env=toy", "env.jobs=[mend]", "encoder=hashing", "env.n_train=12", "env.n_seen=16", "env.drift=0.5"]
    config = compose([*small, "eval.mode=online", "runner.batch=4", "runner.workers=1", f"runs={tmp_path}"])
    memory = Path(build_memory(config, None)["memory"])
    summary = evaluate(config, "seen", memory, None)
    events = load_alone(Path(summary["run"]) / "memory").memory.events
    order = [name for event in events if isinstance(event, Practised) for name in event.tasks]
    changed = {task.id: task.changed for task in make_benchmark(config).tasks("seen")}
    flags = [changed[name] for name in order]
    assert len(flags) == 16
    assert 3 < sum(flags) < 13
    assert flags == sorted(flags)
    counted = {name: figure["n"] for name, figure in summary["measures"].items()}
    assert counted == {"success_before_change": 16 - sum(flags), "success_after_change": sum(flags)}
