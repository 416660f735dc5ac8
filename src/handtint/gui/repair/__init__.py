"""Repair of the current photo: what it needs, and how much of each step."""
