"""Dated, sourced packs: regimes, needs, lists, signatures, messages. No code but the way to them."""
