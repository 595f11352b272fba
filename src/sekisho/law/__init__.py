"""Regulations as code: from facts and a case to a determination with its proof."""
