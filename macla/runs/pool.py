"""Other processes that do pieces of work: the seam between what is done and where it is done."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, Protocol

from macla.methods.stored import SEAL, read


class Desk(Protocol):
    """What a process keeps from one piece of work to the next."""

    def close(self) -> None:
        """Release what it holds."""
        ...


class Opening(NamedTuple):
    """How a process comes by its desk: at the first piece of work it calls ``make(*given)``."""

    make: Callable[..., Desk]
    given: tuple[Any, ...]


class Pool(Protocol):
    """Processes that share an opening, on this machine or on others."""

    def lend(self, folder: Path | None) -> Any:
        """Return what a job carries in the place of a memory directory, for :func:`lent`.

        Args:
            folder: The directory; None where the method needs none.

        Returns:
            The directory itself where the processes see it, else its files.
        """
        ...

    def each(self, work: Callable[..., Any], jobs: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
        """Yield ``work(desk, *job)`` of every job, as they finish.

        Args:
            work: A function of a module; where a process was lost it may be called again with the same job.
            jobs: Arguments, a tuple a job.

        Yields:
            The results, in any order.

        Raises:
            InfrastructureError: Processes were lost, and with them a job.
        """
        ...

    def close(self, *, wait: bool = True) -> None:
        """End the processes, or leave them; jobs that have not begun are not done any more.

        Args:
            wait: Whether to wait for jobs that have begun.
        """
        ...


class Files(NamedTuple):
    """The files of a memory directory, for processes that do not see it."""

    name: str
    contents: dict[str, bytes]


def packed(folder: Path) -> Files:
    """Return the files that a memory is read from; UserError when there is none that this version reads."""
    names = [SEAL, *read(folder).checksums]
    return Files(folder.name, {name: (folder / name).read_bytes() for name in names if (folder / name).is_file()})


@contextmanager
def lent(memory: Path | Files | None) -> Iterator[Path | None]:
    """Yield the memory directory that a job carries, unpacked inside the block where it came as files."""
    if not isinstance(memory, Files):
        yield memory
        return
    with TemporaryDirectory(prefix="macla-") as scratch:
        folder = Path(scratch) / memory.name
        folder.mkdir()
        for name, content in memory.contents.items():
            (folder / name).write_bytes(content)
        yield folder
