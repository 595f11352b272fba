"""Sekisho, the checkpoint for government drones: what comes in, and what goes out."""

__version__ = "0.1.0"
