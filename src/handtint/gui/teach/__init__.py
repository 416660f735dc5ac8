"""Teaching a model in the window."""
