"""The paper's equations: arrays in, arrays out, one file an equation."""
