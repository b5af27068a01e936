"""Counted outcomes of a skill, kept apart from the prior so that priors can be swept without rebuilding."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Outside:
    """Outcomes that the posterior no longer counts: met where Ψ, as contrast refined it, does not hold, or faded."""

    shown_success: float = 0.0
    shown_failure: float = 0.0
    success: float = 0.0
    failure: float = 0.0


@dataclass(slots=True)
class Evidence:
    """Counted outcomes, without the prior: shown by demonstrations, and earned by executing."""

    shown_success: float = 0.0
    shown_failure: float = 0.0
    success: int = 0
    failure: int = 0
    outside: Outside = field(default_factory=Outside)
    """Of all these, what the posterior leaves out."""

    def counts(self) -> tuple[float, float]:
        """Return (successes, failures) within Ψ, demonstrations and executions together."""
        success, failure = self.earned()
        shown = self.shown_success - self.outside.shown_success, self.shown_failure - self.outside.shown_failure
        return shown[0] + success, shown[1] + failure

    def earned(self) -> tuple[float, float]:
        """Return (successes, failures) within Ψ of executions alone."""
        return self.success - self.outside.success, self.failure - self.outside.failure

    def set_aside(self, successes: float, failures: float) -> None:
        """Leave out these shares (0 to 1) of the successes and of the failures that were counted so far."""
        for kind, share in (("success", successes), ("failure", failures)):
            for name in (kind, f"shown_{kind}"):
                out = getattr(self.outside, name)
                setattr(self.outside, name, out + share * (getattr(self, name) - out))

    def set_earned_aside(self) -> None:
        """Leave out all executions that were counted so far."""
        self.outside.success, self.outside.failure = self.success, self.failure

    def add(self, *, shown: bool, success: bool) -> None:
        """Count one outcome: of a demonstrated segment (``shown``) or of an execution (Algorithm 1, l.18-20)."""
        if shown and success:
            self.shown_success += 1
        elif shown:
            self.shown_failure += 1
        elif success:
            self.success += 1
        else:
            self.failure += 1
