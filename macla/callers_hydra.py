"""The Hydra that a caller, an application or a notebook, has initialised: set aside, and given back."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy


@contextmanager
def set_aside() -> Iterator[None]:
    """Run the block as if nobody had initialised Hydra, and leave everything as it was.

    That is what Hydra keeps for the whole process: what is initialised, the version whose ways are followed, and the
    store of configurations. Inside, that holds Hydra's own alone: a caller's "config" would be a schema of ours.
    """
    from hydra.core.config_store import ConfigStore
    from hydra.core.global_hydra import GlobalHydra
    from hydra.core.plugins import Plugins
    from hydra.version import VersionBase

    Plugins.instance()  # whatever these store as they are found, once a process, is to stay
    current, store, version = GlobalHydra.instance(), ConfigStore.instance(), VersionBase.instance()
    held = current.hydra, store.repo, version.version_base
    current.hydra, store.repo = None, {"hydra": deepcopy(store.repo["hydra"])}
    try:
        yield
    finally:
        current.hydra, store.repo, version.version_base = held
        GlobalHydra.set_instance(current)  # Hydra's own context managers put a copy in its place
