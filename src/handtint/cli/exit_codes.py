"""What a command's exit code says."""

from handtint import progress

OK = 0
FAILED = 1  # something failed, and was named on standard error
WRONG_USAGE = 2
STOPPED = progress.STOPPED
