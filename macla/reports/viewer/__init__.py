"""``macla view``: runs and a memory as one HTML page that needs no server, no network and no other file."""
