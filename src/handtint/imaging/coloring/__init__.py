"""A model's prediction of a photo's color, and that color brought to full size."""
