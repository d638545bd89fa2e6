"""The front door: one HTTP server, signatures, the protocols, and the services behind it."""
