"""The law beside its peers: one regime in four engines, the same cases, every answer compared."""
