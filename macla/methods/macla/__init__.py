"""MACLA, the paper's method (``docs/spec/paper.md``), and nothing but the paper and its keyed departures."""
