"""MACLA: hierarchical Bayesian procedural memory for agents with a frozen language model."""

__version__ = "0.2.0"
