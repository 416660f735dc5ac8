"""Saving and printing results."""
