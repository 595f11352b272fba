"""What comes in: who made it, of which parts, and which lists name them."""
