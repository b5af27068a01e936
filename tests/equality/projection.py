"""What must stay equal while the house is rebuilt: projections of memories and episodes, and hashes of them.

A projection keeps what was done, chosen, bound, credited and learned, in plain words, and leaves out how files spell
it, wall time, and numbers in the last digits (weights are compared as sums, with a tolerance). ``before.json`` was
recorded under the names that stood before the house was rebuilt; the maps here translate today's names into those.
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

EVENTS = {
    "arguments_learned": "preferred",
    "choices_contrasted": "weighed",
    "invariants_found": "accustomed",
    "parts_ordered": "arranged",
    "part_learned": "worded",
}
"""Kind of event → its name before."""


def digest(value: Any) -> str:
    """Return 16 hex digits of a JSON value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def plain(value: Any) -> Any:
    """Return a JSON value without its floats (whole ones count as whole numbers)."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if not _fraction(item)}
    if isinstance(value, list):
        return [plain(item) for item in value if not _fraction(item)]
    return int(value) if isinstance(value, float) else value


def _fraction(value: Any) -> bool:
    return isinstance(value, float) and not value.is_integer()


def lines(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSON-lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


WORKED = ("read", "tasks_named", "tasks_worked")
"""Events that keep what a language model is shown of training: the stand-in, which plays here, never looks at them."""


def memory(folder: Path) -> dict[str, Any]:
    """Return hashes of a memory's events by kind and of its skills, and the sums of its weights."""
    events: dict[str, list[Any]] = {}
    weights: dict[str, float] = {}
    for event in lines(folder / "events.jsonl"):
        if event["event"] in WORKED:
            continue
        kind = EVENTS.get(event["event"], event["event"])
        del event["event"]
        found = event.pop("weights", {})
        weights[kind] = weights.get(kind, 0.0) + sum(map(abs, found.values()))
        event.pop("similarity", None)
        if kind == "defined":
            event["segment"] = segment(event["segment"])
        events.setdefault(kind, []).append(plain(event))
    state = json.loads((folder / "memory.json").read_text(encoding="utf-8"))
    procedures, metas = ([skill(each) for each in state[name]] for name in ("procedures", "metas"))
    return {
        "events": {kind: [len(found), digest(found)] for kind, found in sorted(events.items())},
        "procedures": [len(procedures), digest(procedures)],
        "metas": [len(metas), digest(metas)],
        "kinds": digest([state["kinds"], state["goals"], state["practised"], state["ontology"], state["exploration"]]),
        "habits": digest(state["invariants"]),
        "conditions": digest(state["conditions"]),
        "weights": {kind: round(total, 2) for kind, total in sorted(weights.items()) if total},
    }


def segment(now: dict[str, Any]) -> dict[str, Any]:
    """Return a segment as it was written before: the path of the precondition tree in two lists of facts."""
    before = {key: value for key, value in now.items() if key != "path"}
    for name, negated in (("holding", False), ("lacking", True)):
        before[name] = [fact for _, fact, lacks in now["path"] if lacks is negated]
    return before


def skill(now: dict[str, Any]) -> dict[str, Any]:
    """Return what a procedure or meta-procedure is and has lived."""
    kept = {key: value for key, value in now.items() if key != "last_used"}
    for key in ("evidence", "outside"):
        if key in kept:
            kept[key] = {name: str(round(float(n), 6)) for name, n in kept[key].items()}
    return kept


def episodes(folder: Path) -> dict[str, Any]:
    """Return hashes of what happened in an evaluation: of all episodes together, part by part."""
    played = lines(folder / "episodes.jsonl")
    outcome = ("task", "outcome", "success", "score", "n_steps", "rejected")
    parts = {
        "outcomes": [[round(e[key], 6) if key == "score" else e[key] for key in outcome] for e in played],
        "actions": [[e["task"], [[step["action"], step["observation"]] for step in e["steps"]]] for e in played],
        "choices": [[e["task"], [decision(d) for d in e["decisions"]]] for e in played],
        "credit": [[e["task"], e["goal"], executions(e)] for e in played],
        "calls": [[e["task"], e["model_calls"]] for e in played],
    }
    solved = sum(e["success"] for e in played)
    return {"solved": [solved, len(played)], **{name: digest(part) for name, part in parts.items()}}


def decision(now: dict[str, Any]) -> list[Any]:
    """Return where it fell, in which situation, what was chosen over what, how many steps it took and y."""
    candidates = [candidate["id"] for candidate in now["details"].get("candidates", [])]
    return [now["step"], now["context"], now["chosen"], now["steps"], now["success"], candidates]


def executions(episode: dict[str, Any]) -> list[Any]:
    """Return everything that was executed in an episode, in order."""
    return [one for decision in episode["decisions"] for one in decision["details"].get("executions", [])]
