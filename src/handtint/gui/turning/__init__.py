"""Turning and cropping photos in the window."""
