"""The album: grid, plan, run, review."""
