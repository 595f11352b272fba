"""What goes out: to whom, and whether the task needs it."""
