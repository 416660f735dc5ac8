"""The photographs a network learns from, and what befalls them."""
