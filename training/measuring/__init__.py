"""Figures of a model on photographs it never saw."""
