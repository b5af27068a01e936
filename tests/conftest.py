"""Small parts that many tests of the method need: segments made by hand, and memories learned in the toy world."""

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache

import pytest
from helpers.runs_to_read import decision, episode, frozen, played, run  # noqa: F401 fixtures of several folders
from hypothesis import settings

from envs.toy.benchmark import Toy
from macla.benchmarks.base import lexicon_for
from macla.encoder import Cached, Hashing
from macla.methods.base import Interface, Tools
from macla.methods.macla.handover import find
from macla.methods.macla.learning.build import build
from macla.methods.macla.memory.segment import Fact, Segment, SegmentSlot, SegmentStep, StepKey
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import Settings
from macla.methods.reading import Reader
from macla.models.embedded import Embedded

settings.register_profile("repeatable", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("repeatable")


def make_segment(
    *steps: tuple[str, tuple[str, ...], tuple[Fact, ...]],
    goal: str = "fire a <0> in <1>.",
    milestone: tuple[str, tuple[str, ...]] = ("fire {} in {}", ("<0>", "<1>")),
    before: tuple[Fact, ...] = (Fact("<0>", "did: take it from …"), Fact("<1>", "untouched")),
    at_milestone: tuple[Fact, ...] = (),
    after: tuple[Fact, ...] = (Fact("<0>", "did: fire it in …"),),
    slots: tuple[SegmentSlot, ...] = (SegmentSlot(name="<0>"), SegmentSlot(name="<1>")),
) -> Segment:
    """Return a segment; a step is (verb, slots, facts known right before it). Slots may be texts, which are parsed."""
    return Segment(
        goal=goal,
        milestone=StepKey(*milestone),
        steps=tuple(SegmentStep(key=StepKey(verb, names), known=known) for verb, names, known in steps),
        before=before,
        at_milestone=at_milestone,
        after=after,
        slots=slots,
    )


def make_tools(benchmark, model=None, encoder=None):
    """Return what the harness lends a method: the stand-in, and an encoder of hashed words."""
    interface = Interface(benchmark.help, benchmark.example)
    model = model or Embedded()
    lexicon = lexicon_for(benchmark, language_model=model.is_language_model)
    return Tools(encoder or Cached(Hashing()), model, Reader(lexicon), interface)


@pytest.fixture(scope="session")
def tools():
    return make_tools


KINDS = {"<0>": "vase", "<1>": "kiln", "<a>": "shelf"}


@pytest.fixture(scope="session")
def segment() -> Callable[..., Segment]:
    return make_segment


@pytest.fixture
def kinds() -> dict[str, str]:
    return dict(KINDS)


@pytest.fixture(scope="session")
def toy() -> Callable[..., Toy]:
    def make(**options: object) -> Toy:
        return Toy(Toy.Options(**options))

    return make


@pytest.fixture(scope="session")
def hashing() -> Cached:
    return Cached(Hashing())


@cache
def _learned(**options: object) -> Memory:
    benchmark = Toy(Toy.Options(**options))
    trajectories = list(benchmark.experts(benchmark.tasks("train"), seed=0))
    return build(trajectories, make_tools(benchmark), Settings(), find(Settings())).memory


@pytest.fixture(scope="session")
def learned() -> Callable[..., Memory]:
    """Return a function (options of the toy benchmark) → the memory that its experts give; do not change it."""
    return _learned


@contextmanager
def _within(seconds: int) -> Iterator[None]:
    def expired(*_: object) -> None:
        raise AssertionError(f"not done within {seconds} s")

    before = signal.signal(signal.SIGALRM, expired)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture
def within() -> Callable[[int], AbstractContextManager[None]]:
    """Return a context manager that fails what takes longer: an endless loop must not stop the suite."""
    return _within
