"""The two kinds of error the harness tells apart: the user's and the infrastructure's.

Their texts are shown, and stored in episodes and tables: keys and passwords are taken out of them here, for all.
"""

from macla.secrets import hide


class _ToldError(Exception):
    def __init__(self, text: str) -> None:
        super().__init__(hide(text))


class UserError(_ToldError):
    """A mistake the user can mend: shown as one line (what is wrong, what to type), exit code 2."""


class InfrastructureError(_ToldError):
    """The machinery failed (a server, a disk, an engine), not the agent: retried, never scored."""
