"""``macla view``: read runs, their memories and recordings, and write the page that shows them."""

from collections.abc import Sequence
from pathlib import Path

from macla import __version__
from macla.errors import UserError
from macla.files import write_atomic
from macla.methods.base import Learned
from macla.methods.run import Run, read_run
from macla.methods.stored import Stored, read
from macla.reports.decided import TERMS
from macla.reports.exchanges import check_recording, exchanges
from macla.reports.viewer.data import Shown, pairs_data, runs_data
from macla.reports.viewer.memories import memory_data
from macla.reports.viewer.page import page
from macla.reports.viewer.texts import Texts
from macla.runs.inspect import load_alone

Shelf = dict[Path, tuple[Stored, Learned]]
"""The memories of a page, by their folders, in the order in which they are shown."""


def view(folders: Sequence[Path], memories: Sequence[Path], recording: Path | None, out: Path) -> Path:
    """Write one HTML page of runs and memories to ``out`` and return it.

    ``memories`` are shown in place of the runs' own, ``recording`` in place of the one that their configurations name.
    A run's own memory or recording that is not there any more is left out, and the page says so; UserError when
    something that was given does not read, or when the recording is of none of the runs.
    """
    runs = [read_run(folder) for folder in folders]
    asked = [exchanges(run, recording) for run in runs]
    if recording is not None:
        check_recording(recording, runs, asked)
    shelf: Shelf = {folder: _load(folder) for folder in memories}
    shown = []
    for run, found in zip(runs, asked, strict=True):
        number, note = (None, "") if memories else _own_memory(run, shelf)
        shown.append(Shown(run, found, number, note))
    texts = Texts()
    data = {
        "version": __version__,
        "terms": list(TERMS.values()),
        "runs": runs_data(shown, texts),
        "pairs": pairs_data(runs),
        "memories": [memory_data(folder, *loaded) for folder, loaded in shelf.items()],
        "texts": texts.table,
    }
    write_atomic(out, page(data))
    return out


def _load(folder: Path) -> tuple[Stored, Learned]:
    return read(folder), load_alone(folder)


def _own_memory(run: Run, shelf: Shelf) -> tuple[int | None, str]:
    """Return the number of a run's memory on the shelf, where it is put if it is new; or why it is not shown."""
    if not run.has_memory:
        return None, ""
    folder = _beside(run)
    try:
        loaded = shelf[folder] if folder in shelf else _load(folder)
    except UserError as error:
        return None, f"its memory is not shown: {error}"
    if run.summary["memory_mode"] == "frozen" and loaded[0].fingerprint != run.manifest["identity"]["memory"]:
        return None, f"its memory is not shown: {folder} has been rebuilt since"
    shelf.setdefault(folder, loaded)
    return list(shelf).index(folder), ""


def _beside(run: Run) -> Path:
    """Return the memory's folder; a run that was moved, or played elsewhere, has it beside itself (``runs/memory``)."""
    other = run.folder.absolute().parent.parent / "memory" / run.memory.name
    return other if not run.memory.is_dir() and other.is_dir() else run.memory
