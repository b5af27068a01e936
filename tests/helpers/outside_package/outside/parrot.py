"""A model: it says the same word whatever it is asked (``model=parrot +model.options.word=please``)."""

from macla.models.answer import Answer, Usage
from macla.models.malformed import Malformed
from macla.models.requests import Act, Action, R, Request
from macla.models.settings import ModelSettings


class Parrot:
    """Takes single steps, and is of no use for anything else."""

    name = "parrot"
    is_language_model = False
    """One that waits for a server says True: its episodes then run in threads rather than processes."""

    def __init__(self, word: str) -> None:
        self.word = word

    def answers(self, requests: list[Request[R]]) -> list[Answer[R]]:
        """Return one answer per request, in order, with its cost."""
        return [self._answer(request) for request in requests]

    def identity(self) -> dict[str, str]:
        """Return what a table's footer names: all that an answer depends on."""
        return {"model": f"parrot that says {self.word}"}

    def check(self) -> None:
        """It is always at hand; InfrastructureError where a server is out of reach."""

    def close(self) -> None:
        """Nothing is held open."""

    def _answer(self, request: Request[R]) -> Answer[R]:
        if isinstance(request, Act):
            reply = Action(thought="as always", action=f"say {self.word}")
            return Answer[R].model_validate({"reply": reply, "usage": Usage(requests=1)})
        useless = Malformed(purpose=request.purpose, reason="a parrot only acts", text="")
        return Answer[R](reply=useless, usage=Usage(requests=1, malformed=1))


def parrot(settings: ModelSettings) -> Parrot:
    """Return the model, registered under the entry point ``macla.models``."""
    return Parrot(str(settings.options.get("word", "hello")))
