"""Fetch the official games: the archives that ``alfworld-download`` fetches, checked and unpacked atomically."""

import re
import shutil
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from envs.alfworld.games import LAYOUT
from macla.errors import UserError

RELEASES = "https://github.com/alfworld/alfworld/releases/download"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Archive:
    """One zip file of a release."""

    path: str
    """Below the releases' address."""
    sha256: str | None
    """None where no checksum is known: then only the zip file's own checksums guard the content."""
    wanted: str
    """The one file that each game takes from it; the rest is not unpacked."""


_DESCRIPTIONS = Archive(
    "0.2.2/json_2.1.1_json.zip", "25171f16e20ad7b048c47275c45b0babf3aa1cbab29cec97387922350a9844bc", "traj_data.json"
)
ARCHIVES: Mapping[str, tuple[Archive, ...]] = {
    "0.4.2": (
        _DESCRIPTIONS,
        Archive(
            "0.4.2/json_2.1.3_tw-pddl.zip",
            "5df77ea759f2211a4106082839ddbbb790f1ba4e7d097ed732cf453f72aa36cf",
            "game.tw-pddl",
        ),
    ),
    "2.1.1": (_DESCRIPTIONS, Archive("0.4.0/json_2.1.2_tw-pddl.zip", None, "game.tw-pddl")),
}
"""Archives per action grammar. The last one of 2.1.1 is what ``alfworld-download`` of alfworld 0.4.2 still names.

See ``docs/spec/alfworld.md §8``.
"""


def download(out: Path, grammar: str = "0.4.2", progress: Progress | None = None, releases: str = RELEASES) -> Path:
    """Fetch and unpack the games of one action grammar into ``out/json_2.1.1`` and return that folder.

    Nothing is fetched when the folder is there. ``progress`` gets (bytes done, bytes in all) of each archive.
    UserError for an unknown grammar, no network, a wrong checksum or a broken archive; nothing half-done is left
    where :func:`envs.alfworld.games.discover` looks.
    """
    if grammar not in ARCHIVES:
        raise UserError(f"unknown grammar {grammar!r}; type one of: {', '.join(ARCHIVES)}")
    target = out / LAYOUT
    if target.is_dir():
        return target
    partial = out / f".{LAYOUT}-partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for archive in ARCHIVES[grammar]:
        _unpack(_fetch(f"{releases}/{archive.path}", archive.sha256, out / ".archives", progress), archive, partial)
    partial.rename(target)
    shutil.rmtree(out / ".archives", ignore_errors=True)
    return target


def _fetch(url: str, sha256: str | None, folder: Path, progress: Progress | None) -> Path:
    """Return the downloaded file; one that is there already and has the right checksum is kept."""
    import pooch
    import requests

    pooch.get_logger().setLevel("WARNING")
    downloader = pooch.HTTPDownloader(progressbar=_Bar(progress) if progress else False, chunk_size=1 << 16)
    try:
        name = url.rsplit("/", 1)[-1]
        return Path(pooch.retrieve(url, known_hash=sha256, fname=name, path=folder, downloader=downloader))
    except (requests.RequestException, OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UserError(f"could not download {url}: {reason}; try again, or type: alfworld-download") from None


def _unpack(file: Path, archive: Archive, folder: Path) -> None:
    """Write the wanted file of every game below ``folder``, which stands for ``json_2.1.1``."""
    pattern = re.compile(
        rf"{re.escape(LAYOUT)}/(train|valid_seen|valid_unseen)/(?!\.\.)[^/]+/(?!\.\.)[^/]+/{re.escape(archive.wanted)}"
    )
    try:
        with zipfile.ZipFile(file) as zipped:
            members = [name for name in zipped.namelist() if pattern.fullmatch(name)]
            if not members:
                raise UserError(f"{archive.path} holds no {archive.wanted}; the archive is not the one expected")
            for name in members:
                path = folder / name.removeprefix(f"{LAYOUT}/")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(zipped.read(name))
    except zipfile.BadZipFile as error:
        file.unlink(missing_ok=True)
        raise UserError(f"{archive.path} is broken ({error}); type the same command again to fetch it anew") from None


class _Bar:
    """What pooch takes for a progress bar, handing on to a callback."""

    def __init__(self, progress: Progress) -> None:
        self.total = 0
        self._progress = progress
        self._done = 0

    def update(self, size: int) -> None:
        """Add ``size`` bytes; pooch adds whole chunks, so the last one may overshoot."""
        self._done = min(self._done + size, self.total)
        self._progress(self._done, self.total)

    def reset(self) -> None:
        """Rewind: pooch then adds the total once, so that a complete file reads as complete."""
        self._done = 0

    def close(self) -> None:
        """Do nothing: the callback has nothing to close."""
