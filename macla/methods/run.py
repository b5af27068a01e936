"""Reading back what an evaluation wrote."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from macla.errors import UserError, why
from macla.files import fingerprint, read_checked
from macla.methods.episode import Episode, EpisodeLog, check_schema, fingerprint_of, read_summary
from macla.methods.stored import SEAL


@dataclass(frozen=True)
class Run:
    """One evaluation directory, read."""

    folder: Path
    summary: dict[str, Any]
    manifest: dict[str, Any]
    episodes: dict[str, Episode]
    """Task → its episode."""

    @property
    def memory(self) -> Path:
        """The memory directory that it read, or wrote when it learned online; UserError when it ran without."""
        mode = self.summary["memory_mode"]
        if mode == "none":
            raise UserError(f"{self.folder} ran without memory")
        return self.folder / "memory" if mode == "online" else Path(self.summary["memory"])

    @property
    def has_memory(self) -> bool:
        """Whether it read a memory."""
        return bool(self.summary["memory_mode"] != "none")


def origin(identity: Mapping[str, Any]) -> str:
    """Return what the lines of a run's episodes are bound to: all that it depends on but who answers.

    A recorded run and its replay, or two servers of one model, leave the same lines.
    """
    config = {name: value for name, value in identity.get("config", {}).items() if name != "model"}
    rest = {name: value for name, value in identity.items() if name not in ("config", "model", "learned")}
    return fingerprint({**rest, "config": config})


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a run directory; UserError when it does not read or is not what was written."""
    path = folder / "manifest.json"
    if not path.exists():
        raise UserError(f"{path} is missing; type the same macla eval again, which writes it anew")
    try:
        manifest = read_checked(path, older=True)
        check_schema(folder, manifest)
        if fingerprint(manifest.get("identity")) != manifest.get("fingerprint"):
            raise ValueError("it was changed since it was written")
    except (OSError, ValueError) as error:
        what = f"{path} does not read ({why(error)})"
        raise UserError(f"{what}; remove {folder} and evaluate again, or give another --out") from None
    return manifest


def read_run(folder: Path) -> Run:
    """Return an evaluation; UserError when the directory is none, is incomplete, or does not hold what was written."""
    if (folder / SEAL).is_file():
        raise UserError(
            f"{folder} is a memory, not a run; type macla memory show {folder}, or --memory {folder} beside a run"
        )
    if not (folder / "summary.json").is_file():
        raise UserError(f"{folder} holds no finished evaluation (no summary.json); finish it with macla eval")
    manifest = read_manifest(folder)
    summary = read_summary(folder)
    episodes = {episode.task: episode for episode in EpisodeLog(folder, origin(manifest["identity"])).read()}
    wanted = {"fingerprint": manifest["fingerprint"], "episodes": fingerprint_of(episodes.values())}
    for name, found in wanted.items():
        if summary.get(name) != found:
            what = "another run" if name == "fingerprint" else "other episodes than episodes.jsonl holds"
            raise UserError(f"{folder}: summary.json is of {what}; type the same macla eval again")
    return Run(folder, summary, manifest, episodes)
