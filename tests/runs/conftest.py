"""The fake server as a fixture, and small runs that ask it."""

from helpers.served_runs import config, server  # noqa: F401 fixtures
