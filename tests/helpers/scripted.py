"""An environment that answers by a script."""


class Scripted:
    """``answers``: action → feedback; anything else is answered with ``otherwise``. ``done`` ends the episode."""

    def __init__(self, task, first, answers, otherwise="No."):
        self.task, self.first, self.answers, self.otherwise = task, first, answers, otherwise

    def reset(self, *, seed=None):
        return self.first, self._info()

    def step(self, action):
        return self.answers.get(action, self.otherwise), 0.0, action == "done", False, self._info()

    def _info(self):
        return {"task": self.task, "task_type": "", "success": False, "score": 0.0}
