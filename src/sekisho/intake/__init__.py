"""A dossier comes in: hashed, identified by content, unpacked within limits, custody noted."""
