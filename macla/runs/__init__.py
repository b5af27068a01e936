"""Experiments: builds, evaluations, workers, run directories. The only package that opens a benchmark."""
