"""Figures of what was learned, on photographs it never saw."""
