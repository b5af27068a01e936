"""Every constant of cloning, with its reason. None is the paper's: the method is ours."""

from typing import Literal

from macla.experiment import Section
from macla.methods.settings import MethodSettings, key


class PreconditionTreeSettings(Section):
    """The decision tree that tells which command comes next."""

    rare: int = key(3, "ours", "uses below which a command counts among the rare ones, which are not told apart", ge=1)
    smallest_leaf: int = key(3, "ours", "situations in the smallest leaf", ge=1)
    kept_in: float = key(
        0.5, "ours", "share of the commonest command's uses below which another is a detour", ge=0, le=1
    )
    longest_statement: int = key(100, "ours", "characters of a statement: a longer pattern is content", ge=1)
    longest_name: int = key(4, "ours", "words of a name that may be recognised word by word in an instruction", ge=1)


class ArgumentSettings(Section):
    """The conditional logit that fills arguments."""

    often: int = key(8, "ours", "choices for one argument of one command from which on it has weights of its own", ge=1)
    seen: int = key(2, "ours", "parts of statements: choices in which a feature occurs, at least", ge=1)
    precision: float = key(1.0, "ours", "of the normal prior around the parent's weights: a standard normal", gt=0)
    part_precision: float = key(0.3, "ours", "the same for parts of statements, not swept", gt=0)
    no_accident: float = key(10.0, "ours", "expected exceptions whose absence is a condition: chance e⁻¹⁰", gt=0)
    rivals: int = key(15, "ours", "candidates beside the chosen one that are learned from, drawn when more", ge=1)
    counts: int = key(10, "ours", "whole numbers below this count something, so each is a value of its own", ge=1)
    iterations: int = key(200, "ours", "of L-BFGS, more than any fit has taken", ge=1)
    decimals: int = key(3, "ours", "of stored weights", ge=0)


class InvariantSettings(Section):
    """What all demonstrators have in common."""

    no_accident: int = key(10, "ours", "occasions on which nobody did otherwise that make an invariant", ge=1)


class StatementSettings(Section):
    """Statements put together from parts: learned by logistic regression, found by beam search."""

    meaning: float = key(4.0, "ours", "length of an instruction's vector beside its cues, which are 1 each", ge=0)
    near: int = key(3, "ours", "words between two mentions that stand close to each other, at most", ge=1)
    most_times: int = key(4, "ours", "an instruction that names a kind more often is told no further apart", ge=1)
    longest_run: int = key(3, "ours", "words in a row that make a cue, where kinds stand for names; else 2", ge=1)
    cue_seen: int = key(3, "ours", "examples in which a cue occurs, at least", ge=1)
    trust: float = key(5.0, "ours", "how much examples count against a standard normal prior of the weights", gt=0)
    iterations: int = key(1000, "ours", "enough for the regression to converge", ge=1)
    smallest_weight: float = key(0.02, "ours", "weights nearer to zero are left out", ge=0)
    spread: float = key(0.3, "ours", "weight of an entity's uncertainty beside the best rival's lead, not swept", ge=0)
    width: int = key(16, "ours", "partial statements that are followed at once", ge=1)
    narrow: int = key(6, "ours", "ways to fill one part that are followed at once", ge=1)
    unlikely: float = key(5.0, "ours", "log odds behind the best rival at which nothing is followed", gt=0)
    spare: int = key(1, "ours", "steps left for what follows a statement: the end of the episode", ge=0)
    reserve: int = key(3, "ours", "steps left for that and two attempts at the statement", ge=0)


class CloningConstants(Section):
    """All of them: ``memory.cloning.*`` where MACLA hands tasks over, ``memory.*`` for the method by itself."""

    many_goals: int = key(
        20, "ours", "goals for which a procedure has a descriptor: each such goal is met about once", ge=1
    )
    tree: PreconditionTreeSettings = PreconditionTreeSettings()
    arguments: ArgumentSettings = ArgumentSettings()
    invariants: InvariantSettings = InvariantSettings()
    statements: StatementSettings = StatementSettings()


class Settings(MethodSettings, CloningConstants):
    """The ``memory`` section of the configuration for cloning by itself."""

    method: Literal["cloning"] = "cloning"
    name: str = "cloning"
    theta_dup: float = key(0.85, "ours", "merge segments whose descriptors are closer", ge=0, le=1)
    n_procedures: int = key(200, "ours", "capacity, as for MACLA", ge=1)
    k: int = key(10, "ours", "procedures compared per decision, as for MACLA", ge=1)
