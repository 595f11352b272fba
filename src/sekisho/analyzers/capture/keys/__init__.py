"""Key logs, and the TLS they open."""
