"""Pictures as numpy arrays: reading, writing, color math. No torch, no Qt."""
