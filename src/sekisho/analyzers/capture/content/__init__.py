"""What is looked for in what was said."""
