"""Picture files: decoded, encoded, their metadata."""
