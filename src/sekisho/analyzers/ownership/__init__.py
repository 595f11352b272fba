"""Ownership records."""
