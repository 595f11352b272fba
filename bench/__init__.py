"""Benchmarks: each hot path beside a named peer, in the same run, in CPU seconds and ratios."""
