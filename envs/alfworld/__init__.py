"""ALFWorld: household tasks in text (``docs/spec/alfworld.md``): data, engines, environment, expert."""
