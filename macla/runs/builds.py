"""The register of builds: which memory was built with which configuration."""

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from time import time
from typing import NamedTuple

from macla import plugins
from macla.config import Config
from macla.errors import UserError
from macla.files import append_line, fingerprint, parse_object
from macla.methods.settings import dotted
from macla.methods.stored import SCHEMA, SEAL, read
from macla.runs.assemble import make_method
from macla.runs.inspect import load_alone
from macla.runs.memories import check_installed
from macla.runs.needs import Checked, check_needs

REGISTER = "builds.jsonl"


class Build(NamedTuple):
    """A line of the register."""

    fingerprint: str
    """Of all that the memory depends on …"""
    lasting: str
    """… and of the part that may not change when it is read."""
    env: str
    folder: Path


def register(config: Config, folder: Path) -> None:
    """Append a finished build."""
    line = {
        "fingerprint": fingerprint(config.construction()),
        "lasting": fingerprint(config.lasting()),
        "schema": SCHEMA,
        "folder": str(folder.absolute()),
        "env": config.env_name,
        "time": time(),
    }
    append_line(config.runs / REGISTER, json.dumps(line))


def find_build(config: Config) -> Path | None:
    """Return the newest memory built with this configuration, None when there is none.

    Where there is none, one that differs only in settings that can be swept over a finished memory (such as the prior).
    """
    found = _registered(config.runs)
    exact, lasting = fingerprint(config.construction()), fingerprint(config.lasting())
    same = [build.folder for build in found if build.fingerprint == exact and _holds(build)]
    return next(iter(same or [build.folder for build in found if build.lasting == lasting and _holds(build)]), None)


def _holds(build: Build) -> bool:
    """Whether the folder still holds the memory that was registered: another build may have been written over it."""
    try:
        return fingerprint(read(build.folder).about.get("construction")) == build.fingerprint
    except UserError:
        return False


def memory_for(config: Config, memory: str | None, typed: Sequence[str]) -> Path | None:
    """Return the memory directory that ``--memory`` means: itself, by default the newest build.

    None where the method needs none (``memory=none``). UserError when there is no build of the configuration, which
    the overrides ``typed`` give: it says what to type.
    """
    if memory:
        check_built_so(config, Path(memory), typed)
        return Path(memory)
    if not make_method(config).builds:
        return None
    if (found := find_build(config)) is not None:
        return found
    other = next((build.folder for build in _registered(config.runs) if _fits(build.folder, config)), None)
    kept = [one for one in typed if not one.startswith(("env=", "search="))]
    build = ["macla", "build-memory", "--env", config.env_name, *kept]
    hint = f"; another build that fits: --memory {other}" if other else ""
    if config.build.by == "model" and config.model.backend != "embedded":
        hint += "; with build.by=embedded the stand-in builds it, in seconds"
    raise UserError(
        f"no memory built with this configuration under {config.runs}; type: {shlex.join(build)} "
        f"(or give --memory DIR, or none{hint})"
    )


def check_built_so(config: Config, folder: Path, typed: Sequence[str]) -> None:
    """Raise UserError when a key is typed that a memory was built with another value of: it would change nothing."""
    keys = [one.lstrip("+").partition("=")[0] for one in typed if one.lstrip("+").startswith(("memory.", "build."))]
    if not keys:
        return
    asked = dotted(config.lasting())
    built = dotted(read(folder).about.get("construction") or {})
    for key in keys:
        if key in asked.keys() & built.keys() and asked[key] != built[key]:
            raise UserError(
                f"{key}={asked[key]}: {folder} was built with {built[key]}, which reading it does not change; "
                "leave it out, or leave --memory out and build one (macla build-memory)"
            )


def _fits(folder: Path, config: Config) -> bool:
    """Whether a memory is of the same method, data, model and encoder, and reads under these settings, not its own."""
    wanted = config.construction()
    try:
        built = read(folder).about.get("construction", {})
        if any(built.get(part) != wanted[part] for part in ("env", "model", "encoder")):
            return False
        if built.get("memory", {}).get("method") == config.memory.method:
            load_alone(folder, config.memory)
            return True
    except UserError:
        pass
    return False


def _registered(runs: Path) -> list[Build]:
    """Return the builds that are there and readable, newest first."""
    path = runs / REGISTER
    found = []
    for line in path.read_bytes().split(b"\n") if path.is_file() else []:
        try:
            entry = parse_object(line)
            folder = Path(entry["folder"])
            build = Build(str(entry["fingerprint"]), str(entry.get("lasting", "")), str(entry["env"]), folder)
            if entry.get("schema") == SCHEMA and (folder / SEAL).is_file():
                found.append(build)
        except (ValueError, KeyError, TypeError, OSError):
            continue  # a line torn by a kill names nothing
    return found[::-1]


def named(overrides: Sequence[str], memory: str | None) -> list[str]:
    """Return the overrides with the memory's choice in front: a memory directory says which method it is of."""
    if memory is None:
        return list(overrides)
    if not memory.strip():
        raise UserError("--memory is empty; give a memory directory, or none, or leave it out for the newest build")
    of_memory = [override for override in overrides if override.startswith("memory=")]
    if memory == "none":
        if of_memory not in ([], ["memory=none"]):
            raise UserError(f"--memory none and {of_memory[0]} contradict each other; leave one out")
        return list(overrides)
    folder = Path(memory)
    if not folder.exists() and memory in plugins.names(plugins.METHODS):
        raise UserError(f"--memory {memory} is no directory; type memory={memory} for the newest build of that method")
    if of_memory:
        return list(overrides)
    stored = read(folder)
    check_installed(folder, stored)
    return [f"memory={stored.name}", *overrides]


def resolve(config: Config, memory: str | None, split: str, typed: Sequence[str]) -> tuple[Config, Path | None]:
    """Return the configuration and the memory directory of an evaluation, as ``--memory`` says (none, DIR, nothing).

    ``typed`` are the overrides that give the configuration. UserError when there is no memory; but first for what
    building one would need as well: server, data, split.
    """
    if memory == "none":
        return config.without_memory(), None
    try:
        return config, memory_for(config, memory, typed)
    except UserError:
        check_needs(config, split, Checked())
        raise
