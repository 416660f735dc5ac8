"""Guide, shortcuts, about, updates."""
