"""Picture files: decoded, encoded, their metadata."""

READER_FLAG = "--reader-process"  # to a frozen program: be the reader process; here, where nothing heavy is imported
