"""What cloning learned, in words: its parts of ``memory.json`` and of ``macla memory show``."""

from collections.abc import Iterator, Mapping
from typing import Any

from macla.methods.cloning.argument_model import ArgumentWeights
from macla.methods.cloning.state import Cloned
from macla.methods.macla.memory.store import Memory

STRONGEST = 5
"""Features that are named for a kind of entity."""


def state(memory: Memory) -> dict[str, Any]:
    """Return what cloning keeps, as JSON values, sorted and readable; weights are in the event log."""
    cloned = memory.extension(Cloned)
    invariants = cloned.invariants
    return {
        "invariants": {
            "once": sorted(invariants.once),
            "final": invariants.final,
            "latest": {key.text(): steps for key, steps in sorted(invariants.latest.items())},
        },
        "conditions": list(_conditions(cloned)),
        "contrasted": {
            kind: dict(sorted(weights.items())) for kind, weights in sorted(cloned.arguments.contrasted.items())
        },
    }


def _conditions(cloned: Cloned) -> Iterator[dict[str, Any]]:
    """Yield the conditions on what may fill an argument: of a command's own, and of the places behind a word."""
    known: list[tuple[dict[str, Any], ArgumentWeights]] = []
    for (verb, position, kind), weights in cloned.arguments.by_argument.items():
        known.append(({"command": verb, "argument": position, "kind": kind}, weights))
    for (place, kind), weights in cloned.arguments.by_place.items():
        known.append(({"behind": place, "kind": kind}, weights))
    for where, weights in known:
        if weights.always or weights.never:
            yield {**where, "always": list(weights.always), "never": list(weights.never)}


def describe(memory: Memory) -> list[str]:
    """Return the invariants, and what practice taught about choices, a line each."""
    cloned = memory.extension(Cloned)
    invariants, contrasted = cloned.invariants, cloned.arguments.contrasted
    lines = [f"{verb}: never twice with the same arguments" for verb in sorted(invariants.once)]
    lines += [f"{key.text()}: after {steps} steps at the latest" for key, steps in sorted(invariants.latest.items())]
    if invariants.final:
        lines.append("what was refused is not tried again")
    if lines:
        lines.insert(0, "invariants of all demonstrations")
    if contrasted:
        lines.append(f"what {len(memory.practised)} practised tasks taught about choices (log odds)")
        lines += [f"{kind}: {_strongest(weights)}" for kind, weights in sorted(contrasted.items())]
    return lines


def _strongest(weights: Mapping[str, float]) -> str:
    """Return the features that outcomes of practice made most and least attractive."""
    ranked = sorted(weights.items(), key=lambda item: (item[1], item[0]))
    shunned = [f"{feature} {weight:+.2f}" for feature, weight in ranked[:STRONGEST] if weight < 0]
    sought = [f"{feature} {weight:+.2f}" for feature, weight in ranked[::-1][:STRONGEST] if weight > 0]
    return f"sought {'; '.join(sought) or 'nothing'}; shunned {'; '.join(shunned) or 'nothing'}"
