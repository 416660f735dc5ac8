"""Pillow as Handtint uses it. Imported where it is first needed: the window is there sooner."""

from __future__ import annotations

from PIL import Image, UnidentifiedImageError

__all__ = ["HARMLESS", "Image", "UnidentifiedImageError"]

# Formats of which Pillow opens the head without a native decoder that could crash.
HARMLESS = ("JPEG", "PNG", "WEBP", "BMP", "DIB", "TIFF", "GIF", "PSD", "JPEG2000")

# Ours is `decoded.check_dimensions`: Pillow's warns at 89 megapixels, refuses at 179 and is blind to the file's size.
Image.MAX_IMAGE_PIXELS = None
