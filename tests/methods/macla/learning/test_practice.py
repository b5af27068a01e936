"""Learning from the agent's own episodes."""

from macla.methods.macla.learning.build import BuildSettings
from macla.methods.macla.learning.metas import Composer
from macla.methods.macla.learning.practice import Experience, Learner
from macla.methods.macla.memory.events import Defined, Extracted
from macla.methods.macla.memory.segment import Context, Execution
from macla.methods.macla.memory.store import Memory
from macla.models.embedded import Embedded


def test_a_memory_that_goes_on_learning_counts_its_episodes_on(segment, kinds):
    memory = Memory()
    memory.apply(Defined(segment=segment()))
    memory.apply(Extracted(procedure="p1", segment=0, source=0, kinds=kinds))
    lived = Execution(procedure="p1", success=False, context=Context(text="", facts=(), steps=(), after=()))
    for expected in ([1, 2, 3], [1, 2, 3, 4, 5, 6]):
        learner = Learner(memory, Composer(0.15, 50), Embedded(), BuildSettings())
        learner.absorb([Experience("a goal", (lived,), False)] * 3)
        assert learner.episodes == 3
        assert [context.episode for context in memory.procedures["p1"].failed_in] == expected
