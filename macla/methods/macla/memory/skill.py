"""What procedures and meta-procedures have in common: goals, evidence, and contexts of success and failure."""

from collections import Counter
from dataclasses import dataclass, field

from macla.methods.derived import Derived
from macla.methods.macla.memory.contexts import remember
from macla.methods.macla.memory.evidence import Evidence
from macla.methods.macla.memory.segment import Condition, Context, Fact
from macla.methods.macla.settings import Abstraction


@dataclass(kw_only=True)
class Skill:
    """What selection ranks: an atom or a composition. Tallies are folded from segments; Ψ is derived from them."""

    id: str
    settings: Abstraction = field(default_factory=Abstraction)
    goals: Counter[str] = field(default_factory=Counter)
    """G: the goal patterns it served."""
    support: int = 0
    """How many segments were merged into it, or how many successful episodes ended with it."""
    before: Counter[Fact] = field(default_factory=Counter)
    evidence: Evidence = field(default_factory=Evidence)
    succeeded_in: list[Context] = field(default_factory=list)
    """S: contexts in which an execution succeeded …"""
    failed_in: list[Context] = field(default_factory=list)
    """… and F: in which one failed; at most K_fail each."""
    derived: Derived = field(default_factory=Derived, repr=False, compare=False)

    def credit(self, success: bool, context: Context, k_fail: int) -> None:
        """Count one execution and remember its context in S or F (Algorithm 1, l.18-21)."""
        self.evidence.add(shown=False, success=success)
        if success:
            remember(self.succeeded_in, context, k_fail)
        else:
            remember(self.failed_in, context, k_fail, self.succeeded_in)

    def held(self, tally: Counter[Fact]) -> tuple[Condition, ...]:
        """Return the facts that were counted in nearly all (``holds_in``) of what was merged, as conditions."""
        least = self.settings.holds_in * self.support
        return tuple(Condition(*fact) for fact, n in sorted(tally.items()) if n >= least)

    @property
    def preconditions(self) -> tuple[Condition, ...]:
        """Ψ."""
        return self.derived.get("preconditions", lambda: self.held(self.before))

    def descriptors(self, reached: tuple[Condition, ...] = ()) -> dict[str, str]:
        """Return, per goal, the text that is embedded for retrieval: [G; Ψ], or [G; Ψ; Φ] where ``reached`` is Φ.

        A situation can be compared with G and Ψ, but Φ speaks of one not yet reached: with it, the nearest of the
        applicable procedures was wrong for 12 % of the training segments, without it for none
        (``departures.goal_and_psi``; merging compares [G; Ψ; Φ] always).
        """
        return {goal: described(goal, self.preconditions, reached) for goal in sorted(self.goals)}


def described(goal: str, required: tuple[Condition, ...], reached: tuple[Condition, ...]) -> str:
    """Return [G; Ψ; Φ] in words, e.g. ``put a <0> in <1>. <0> untouched then <0> did: put it in …``."""
    text = f"{goal} {', '.join(condition.text() for condition in required)}".strip()
    return f"{text} then {', '.join(condition.text() for condition in reached)}" if reached else text
