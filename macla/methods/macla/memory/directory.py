"""The files of a memory of MACLA: ``events.jsonl`` (the truth), ``embeddings.npy``, ``memory.json`` (for people)."""

import io
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from macla.encoder import Encoder, Vectors, gives, of_length_one
from macla.errors import UserError, why
from macla.files import parse_object, write_atomic, write_json
from macla.methods.macla.memory.events import read_event
from macla.methods.macla.memory.index import Index
from macla.methods.macla.memory.meta import MetaProcedure
from macla.methods.macla.memory.procedure import Procedure
from macla.methods.macla.memory.segment import Fact
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.settings import Settings
from macla.methods.settings import dotted
from macla.methods.stored import SEAL, read

EVENTS, VECTORS, STATE = "events.jsonl", "embeddings.npy", "memory.json"


def save(folder: Path, memory: Memory, encoder: Encoder, more: Mapping[str, Any]) -> None:
    """Write the three files; ``more`` is what another method adds to the readable state."""
    _, vectors = memory.embed(encoder)
    write_atomic(folder / EVENTS, (event.model_dump_json() + "\n" for event in memory.events))
    _write_vectors(folder / VECTORS, vectors)
    write_json(folder / STATE, {**state(memory), **more})


def load(folder: Path, settings: Settings, encoder: Encoder | None = None) -> tuple[Memory, Index]:
    """Return the memory (the fold of its events) and its index.

    Raises UserError when a file is missing, does not parse, or is not what the events give, and when the vectors are
    not the ones that ``encoder`` gives (None, or one that the memory is not of: they are not compared).
    """
    stored = _read_state(folder)
    _same_settings(folder, stored, settings)
    memory = replay(folder, settings)
    described = memory.descriptors()
    vectors = _read_vectors(folder, len(described))
    if encoder is not None and _is_of(folder, encoder) and not gives(encoder, [text for _, text in described], vectors):
        raise UserError(
            f"{folder / VECTORS} is not what encoder {encoder.name} gives for its texts: the encoder is another one "
            "under the same name, or the file was swapped; rebuild with macla build-memory"
        )
    derived = json.loads(json.dumps(state(memory)))
    if any(stored.get(key) != value for key, value in derived.items()):
        raise UserError(f"{folder}: {STATE} is not what {EVENTS} gives; rebuild it with macla build-memory")
    return memory, Index([owner for owner, _ in described], vectors)


def _read_vectors(folder: Path, rows: int) -> Vectors:
    """Return the stored vectors: one a descriptor, each of length one."""
    path = folder / VECTORS
    try:
        vectors = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError, SyntaxError, MemoryError, BadZipFile) as error:
        reason = next(iter(why(error).splitlines()), "nothing in it reads")
        raise UserError(f"{path} does not load ({reason}); rebuild with macla build-memory") from None
    if not isinstance(vectors, np.ndarray) or vectors.dtype != np.float32 or np.ndim(vectors) != 2:
        raise UserError(f"{path} holds no table of 32-bit numbers; rebuild with macla build-memory")
    if len(vectors) != rows:
        raise UserError(f"{folder}: {VECTORS} has {len(vectors)} rows for {rows} descriptors; rebuild")
    if not of_length_one(vectors):
        raise UserError(f"{path} holds rows that are no unit vectors; rebuild with macla build-memory")
    return np.asarray(vectors)


def _is_of(folder: Path, encoder: Encoder) -> bool:
    """Whether the seal names this encoder: to look into a memory (macla memory), another one stands in for it."""
    return (folder / SEAL).is_file() and read(folder).encoder == encoder.name


def _read_state(folder: Path) -> dict[str, Any]:
    try:
        return parse_object((folder / STATE).read_bytes())
    except (OSError, ValueError) as error:
        raise UserError(f"{folder / STATE} does not read ({why(error)}); rebuild with macla build-memory") from None


def _same_settings(folder: Path, stored: Mapping[str, Any], settings: Settings) -> None:
    """Raise UserError when the memory was derived under other constants than are in force now."""
    derived = stored.get("derived_with")
    theirs, ours = dotted(derived if isinstance(derived, dict) else {}), dotted(_derived_with(settings))
    for key in sorted({*theirs, *ours}):
        if theirs.get(key) != ours.get(key):
            raise UserError(
                f"{folder} was built with memory.{key}={theirs.get(key)}, not {ours.get(key)}; "
                "leave that key as it was, or rebuild with macla build-memory"
            )


def _derived_with(settings: Settings) -> dict[str, Any]:
    """Return the constants that what is derived from the events depends on."""
    departures = {"goal_and_psi", "guards", "posterior_within"}
    made = settings.model_dump(mode="json", include={"abstraction": True, "cloning": True, "departures": departures})
    return {**made, "grounded": settings.learned_by}


def replay(folder: Path, settings: Settings) -> Memory:
    """Return the fold of ``events.jsonl``; a bad line raises UserError with its number."""
    memory = Memory(settings)
    path = folder / EVENTS
    if not path.is_file():
        raise UserError(f"{folder} holds no {EVENTS}: not a memory of MACLA")
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                memory.apply(read_event(line.decode()))
            except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
                reason = f"unknown {error}" if isinstance(error, LookupError) else str(error).splitlines()[0]
                raise UserError(f"{path}:{number}: {reason}; rebuild with macla build-memory") from None
    return memory


def state(memory: Memory) -> dict[str, Any]:
    """Return the state as JSON values, sorted and readable."""
    return {
        "derived_with": _derived_with(memory.settings),
        "sources": len(memory.sources),
        "kinds": sorted(memory.kinds),
        "goals": dict(sorted(memory.goals.items())),
        "procedures": [_procedure(procedure) for procedure in memory.procedures.values()],
        "metas": [_meta(meta) for meta in memory.metas.values()],
        "practised": sorted(memory.practised),
        "ontology": {word: list(near) for word, near in sorted(memory.ontology.clusters.items())},
        "exploration": [
            {"verb": verb, "kind": kind, "probes": probes, "revealed": dict(sorted(found.items()))}
            for (verb, kind), probes in sorted(memory.exploration.probes.items())
            if (found := memory.exploration.revealed[verb, kind]) is not None
        ],
    }


def _procedure(procedure: Procedure) -> dict[str, Any]:
    """Return one procedure: what is derived (G, Ψ, π, Φ) for the reader, the evidence, and where it comes from."""
    successes, failures = procedure.evidence.counts()
    return {
        "id": procedure.id,
        "goals": dict(sorted(procedure.goals.items())),
        "preconditions": [condition.text() for condition in procedure.preconditions],
        "steps": [step.text() for step in procedure.plan],
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
        "branches": [list(others) for others in meta.branches],
        "frequency": meta.frequency,
        "evidence": {"successes": successes, "failures": failures},
        "support": meta.support,
    }


def _facts(tally: Counter[Fact]) -> dict[str, int]:
    return {fact.words(): n for fact, n in sorted(tally.items())}


def _write_vectors(path: Path, vectors: Vectors) -> None:
    buffer = io.BytesIO()
    np.save(buffer, vectors, allow_pickle=False)
    write_atomic(path, buffer.getvalue())
