"""One photo's way."""
