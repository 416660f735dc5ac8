"""Damage: dust, hairs, scratches, cracks and holes are found, and filled from what surrounds them."""
