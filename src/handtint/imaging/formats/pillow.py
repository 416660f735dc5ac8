"""Pillow as this house uses it. Imported where it is first needed: the window is there sooner."""

from __future__ import annotations

from PIL import Image, UnidentifiedImageError

__all__ = ["Image", "UnidentifiedImageError"]

# Ours is `reading.check_dimensions`: Pillow's warns at 89 megapixels, refuses at 179 and is blind to the file's size.
Image.MAX_IMAGE_PIXELS = None
