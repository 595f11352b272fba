"""The protocols that are recognised and read, and the list of them."""
