"""Configuration files, found by macla through the entry point ``macla.configs``."""
