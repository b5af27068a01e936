"""What several tests need: small worlds, servers that misbehave, one request of each kind."""
