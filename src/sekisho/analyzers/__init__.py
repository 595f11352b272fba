"""What is seen in the evidence: one family for each kind of evidence."""
