"""The contract between the harness and benchmarks: tasks, lexicons, trajectories; and the registry that finds them."""
