"""The capture analyzer beside its peers: how fast, and how right."""
