"""The memory directory: ``memory.json`` (the state, for people), ``embeddings.npy``, ``events.jsonl`` (the truth)."""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from macla.encoder import Encoder, Vectors
from macla.errors import UserError
from macla.files import write_atomic, write_json
from macla.methods.cloning.argument_model import Preference
from macla.methods.macla.memory.events import EVENT
from macla.methods.macla.memory.index import Index
from macla.methods.macla.memory.meta import MetaProcedure
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.segment import Fact
from macla.methods.macla.memory.store import Memory

SCHEMA = 3


def save(folder: Path, memory: Memory, encoder: Encoder, about: dict[str, Any]) -> int:
    """Write the memory directory; ``about`` says where it comes from. Returns its size in bytes.

    ``memory.json`` goes last, so a directory that a kill left half-written does not load.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _, vectors = memory.embed(encoder)
    lines = "".join(event.model_dump_json(exclude_defaults=False) + "\n" for event in memory.events)
    write_atomic(folder / "events.jsonl", lines)
    _write_vectors(folder / "embeddings.npy", vectors)
    write_json(folder / "memory.json", state(memory, {**about, "encoder": encoder.name}))
    return sum(file.stat().st_size for file in folder.iterdir() if file.name in FILES)


FILES = ("memory.json", "embeddings.npy", "events.jsonl")


def load(folder: Path) -> tuple[Memory, Index, dict[str, Any]]:
    """Return the memory, its index and what ``memory.json`` says about it; replays the events and compares.

    Raises UserError when a file is missing, does not parse, or is not what the events give.
    """
    stored = _read_state(folder)
    memory = replay(folder)
    about = stored["about"]
    if json.loads(json.dumps(state(memory, about))) != stored:
        raise UserError(f"{folder}: memory.json is not what events.jsonl gives; rebuild it with macla build-memory")
    described = memory.descriptors()
    try:
        vectors = np.load(folder / "embeddings.npy", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise UserError(f"{folder}/embeddings.npy does not load ({error}); rebuild with macla build-memory") from None
    if len(vectors) != len(described):
        raise UserError(f"{folder}: embeddings.npy has {len(vectors)} rows for {len(described)} descriptors; rebuild")
    return memory, Index([owner for owner, _ in described], vectors), about


def replay(folder: Path) -> Memory:
    """Return the fold of ``events.jsonl``; a bad line raises UserError with its number."""
    memory = Memory()
    path = folder / "events.jsonl"
    if not path.is_file():
        raise UserError(f"{folder} holds no events.jsonl: not a memory directory")
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                memory.apply(EVENT.validate_json(line))
            except (ValidationError, KeyError, IndexError) as error:
                reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else f"unknown {error}"
                raise UserError(f"{path}:{number}: {reason}; rebuild with macla build-memory") from None
    return memory


def state(memory: Memory, about: dict[str, Any]) -> dict[str, Any]:
    """Return the state as JSON values, sorted and readable."""
    return {
        "schema": SCHEMA,
        "about": about,
        "sources": len(memory.sources),
        "kinds": sorted(memory.kinds),
        "goals": dict(sorted(memory.goals.items())),
        "procedures": [_procedure(procedure) for procedure in memory.procedures.values()],
        "metas": [_meta(meta) for meta in memory.metas.values()],
        "habits": {
            "once": sorted(memory.habits.once),
            "final": memory.habits.final,
            "latest": {key.text(): steps for key, steps in sorted(memory.habits.latest.items())},
        },
        "conditions": _conditions(memory),
        "practised": sorted(memory.practised),
        "weighed": {kind: dict(sorted(its.items())) for kind, its in sorted(memory.preferences.practised.items())},
        "ontology": {word: list(near) for word, near in sorted(memory.ontology.clusters.items())},
        "exploration": [
            {"verb": verb, "kind": kind, "probes": probes, "revealed": dict(sorted(found.items()))}
            for (verb, kind), probes in sorted(memory.exploration.probes.items())
            if (found := memory.exploration.revealed[verb, kind]) is not None
        ],
    }


def _conditions(memory: Memory) -> list[dict[str, Any]]:
    """Return the conditions on what may fill an argument: of a command's own, and of the places behind a word."""
    known: list[tuple[dict[str, Any], Preference]] = []
    for (verb, at, kind), its in memory.preferences.by_argument.items():
        known.append(({"command": verb, "argument": at, "kind": kind}, its))
    for (place, kind), its in memory.preferences.by_place.items():
        known.append(({"behind": place, "kind": kind}, its))
    return [
        {**where, "always": list(its.always), "never": list(its.never)}
        for where, its in known
        if its.always or its.never
    ]


def _procedure(procedure: Procedure) -> dict[str, Any]:
    """Return one procedure: what is derived (G, Ψ, π, Φ) for the reader, the evidence, and where it comes from."""
    successes, failures = procedure.evidence.counts()
    return {
        "id": procedure.id,
        "goals": dict(sorted(procedure.goals.items())),
        "preconditions": [condition.text() for condition in procedure.preconditions],
        "steps": [step.key.text() + (f"  when {step.guard.text()}" if step.guard else "") for step in procedure.plan],
        "postconditions": [condition.text() for condition in procedure.postconditions],
        "slots": {
            name: {
                "kinds": dict(sorted(tally.kinds.items())),
                "holder_of": dict(sorted(tally.holder_of.items())),
                "same": tally.same,
                "fresh": tally.fresh,
            }
            for name, tally in sorted(procedure.slots.items())
        },
        "evidence": {"successes": successes, "failures": failures},
        "outside": asdict(procedure.evidence.outside),
        "support": procedure.support,
        "known": _facts(procedure.before),
        "sources": procedure.sources,
        "refinement": procedure.refinement.model_dump(mode="json"),
        "contexts": {"succeeded": len(procedure.succeeded_in), "failed": len(procedure.failed_in)},
        "last_used": procedure.last_used,
    }


def _meta(meta: MetaProcedure) -> dict[str, Any]:
    """Return one meta-procedure: its children, Θ, evidence."""
    successes, failures = meta.evidence.counts()
    return {
        "id": meta.id,
        "goals": dict(sorted(meta.goals.items())),
        "preconditions": [condition.text() for condition in meta.preconditions],
        "children": list(meta.children),
        "policy": [control.model_dump() for control in meta.controls],
        "evidence": {"successes": successes, "failures": failures},
        "support": meta.support,
        "last_used": meta.last_used,
    }


def _facts(tally: Counter[Fact]) -> dict[str, int]:
    return {f"{fact.slot or 'now'} {fact.text}": n for fact, n in sorted(tally.items())}


def _read_state(folder: Path) -> dict[str, Any]:
    path = folder / "memory.json"
    if not path.is_file():
        raise UserError(f"no memory at {folder}: it holds no memory.json; build one with macla build-memory")
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        schema = stored["schema"]
        stored["about"]["encoder"]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise UserError(f"{path} does not read as a memory ({error}); rebuild with macla build-memory") from None
    if schema != SCHEMA:
        raise UserError(f"{path} has schema {schema}, this version reads {SCHEMA}; rebuild with macla build-memory")
    return dict(stored)


def _write_vectors(path: Path, vectors: Vectors) -> None:
    import io

    buffer = io.BytesIO()
    np.save(buffer, vectors, allow_pickle=False)
    write_atomic(path, buffer.getvalue())
