"""The log: a few small files of text for bug reports, kept on this computer only."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler

from handtint import paths

_MAX_BYTES = 512 * 1024


def write_log() -> None:
    """Send what is logged from here on to `handtint.log` in the log folder; without rights to it, nowhere."""
    root = logging.getLogger()
    try:
        paths.log_dir().mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(
            paths.log_dir() / "handtint.log", maxBytes=_MAX_BYTES, backupCount=2, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
