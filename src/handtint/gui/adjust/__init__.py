"""Adjusting colors in the window: sliders, the brush for protected places, colors of another photo."""
