"""Random streams depend on the seed and the names, and on nothing else."""

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from macla.seeding import derive_seed, numpy_rng, python_rng

NAMES = st.lists(st.one_of(st.text(st.characters(exclude_characters="\x1f"), max_size=8), st.integers()), max_size=4)
SEEDS = st.integers(min_value=0, max_value=2**62)


@given(SEEDS, NAMES)
def test_a_seed_fits_63_bits_and_repeats(seed, names):
    assert 0 <= derive_seed(seed, *names) < 2**63
    assert derive_seed(seed, *names) == derive_seed(seed, *names)


@given(SEEDS, NAMES, NAMES)
def test_other_names_give_another_seed(seed, first, second):
    if list(map(str, first)) != list(map(str, second)):
        assert derive_seed(seed, *first) != derive_seed(seed, *second)


def test_another_run_seed_gives_another_seed():
    assert len({derive_seed(seed, "task", 0) for seed in range(1000)}) == 1000


def test_names_are_not_joined():
    assert derive_seed(0, "ab", "c") != derive_seed(0, "a", "bc")


def test_the_seed_is_the_same_in_another_process_with_another_hash_seed():
    program = "from macla.seeding import derive_seed; print(derive_seed(7, 'task', 3))"
    run = [sys.executable, "-c", program]
    seen = {subprocess.check_output(run, env={"PYTHONHASHSEED": str(n)}, text=True).strip() for n in (1, 2)}
    assert seen == {str(derive_seed(7, "task", 3))}


def test_generators_repeat():
    assert python_rng(1, "a").random() == python_rng(1, "a").random() != python_rng(1, "b").random()
    assert numpy_rng(1, "a").random() == numpy_rng(1, "a").random() != numpy_rng(2, "a").random()
