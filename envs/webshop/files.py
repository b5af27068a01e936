"""Reading JSON data files with errors a user can act on; where data lives."""

import json
import os
from pathlib import Path
from typing import Any

from macla.errors import UserError


def read_json(path: Path) -> Any:
    """Return the parsed file; UserError when it is missing or is not JSON."""
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise UserError(f"no file {path}: check env.root=DIR") from None
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is not valid JSON ({error}): copy it again") from None


def default_data_dir() -> Path:
    """Return where generated data and indexes are kept: ``${MACLA_HOME:-~/.cache/macla}/webshop``."""
    return Path(os.environ.get("MACLA_HOME") or Path.home() / ".cache" / "macla") / "webshop"


def default_root() -> Path | None:
    """Return the official data folder: ``$MACLA_DATA/webshop`` when the variable is set."""
    shared = os.environ.get("MACLA_DATA")
    return Path(shared) / "webshop" if shared else None
