"""Who talked with whom, how much, and what that says."""
