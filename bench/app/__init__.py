"""Apps: how fast their code is read, beside other readers."""
