"""What is learned: procedures with Beta posteriors, meta-procedures, the event log that holds them."""
