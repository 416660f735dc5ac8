"""Handtint restores and colorizes old photographs on the user's own computer, offline."""

__version__ = "0.2.0"
