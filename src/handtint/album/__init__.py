"""Albums: many photos made one after the other, in a run that may be cut off at any moment and goes on later."""
