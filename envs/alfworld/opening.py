"""A game as an environment."""

from envs.alfworld.env import AlfworldEnv
from envs.alfworld.games import Game
from macla.errors import UserError


def open_game(game: Game, engine: str, horizon: int, *, show_admissible: bool) -> AlfworldEnv:
    """Return the environment of a game; UserError when its file is broken."""
    try:
        return AlfworldEnv(game.path, engine, game.task_type, horizon, show_admissible=show_admissible)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise UserError(f"{game.path} is broken ({error!r}); get the data again") from None
