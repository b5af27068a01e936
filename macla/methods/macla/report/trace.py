"""One episode, decision by decision: what was seen, what could be done, what Eq 4 made of it, and how it ended."""

import pandas as pd

from macla.methods.episode import Episode
from macla.methods.macla.acting.select import Selection
from macla.methods.macla.equations.beta import Prior
from macla.methods.macla.memory.prior import prior_of
from macla.methods.macla.memory.store import Memory
from macla.methods.macla.report.candidates import terms_of
from macla.methods.macla.report.history import memory_of, settings_of
from macla.methods.macla.settings import Settings
from macla.methods.run import Run
from macla.methods.session import Decision

SEEN = 90
"""Characters of an observation that are shown."""
SHOWN = 3
"""Candidates that are shown."""
NOTHING = "–"
EMPTY = "(empty action)"


def trace(run: Run, episode: Episode) -> pd.DataFrame:
    """Return one row a decision of ``episode``; every cell is a text.

    Columns: step (primitive actions before it), observed, candidates (best first, with their expected utilities),
    chosen, relevance, posterior, risk, information, EU (the terms of Eq 4), actions, y, α/β (evidence and prior,
    untempered) and α/β after (with y counted as Algorithm 1 does; a frozen memory does not keep it). UserError when the
    run had no memory of MACLA.
    """
    settings, memory = settings_of(run), memory_of(run)
    prior = prior_of(memory, settings)
    return pd.DataFrame([_row(made, episode, memory, settings, prior) for made in episode.decisions])


def _row(made: Decision, episode: Episode, memory: Memory, settings: Settings, prior: Prior) -> dict[str, str]:
    found = Selection.model_validate(made.details.model_dump())
    order = terms_of(found.candidates, prior, settings)
    more = f"; {len(order) - SHOWN} more" if len(order) > SHOWN else ""
    taken = episode.steps[made.step : made.step + made.steps]
    return {
        "step": str(made.step),
        "observed": _cut(episode.steps[made.step - 1].observation if made.step else episode.first_observation),
        "candidates (EU)": "; ".join(f"{one.id} ({one.utility:.3f})" for one in order[:SHOWN]) + more or NOTHING,
        "chosen": "the model" if made.kind == "model" else _called(made.chosen, memory),
        **_terms(made, found),
        "actions": _plain("; ".join(step.action or EMPTY for step in taken)) or NOTHING,
        "y": str(int(made.success)),
        **_evidence(made, found, prior),
    }


def _terms(made: Decision, found: Selection) -> dict[str, str]:
    names = {"relevance": "relevance", "posterior_mean": "posterior", "risk": "risk", "information": "information"}
    names["utility"] = "EU"
    zero_shot = made.kind == "model"
    return {title: NOTHING if zero_shot else f"{getattr(found, name):.3f}" for name, title in names.items()}


def _evidence(made: Decision, found: Selection, prior: Prior) -> dict[str, str]:
    """Return (α, β) of what was executed before and after its y is counted."""
    counts = next(((c.successes, c.failures) for c in found.candidates if c.id == made.chosen), None)
    if counts is None:
        return {"α/β": NOTHING, "α/β after": NOTHING}
    alpha, beta = prior.alpha0 + counts[0], prior.beta0 + counts[1]
    after = alpha + made.success, beta + (not made.success)
    return {"α/β": f"{alpha:g}/{beta:g}", "α/β after": f"{after[0]:g}/{after[1]:g}"}


def _called(name: str, memory: Memory) -> str:
    """Return a skill's id and what it is for; of one that memory has dropped since, the id alone."""
    if name in memory.metas:
        return f"{name} ({' → '.join(memory.metas[name].children)})"
    if name in memory.procedures:
        return f"{name} ({_plain(memory.procedures[name].goals.most_common(1)[0][0])})"
    return name


def _cut(text: str) -> str:
    text = _plain(text)
    return text if len(text) <= SEEN else text[: SEEN - 1] + "…"


def _plain(text: str) -> str:
    """Return a text that fits into a cell of a table: on one line, without bars."""
    return " ".join(text.split()).replace("|", "/")
