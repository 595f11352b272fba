"""One review document, shown to people and programs."""
