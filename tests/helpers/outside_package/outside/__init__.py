"""A benchmark, a memory method and a model for macla, from outside."""
