"""An environment around another one: what it adds or changes, a subclass says."""

from typing import Any

import gymnasium

from macla.benchmarks.base import TaskEnv


class Wrapped(TaskEnv):
    """Passes everything on to ``env``; :meth:`told` is where a subclass changes what comes back."""

    def __init__(self, env: TaskEnv) -> None:
        self._env = env
        for space in ("observation_space", "action_space"):
            if hasattr(env, space):  # not every adapter declares what texts there can be
                setattr(self, space, getattr(env, space))

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
        """Return the first observation and ``info``, as :meth:`told`."""
        return self.told(*self._env.reset(seed=seed, options=options))

    def step(self, action: str) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Return what the environment says, observation and ``info`` as :meth:`told`."""
        observation, reward, terminated, truncated, info = self._env.step(action)
        shown, known = self.told(observation, info)
        return shown, float(reward), terminated, truncated, known

    def told(self, observation: str, info: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return the observation and ``info`` in place of the environment's."""
        return observation, info

    def close(self) -> None:
        """Close the environment."""
        self._env.close()

    @property
    def unwrapped(self) -> gymnasium.Env[str, str]:
        """Return the environment itself."""
        return self._env.unwrapped
