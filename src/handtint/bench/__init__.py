"""`handtint bench`: how fast this computer is, beside what it could be at best; see `photo` and `album`."""
