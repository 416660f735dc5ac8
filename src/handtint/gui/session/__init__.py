"""The photos that are open, and what is done for them off the window's thread."""
