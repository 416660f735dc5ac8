"""What is done to a photo's own pixels before a model sees them."""
