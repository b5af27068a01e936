"""Open a memory by itself, to look into it: without its run, its model or its encoder."""

from pathlib import Path
from typing import Any, cast

from macla import plugins
from macla.benchmarks import registry
from macla.benchmarks.base import lexicon_for
from macla.config import memory_settings
from macla.encoder import Hashing
from macla.methods.base import Interface, Learned, Method, Tools
from macla.methods.reading import Reader
from macla.methods.settings import MethodSettings
from macla.methods.stored import check_files, read
from macla.models.embedded import Embedded
from macla.runs.memories import check_installed


def load_alone(folder: Path, settings: MethodSettings | None = None) -> Learned:
    """Return the memory in a directory, under the settings it was saved with or under others of its method.

    UserError when it does not read, or a file of the directory is not the one that was written.
    """
    stored = read(folder)
    check_files(folder, stored)
    check_installed(folder, stored)
    method: Any = plugins.load(plugins.METHODS, stored.method, "memory method")
    model = Embedded()
    lexicon = lexicon_for(registry.create(stored.benchmark, {}), language_model=model.is_language_model)
    tools = Tools(Hashing(), model, Reader(lexicon), Interface("", ""))
    return cast(Method, method(settings or memory_settings(stored.settings))).load(folder, tools)
