"""Write and read memory directories: what a method saved, sealed by ``method.json``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from macla import plugins
from macla.config import Config
from macla.errors import UserError
from macla.files import remove_partial
from macla.methods.base import Learned, Tools
from macla.methods.stored import SCHEMA, SEAL, SUMMARY, Stored, check_files, checksum, read, write
from macla.runs.assemble import make_method
from macla.runs.directory import versions

SEALED = (".json", ".jsonl", ".npy", ".npz", ".txt")
SHOWN = "trajectories.jsonl"
"""What a memory was built from."""
BESIDE = ("config.yaml", "practice.jsonl", SHOWN)
OTHERS = (*BESIDE, SUMMARY, SEAL)
"""Files that the harness keeps beside a memory: none of them is needed to read it. The last two check themselves."""


def save(folder: Path, learned: Learned, config: Config, tools: Tools, about: Mapping[str, Any]) -> int:
    """Write a memory directory; return its size in bytes.

    ``method.json`` goes last, so a directory that a kill left half-written does not load.
    """
    folder.mkdir(parents=True, exist_ok=True)
    remove_partial(folder)
    (folder / SEAL).unlink(missing_ok=True)
    learned.save(folder)
    files = [file for file in sorted(folder.iterdir()) if file.suffix in SEALED and file.name not in OTHERS]
    stored = Stored(
        schema_number=SCHEMA,
        method=config.memory.method,
        name=config.memory.name,
        settings=config.memory.model_dump(mode="json"),
        benchmark=config.env_name,
        encoder=tools.encoder.name,
        about=dict(about),
        checksums={file.name: checksum(file) for file in files},
        beside={name: checksum(folder / name) for name in BESIDE if (folder / name).is_file()},
    )
    write(folder, stored)
    return sum(file.stat().st_size for file in files)


def load(folder: Path | None, config: Config, tools: Tools) -> Learned:
    """Return the memory in a directory; that of nothing where the method needs none (None).

    Raises UserError when a file is missing or was changed, or when the memory is of another method, benchmark or
    encoder than the configuration's.
    """
    method = make_method(config)
    if folder is None:
        return method.build((), tools)
    stored = check_method(folder, config)
    check_files(folder, stored)
    _check_same(folder, "encoder", stored.encoder, tools.encoder.name, _encoder(stored))
    return method.load(folder, tools)


def check_method(folder: Path, config: Config) -> Stored:
    """Return what a memory's directory says of it; UserError when it is of another method or benchmark, or none."""
    stored = read(folder)
    _check_same(folder, "method", stored.method, config.memory.method, f"memory={stored.name}")
    _check_same(folder, "benchmark", stored.benchmark, config.env_name, f"--env {stored.benchmark}")
    return stored


def _check_same(folder: Path, what: str, found: str, wanted: str, typed: str) -> None:
    if found != wanted:
        raise UserError(f"{folder} is a memory of {what} {found}, not {wanted}; type {typed}, or another --memory")


def _encoder(stored: Stored) -> str:
    """Return what to type for the encoder that a memory was built with."""
    built = stored.about.get("construction", {}).get("encoder", {})
    model = f" encoder.model={built['model']}" if built.get("model") else ""
    return f"encoder={built.get('kind', stored.encoder)}{model}"


def check_installed(folder: Path, stored: Stored) -> None:
    """Raise UserError when the method of a memory is not installed; it names packages that it was built with."""
    if stored.method in plugins.names(plugins.METHODS):
        return
    there = versions()
    missing = [f"{name} {number}" for name, number in stored.about.get("packages", {}).items() if name not in there]
    built = f" (built with {', '.join(missing)}, missing here)" if missing else ""
    raise UserError(
        f"{folder} is a memory of method {stored.method}, which is not installed{built}; "
        "pip install the package that brings it"
    )
