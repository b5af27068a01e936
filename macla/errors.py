"""The two kinds of error the harness tells apart: the user's and the infrastructure's.

Their texts are shown, and stored in episodes and tables: keys and passwords are taken out of them here, for all.
"""

import errno

from macla.secrets import hide

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""A disk that takes no more; everything else that the system refuses is a path that the user can mend."""


class _ToldError(Exception):
    def __init__(self, text: str) -> None:
        super().__init__(hide(text))


class UserError(_ToldError):
    """A mistake the user can mend: shown as one line (what is wrong, what to type), exit code 2."""


class InfrastructureError(_ToldError):
    """The machinery failed (a server, a disk, an engine), not the agent: retried, never scored."""


def why(error: Exception) -> str:
    """Return in plain words why a file did not read, without the numbers and names of the system and of Python."""
    if isinstance(error, UnicodeError):
        return "it is not UTF-8 text"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, FileNotFoundError):
        return "it is not there"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error)


def of_system(error: OSError) -> UserError | InfrastructureError:
    """Return what the system refused (a full disk, a folder that may not be written to) as one line of ours."""
    where = next((str(name) for name in (error.filename2, error.filename) if name), "")
    what = f"{where}: {error.strerror or error}" if where else str(error.strerror or error)
    if error.errno in FULL:
        return InfrastructureError(f"{what}; nothing finished is lost: make room and type the same command again")
    return UserError(f"{what}; choose another folder (--out DIR, runs=DIR, $MACLA_HOME) or mend this one")
