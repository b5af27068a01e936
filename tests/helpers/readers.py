"""A benchmark with and without its reader of instructions (``macla.benchmarks.base.ReadsRequests``)."""

import json
import subprocess
import sys

_EPISODE = """
import json, sys

class Deleted:
    def find_spec(self, name, path=None, target=None):
        if name.startswith("envs.") and name.rpartition(".")[2].startswith("reader"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Deleted())
from macla.benchmarks import registry

name, options, task, actions = json.loads(sys.argv[1])
benchmark = registry.create(name, options)
env = benchmark.make(benchmark.find(task), seed=0)
seen, info = env.reset(seed=0)
texts = [seen]
for action in actions:
    seen, *_, info = env.step(action)
    texts.append(seen)
try:
    benchmark.reading_lexicon()
    reads = True
except ModuleNotFoundError:
    reads = False
mentions = [benchmark.lexicon.mentions(text) for text in (info["task"], *texts)]
print(json.dumps({"texts": texts, "score": info["score"], "mentions": mentions, "reads": reads}))
"""


def texts(trajectory):
    """Return the observations of a trajectory."""
    return [trajectory.first_observation, *(step.observation for step in trajectory.steps)]


def assert_lexicon_reads_observations_alone(benchmark, trajectories):
    """Check that the lexicon finds nothing in instructions, and elsewhere what the one that reads them finds."""
    pure, reading = benchmark.lexicon, benchmark.reading_lexicon()
    assert trajectories
    for trajectory in trajectories:
        assert pure.mentions(trajectory.task) == []
        assert reading.mentions(trajectory.task) or benchmark.name == "intercode_sql"  # questions need not name a thing
        for text in texts(trajectory):
            start = text.find(trajectory.task)
            end = start + len(trajectory.task) if start >= 0 else -1
            outside = [m for m in reading.mentions(text) if not (start <= m.start and m.end <= end)]
            assert pure.mentions(text) == outside
    assert any(pure.mentions(text) for text in texts(trajectories[0]))


def assert_played_without_reader(benchmark, options, trajectory):
    """Check that a process which cannot import the reader plays, reads and scores a trajectory all the same."""
    told = [benchmark.name, options, trajectory.task_id, [step.action for step in trajectory.steps]]
    command = [sys.executable, "-c", _EPISODE, json.dumps(told)]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    seen = texts(trajectory)
    assert (found["texts"], found["score"], found["reads"]) == (seen, trajectory.score, False)
    mentions = [benchmark.lexicon.mentions(text) for text in seen]
    assert found["mentions"] == [[], *([list(mention) for mention in its] for its in mentions)]
