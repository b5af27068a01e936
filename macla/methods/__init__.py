"""Memory methods: what is learned from trajectories and how it acts. ``base.py`` is the seam."""
