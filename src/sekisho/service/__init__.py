"""The use cases: the one door for command line and web."""
