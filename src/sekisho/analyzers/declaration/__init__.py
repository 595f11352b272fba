"""What the maker and others declare."""
