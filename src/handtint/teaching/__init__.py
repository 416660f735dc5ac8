"""Teaching a model: the trainer process, its runs, its events."""
