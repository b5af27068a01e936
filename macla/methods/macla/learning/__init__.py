"""How memory is learned from trajectories and from practice."""
