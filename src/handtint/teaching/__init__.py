"""Teaching a model: the trainer process, its runs, what it says."""
