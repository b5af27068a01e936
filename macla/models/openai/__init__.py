"""Asking an OpenAI-compatible server: request bodies, reply schemas, transport."""
