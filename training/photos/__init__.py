"""Photographs to learn from: found, selected, cut, made to look old."""
