"""Long searches for input that breaks a reader; run by hand, not by the test runner."""
