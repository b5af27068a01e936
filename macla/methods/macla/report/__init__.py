"""Looking into a memory and into decisions that were made with it."""
