"""Training of Handtint models: `python -m training fit RECIPE`."""
