"""What a person wants done to a photo, as plain records: no pixels, no numpy, no window."""
