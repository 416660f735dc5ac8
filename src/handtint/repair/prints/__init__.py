"""Prints on a scanner's white or black bed: where they lie, to a fraction of a pixel."""
