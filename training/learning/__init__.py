"""Networks that learn: steps, losses, and what they start from."""
