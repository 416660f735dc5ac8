"""What a command's exit code says."""

OK = 0
FAILED = 1  # something failed, and was named on standard error
WRONG_USAGE = 2
STOPPED = 130  # by Ctrl-C or SIGTERM
