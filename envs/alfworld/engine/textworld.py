"""The ``textworld`` engine: the real game through the installed ``alfworld`` and ``textworld`` packages."""

from pathlib import Path
from typing import Any

from envs.alfworld.engine import State
from envs.alfworld.engine.grammar import BANNER
from macla.errors import InfrastructureError

_FACTS_OF_THE_EXPERT = frozenset({"holds", "inreceptacle", "ishot", "iscool", "isclean"})


class TextWorldEngine:
    """Plays one game as alfworld's ``AlfredTWEnv`` does for evaluation: numbered names, no domain randomization."""

    def __init__(self, path: Path) -> None:
        import textworld
        from alfworld.agents.environment.alfred_tw_env import AlfredDemangler

        wanted = textworld.EnvInfos(won=True, admissible_commands=True)
        try:
            self._env = textworld.start(str(path), wanted, wrappers=[AlfredDemangler(shuffle=False)])
        except Exception as error:  # the planner and the grammar parser raise whatever they like
            raise InfrastructureError(f"textworld cannot load {path}: {error!r}") from error

    def reset(self) -> State:
        """Return the opening, stripped of the welcome banner."""
        self._state = self._env.reset()
        return self._observe(str(self._state["feedback"]).removeprefix(BANNER))

    def step(self, command: str) -> State:
        """Return the state after ``command``."""
        self._state, _, _ = self._env.step(command)
        return self._observe(str(self._state["feedback"]))

    def facts(self) -> list[str]:
        """Return the sorted facts that the hand-coded expert reads."""
        infos: dict[str, Any] = self._state["_entity_infos"]
        return sorted(
            " ".join([fact.name, *(infos[argument.name].name.strip() for argument in fact.arguments)])
            for fact in self._state["_facts"]
            if fact.name in _FACTS_OF_THE_EXPERT
        )

    def close(self) -> None:
        """Free the planner's task. Its library stays loaded: it crashes the process at exit once unloaded."""
        self._env.downward_lib.cleanup()
        self._env.close()

    def _observe(self, feedback: str) -> State:
        return State(feedback, tuple(self._state["admissible_commands"]), bool(self._state["won"]))
