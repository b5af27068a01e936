"""Every constant of MACLA, with its source and reason: ``macla config --explain memory`` prints this page.

A source is a place in the paper (``docs/spec/paper.md``), or ``ours`` where the paper is silent or we depart from it.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from macla import plugins
from macla.experiment import Section
from macla.methods.asking.settings import AskingSettings
from macla.methods.cloning.settings import CloningConstants
from macla.methods.settings import MethodSettings, key


class PriorSettings(Section):
    """Beta(α₀, β₀)."""

    alpha0: float = key(1.0, "docs/spec/paper.md §10", "uniform", gt=0)
    beta0: float = key(1.0, "docs/spec/paper.md §10", "uniform", gt=0)


class PriorFit(Section):
    """How ``prior=empirical_bayes`` is fitted (Eq 18-20)."""

    least: float = key(0.5, "ours", "bound of α₀ and β₀: Jeffreys' half, below which H of Eq 4 runs off to −∞", gt=0)
    most: float = key(20.0, "ours", "bound of α₀ and β₀: without failures the likelihood has no maximum", gt=0)
    few: int = key(5, "ours", "fewer procedures that were tried say too little about how procedures spread", ge=1)


class Pruning(Section):
    """Which utility decides what is dropped at capacity; ages and windows are in episodes."""

    rule: Literal["eq8", "eq10"] = key(
        "eq8", "docs/spec/paper.md §9", "the paper prints two rules; Eq 8 is in its main text"
    )
    lambda_r: float = key(0.5, "docs/spec/paper.md §10", "weight of reliability α/(α+β)")
    lambda_f: float = key(0.3, "docs/spec/paper.md §10", "weight of frequency")
    lambda_t: float = key(0.2, "docs/spec/paper.md §10", "weight of recency")
    tau: float = key(100.0, "ours", "Eq 8's recency decays over so many episodes; the paper leaves τ open", gt=0)
    max_age: int = key(1000, "ours", "Eq 10's recency is 0 after so many episodes; the paper leaves it open", ge=1)
    window: int = key(1000, "ours", "recent episodes whose uses count as frequency: ten τ", ge=1)
    familiar: int = key(10, "docs/spec/paper.md §9", "Eq 10: uses from which on frequency counts in full", ge=1)


class Abstraction(Section):
    """How ⟨G, Ψ, π, Φ⟩ are derived from the tallies of merged segments."""

    holds_in: float = key(
        0.9, "ours", "Ψ and Φ: share of segments a condition held in; 0: the paper's union, which is seldom satisfied",
        ge=0, le=1,
    )  # fmt: skip
    agreed_in: float = key(0.9, "ours", "contrast: a share of demonstrations that counts as nearly all", gt=0, le=1)
    kept_in: float = key(0.5, "ours", "π: share of segments that executed a step without a guard", gt=0, le=1)
    guard_purity: float = key(0.95, "ours", "a guard tells executed from skipped steps so purely", gt=0, le=1)
    guard_evidence: int = key(3, "ours", "executed and skipped occurrences that a guard needs", ge=1)
    rarely: float = key(0.05, "ours", "a smaller share of skips is an oversight, of executions a detour", ge=0, le=1)
    usual: float = key(0.5, "ours", "an argument plays a task's role in a place that tasks name so often", gt=0, le=1)
    smoothing: float = key(2.0, "ours", "exploration: pseudo-visits at the overall rate for rarely visited kinds", ge=0)


class DescriptionLength(Section):
    """Candidates for θ_dup under ``theta_dup=mdl`` (Eq 12), in percent."""

    lowest: int = key(60, "ours", "well below Figure 7's sweep of 75 to 95", ge=0, le=100)
    highest: int = key(99, "ours", "above it only equal texts would merge", ge=0, le=100)


class Composition(Section):
    """Meta-procedures: when a sequence recurs, what it is worth (Eq 16-17), and when Θ gives up."""

    window: int = key(15, "docs/spec/paper.md §10", "recent episodes among which a sequence must recur", ge=1)
    shortest: int = key(
        2, "ours", "procedures in a meta: Algorithm 1 says 3, the paper's own trace forms one of 2", ge=2
    )
    buffer: int = key(1000, "docs/spec/paper.md §10", "N_b, the episode buffer: the window holds episodes of so many "
                      "steps together at most", ge=1)  # fmt: skip
    traces: int = key(20, "ours", "latest traces from which Θ is distilled", ge=1)
    storage_cost: float = key(0.15, "ours", "Eq 16, per sub-procedure: θ_meta, so that what recurs less often than the "
                              "window asks for does not pay", ge=0)  # fmt: skip
    redundant: float = key(0.9, "ours", "a child is dropped that this share of its meta's successful runs skipped: "
                           "what nearly never runs is no part of it", gt=0, le=1)  # fmt: skip
    branch: int = key(2, "ours", "successful episodes that did another thing in a child's place before it is a branch: "
                      "one may be an accident", ge=1)  # fmt: skip
    failures: int = key(2, "ours", "executions in a row that miss their Φ before Θ aborts (repeated failure)", ge=1)


class ReadingTasks(Section):
    """How a language model is helped to read an instruction, and its answer is checked."""

    examples: int = key(
        24, "ours", "worked examples in memory, one a job: without any a small model copies that of the prompt", ge=0
    )
    near: int = key(
        5, "ours", "kinds to choose from for a name that is none itself: those with the closest words (Eq 7)", ge=1
    )
    margin: float = key(0.1, "ours", "… of these, none whose cosine is further below that of the closest", ge=0)
    jobs: int = key(3, "ours", "jobs to choose from where an instruction is in other words than training's", ge=1)
    odds: float = key(10.0, "ours", "a job is left out where another names the kind of thing so much likelier", ge=1)
    again: int = key(8, "ours", "other readings that are tried once nothing is left to do under the last: an episode "
                     "that goes on tells that it was wrong", ge=0)  # fmt: skip
    places: int = key(3, "ours", "places tried to put down what another reading has no use for", ge=0)
    familiar: float = key(
        0.999, "ours", "relevance below which no demonstration of such a goal was ever in a situation: by then it had "
        "been achieved; that the episode goes on tells that it was not meant", ge=0, le=1
    )  # fmt: skip
    doubts: int = key(1, "ours", "how often an implausible answer is asked again with the reason", ge=0)


class Departures(Section):
    """Where we leave the paper's letter, each with its reason; ``memory=paper`` switches all of them off.

    Departures that are values of a key of its own stand there: ``evidence_limit``, ``theta_conf=calibrated``,
    ``grounded``, ``abstraction.holds_in``, ``composition.shortest``, ``reading.again``.
    """

    psi_first: bool = key(
        True, "ours", "Ψ filters candidates before the argmax; Algorithm 1 checks the best one alone and spends a "
        "zero-shot step when it does not apply"
    )  # fmt: skip
    goal_and_psi: bool = key(
        True, "ours", "skills are retrieved by [G; Ψ]: a situation cannot be compared with Φ, which is not yet "
        "reached; the paper embeds [G; Ψ; Φ]"
    )  # fmt: skip
    same_milestone: bool = key(
        True, "ours", "segments merge only when they reach the same milestone from the same situation; descriptors "
        "that differ in one word (opposite effects, say) are closer than θ_dup"
    )  # fmt: skip
    guards: bool = key(True, "ours", "a step that only some segments took gets the condition that tells them apart")
    probing: bool = key(
        True, "ours", "an entity not yet seen is searched where such kinds were found; the paper asks the model for "
        "slots that templates cannot bind"
    )  # fmt: skip
    tabu: bool = key(True, "ours", "a skill that came to nothing is not chosen again in the same state")
    looks_ahead: bool = key(
        True, "ours", "Θ repeats and skips by the next child's Ψ too: what repetition brings about in the end is not "
        "in the Φ of one run"
    )  # fmt: skip
    by_outcome: bool = key(
        True, "ours", "a skill in which the episode ended has the episode's success as its y: nothing is seen after it "
        "in which Φ could hold; the paper's y is that Φ holds"
    )  # fmt: skip
    credit_children: bool = key(True, "ours", "running a meta-procedure also credits the procedures it ran")
    posterior_within: bool = key(
        True, "ours", "outcomes in contexts that a refined Ψ rules out leave the posterior, S, F and so the risk"
    )  # fmt: skip
    demonstrations_agree: bool = key(
        True, "ours", "contrast requires nothing that nearly all demonstrations lacked and forbids nothing they had"
    )  # fmt: skip
    contrast_anew: bool = key(
        True, "ours", "a procedure is contrasted again on new failures only; Algorithm 1, l.23 refines after every "
        "episode once the counts are reached"
    )  # fmt: skip
    contrast_exact: bool = key(
        False, "ours", "whether procedures whose Ψ is a path of the precondition tree are contrasted too: their Ψ is "
        "exact, and contexts on top of it have brought nothing"
    )  # fmt: skip
    gated_practice: bool = key(
        False, "ours", "whether θ_conf holds in practice: below it a procedure would never fail often enough to be "
        "contrasted"
    )  # fmt: skip
    meta_value: bool = key(
        True, "docs/spec/paper.md §11", "metas are created by value (Eq 16-17), which the authors propose and did not "
        "build; false: whatever recurs"
    )  # fmt: skip
    unknown_words: bool = key(
        True, "ours", "the ontology maps only words that memory never met; the paper maps every word to its cluster C_w"
    )  # fmt: skip


class Settings(MethodSettings):
    """The ``memory`` section of the configuration for MACLA."""

    method: Literal["macla"] = "macla"
    name: str = "macla"
    theta_dup: Annotated[float, Field(ge=0, le=1)] | Literal["mdl"] = key(
        0.85,
        "docs/spec/paper.md §10",
        "merge segments whose descriptors are closer; mdl: by description length (Eq 12)",
    )
    mdl: DescriptionLength = DescriptionLength()
    n_procedures: int = key(200, "docs/spec/paper.md §10", "capacity", ge=1)
    n_metas: int = key(50, "docs/spec/paper.md §10", "capacity", ge=0)
    k_fail: int = key(15, "docs/spec/paper.md §10", "contexts remembered per procedure and outcome", ge=1)
    n_min: int = key(3, "docs/spec/paper.md §10", "successes and failures before a procedure is contrasted", ge=1)
    theta_meta: float = key(
        0.15, "docs/spec/paper.md §10", "share of the window in which a sequence must recur", gt=0, le=1
    )
    k_vocab: int = key(100, "ours", "words of the ontology; the paper gives no number", ge=1)
    theta_sim: float = key(
        0.6, "ours", "words closer than this are one cluster; the paper gives no number", ge=-1, le=1
    )
    pruning: Pruning = Pruning()
    prior: PriorSettings | Literal["empirical_bayes"] = key(
        PriorSettings(), "docs/spec/paper.md §10", "Beta(1, 1); or empirical_bayes (Eq 18-20; needs practice)"
    )
    prior_fit: PriorFit = PriorFit()
    k: int = key(10, "ours", "procedures retrieved per decision; the paper's trace shows 5", ge=1)
    theta_conf: float | Literal["calibrated"] = key(
        "calibrated",
        "docs/spec/paper.md §11",
        "below this expected utility: one step of the model. calibrated: what such a step is worth (Eq 13-15, with the "
        "next three); the paper's 0.4 shuts out skills that succeed more often than the model does",
    )
    fallback_success: float = key(
        0.0, "ours", "ρ_LLM: measured with macla eval --split train --memory none", ge=0, le=1
    )
    c_llm: float = key(0.05, "ours", "what a model call costs, in units of reward; the paper leaves it open")
    lambda_calib: float = key(0.0, "ours", "Eq 15: how much uncertainty raises the gate; 0 is Eq 13 alone")
    risk_similarity: float = key(0.75, "ours", "a stored failure counts as risk from this cosine on", ge=-1, le=1)
    r_max: float = key(1.0, "docs/spec/paper.md §10", "reward of success, in Eq 4, 13 and 16")
    c_fail: float = key(0.5, "docs/spec/paper.md §10", "cost of failure, in Eq 4 and 13")
    lambda_info: float = key(0.1, "docs/spec/paper.md §10", "weight of the information term")
    information: Literal["entropy", "variance", "ucb"] = key(
        "entropy", "docs/spec/paper.md §4", "the literal H of Eq 4; 12·Var; or the width of an upper confidence bound"
    )
    evidence_limit: float | None = key(
        20.0, "ours", "evidence is tempered to so many observations: Eq 4's entropy falls without bound, so a proven "
        "skill would end below a lucky novice; null: never", gt=0
    )  # fmt: skip
    fading: float = key(
        1.0, "ours", "share of its evidence that every skill keeps from batch to batch of its own episodes; below 1 "
        "beliefs follow success rates that drift", gt=0, le=1
    )  # fmt: skip
    selection: Literal["bayesian", "similarity"] = key(
        "bayesian", "docs/spec/paper.md §4", "similarity: no posterior, risk, information or gate (an ablation)"
    )
    margin: float | None = key(
        None, "ours", "expected utility ranks only candidates whose relevance is at most so far below the best one's: "
        "Eq 4 multiplies relevance by reliability, so that a proven skill for another goal wins; null: all k, as the "
        "paper has it", ge=0
    )  # fmt: skip
    contrastive: bool = key(True, "docs/spec/paper.md §6", "false: no contrastive refinement, Eq 6 (an ablation)")
    choice_contrast: bool = key(
        True, "ours", "false: choices of episodes that ended differently are not contrasted (of ``grounded``'s method)"
    )
    metas: bool = key(True, "docs/spec/paper.md §7", "false: no meta-procedures (an ablation)")
    ontology: bool = key(True, "docs/spec/paper.md §8", "false: no ontology (an ablation)")
    act: Literal["procedures", "notes"] = key(
        "procedures",
        "docs/spec/paper.md §4",
        "notes: the procedures stand as text in the prompt of a model that takes every step itself (an ablation)",
    )
    notes: int = key(5, "ours", "procedures in such a prompt", ge=1)
    explore: bool = key(False, "ours", "draw arguments by the odds of the candidates; practice always does")
    departures: Departures = Departures()
    reading: ReadingTasks = ReadingTasks()
    abstraction: Abstraction = Abstraction()
    composition: Composition = Composition()
    grounded: str = key(
        "auto",
        "ours",
        "who takes tasks over that name the things themselves: cloning (rules read, weights choose), model (a language "
        "model reads, chooses and writes) or none (the paper's way for all); auto: model where a language model "
        "answers, else cloning",
    )
    cloning: CloningConstants = CloningConstants()
    asking: AskingSettings = AskingSettings()

    @field_validator("grounded")
    @classmethod
    def _takes_tasks_over(cls, name: str) -> str:
        """Refuse a name that is no method's; whether it takes tasks over is seen when it is loaded."""
        known = ("auto", MODEL, "none", *plugins.names(plugins.METHODS))
        if name not in known:
            raise ValueError(f"no method {name}; type one of {', '.join(known)}")
        return name

    @property
    def learned_by(self) -> str:
        """Which method learns from tasks that name things: a language model acts on what cloning learned of them."""
        return "cloning" if self.grounded in ("auto", MODEL) else self.grounded

    def acted_by(self, language_model: bool) -> str:
        """Return which method acts on tasks that name things."""
        return acted_by(self.grounded, language_model)

    def construction(self, practice: bool) -> dict[str, Any]:
        """Return what a build depends on: practice also reads memory, but explores and mostly has no gate."""
        gate = set() if self.departures.gated_practice else GATE
        apart = {"name", "explore", "asking", "act", "notes"} | (gate if practice else GATE | READ_ONLY)
        made = self.model_dump(mode="json", exclude=apart)
        made["grounded"] = self.learned_by
        made["reading"] = {"examples": self.reading.examples}
        if not practice:
            made["departures"] = {key: made["departures"][key] for key in BUILT_WITH}
        return made

    def lasting(self, practice: bool) -> dict[str, Any]:
        """Return the construction without what may be changed when memory is read, though building used it too."""
        construction = self.construction(practice)
        return construction if practice else {key: construction[key] for key in construction if key not in SWEPT}


def acted_by(grounded: str, language_model: bool) -> str:
    """Return who acts on tasks that name things under ``memory.grounded``: of ``auto`` what it means."""
    return grounded if grounded != "auto" else (MODEL if language_model else "cloning")


MODEL = "model"
"""``memory.grounded``: the language model reads, chooses and writes."""
GATE = {"theta_conf", "fallback_success", "c_llm", "lambda_calib"}
"""Keys that practice has no use for unless ``departures.gated_practice``."""
READ_ONLY = {
    "k",
    "risk_similarity",
    "c_fail",
    "lambda_info",
    "information",
    "evidence_limit",
    "selection",
    "margin",
    "fading",
}
"""Further keys that only matter when memory is read or goes on learning."""
BUILT_WITH = ("goal_and_psi", "same_milestone", "guards", "meta_value")
"""Departures that a build without practice depends on; the others are of acting and of learning from episodes."""
SWEPT = {"prior", "prior_fit", "r_max"}
"""Keys that pruning and Eq 16 use while building, and that can be swept over a finished memory all the same."""
