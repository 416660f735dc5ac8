"""What a model says of a photo's color, and that color brought to full size."""
