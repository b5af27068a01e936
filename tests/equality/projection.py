"""What must stay equal while the house is rebuilt: projections of memories and episodes, and hashes of them.

A projection keeps what was done, chosen, bound, credited and learned, in plain words, and leaves out how files spell
it, wall time, and numbers in the last digits (weights are compared as sums, with a tolerance).
"""

import hashlib
import json
from pathlib import Path
from typing import Any

CASES: dict[str, tuple[str, ...]] = {
    "toy": ("env=toy",),
    "toy_literal": ("env=toy", "memory.evidence_limit=null", "memory.k=3", "env.careful=0"),
    "alfworld": ("env=alfworld", "env.n_train=60", "env.n_seen=10", "env.n_unseen=12", "build.limit=24"),
    "webshop": ("env=webshop", "env.products=300", "build.limit=60", "eval.limit=12"),
    "travelplanner": ("env=travelplanner", "build.limit=30", "eval.limit=8"),
    "intercode_sql": ("env=intercode_sql", "build.limit=100", "eval.limit=12"),
}
SPLITS = {"travelplanner": "unseen", "intercode_sql": "test_unseen"}
NEEDS_DATA = {"intercode_sql"}
PRACTICE = (0, 40)
MODES = ("frozen", "online")


def digest(value: Any) -> str:
    """Return 16 hex digits of a JSON value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def plain(value: Any) -> Any:
    """Return a JSON value without its floats (whole ones count as whole numbers)."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items() if not _fraction(each)}
    if isinstance(value, list):
        return [plain(each) for each in value if not _fraction(each)]
    return int(value) if isinstance(value, float) else value


def _fraction(value: Any) -> bool:
    return isinstance(value, float) and not value.is_integer()


def lines(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSON-lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def memory(folder: Path) -> dict[str, Any]:
    """Return hashes of a memory's events by kind and of its skills, and the sums of its weights."""
    events: dict[str, list[Any]] = {}
    weights: dict[str, float] = {}
    for event in lines(folder / "events.jsonl"):
        kind = event.pop("event")
        found = event.pop("weights", {})
        weights[kind] = weights.get(kind, 0.0) + sum(map(abs, found.values()))
        event.pop("similarity", None)
        events.setdefault(kind, []).append(plain(event))
    state = json.loads((folder / "memory.json").read_text(encoding="utf-8"))
    skills = {name: [skill(its) for its in state[name]] for name in ("procedures", "metas")}
    return {
        "events": {kind: [len(its), digest(its)] for kind, its in sorted(events.items())},
        "procedures": [len(skills["procedures"]), digest(skills["procedures"])],
        "metas": [len(skills["metas"]), digest(skills["metas"])],
        "kinds": digest([state["kinds"], state["goals"], state["practised"], state["ontology"], state["exploration"]]),
        "habits": digest(state["habits"]),
        "conditions": digest(state["conditions"]),
        "weights": {kind: round(total, 2) for kind, total in sorted(weights.items()) if total},
    }


def skill(its: dict[str, Any]) -> dict[str, Any]:
    """Return what a procedure or meta-procedure is and has lived."""
    its = {key: value for key, value in its.items() if key != "last_used"}
    for key in ("evidence", "outside"):
        if key in its:
            its[key] = {name: str(round(float(n), 6)) for name, n in its[key].items()}
    return its


def episodes(folder: Path) -> dict[str, Any]:
    """Return hashes of what happened in an evaluation: of all episodes together, part by part."""
    its = lines(folder / "episodes.jsonl")
    parts = {
        "outcomes": [
            [e["task"], e["outcome"], e["success"], round(e["score"], 6), e["n_steps"], e["rejected"]] for e in its
        ],
        "actions": [[e["task"], [[step["action"], step["observation"]] for step in e["steps"]]] for e in its],
        "choices": [[e["task"], [decision(d) for d in e["decisions"]]] for e in its],
        "credit": [[e["task"], e["goal"], e["executions"]] for e in its],
        "calls": [[e["task"], e["model_calls"]] for e in its],
    }
    solved = sum(e["success"] for e in its)
    return {"solved": [solved, len(its)], **{name: digest(part) for name, part in parts.items()}}


def decision(its: list[Any]) -> list[Any]:
    """Return where it fell, in which situation, what was chosen over what, how many steps it took and y."""
    step, context, chosen = its[:3]
    steps, success, candidates = its[8:]
    return [step, context, chosen, steps, success, [candidate[0] for candidate in candidates]]
