"""Repairs a photo before it is colored: damage, fading, noise, softness. numpy; no torch, no Qt."""
