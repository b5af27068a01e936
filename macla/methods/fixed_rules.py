"""An opponent without memory: a few fixed rules that the benchmark supplies. Nothing is learned, no model is asked.

What the rules earn, the adapter's reading of texts earns; a memory is worth what it earns beyond that.
"""

from collections.abc import Callable
from functools import partial
from typing import ClassVar, Literal

from macla.benchmarks.supplied import Script, What
from macla.methods.base import Actor, Tools
from macla.methods.none import Learnless
from macla.methods.session import Decision, Session
from macla.methods.settings import MethodSettings


class FixedRulesSettings(MethodSettings):
    """Nothing to set."""

    method: Literal["fixed_rules"] = "fixed_rules"
    name: str = "fixed_rules"


class Follower:
    """Does what the rules say, which see the instruction and the observations."""

    def __init__(self, rules: Callable[[str, str], Script]) -> None:
        self.rules = rules

    def begin(self, session: Session) -> None:
        """Begin the script."""
        self.script = self.rules(session.task, session.first_observation)

    def act(self, session: Session) -> Decision:
        """Take the next step of the script; one that has ended loses the steps left."""
        step = len(session.steps)
        try:
            action = self.script.send(session.steps[-1].observation) if step else next(self.script)
        except StopIteration:
            session.lose_step()
            return Decision(step=step, kind="rule", chosen="no rule", success=False)
        return Decision(step=step, kind="rule", chosen="rules", success=session.say(action))


class FixedRules(Learnless):
    """The method that follows the benchmark's rules (``memory=fixed_rules``)."""

    name: ClassVar[str] = "fixed_rules"
    Settings: ClassVar[type[MethodSettings]] = FixedRulesSettings
    asks_for: ClassVar[What] = "rules"

    def actors(self, tools: Tools) -> Callable[[], Actor]:
        """Return what makes a follower of the rules."""
        assert tools.rules is not None, "lent to a method that asks for them"
        return partial(Follower, tools.rules)
