"""Photographs to learn from: found, cropped, and made to look old."""
