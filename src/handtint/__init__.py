"""Handtint restores and colorizes old photographs on the user's own computer, offline."""

__version__ = "0.1.0"
