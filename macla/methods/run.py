"""Reading back what an evaluation wrote."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from macla.errors import UserError
from macla.methods.episode import Episode, EpisodeLog, check_schema, read_json


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


def read_run(folder: Path) -> Run:
    """Return an evaluation; UserError when the directory is none or is incomplete."""
    if not (folder / "summary.json").is_file():
        raise UserError(f"{folder} holds no finished evaluation (no summary.json); finish it with macla eval")
    manifest = read_json(folder / "manifest.json")
    check_schema(folder, manifest)
    episodes = {episode.task: episode for episode in EpisodeLog(folder).read()}
    return Run(folder, read_json(folder / "summary.json"), manifest, episodes)
