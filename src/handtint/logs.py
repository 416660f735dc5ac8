"""The log: a few small files of text for bug reports, kept on this computer only."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler

from handtint import paths
from handtint.plain import printable

FILE_NAME = "handtint.log"
_MAX_BYTES = 512 * 1024


class _Formatter(logging.Formatter):
    """So that no name of a file can pass for a record."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record))


class _File(RotatingFileHandler):
    """On a disk that is full or gone, logging must not add tracebacks to the sentence that says so."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 logging's own
        pass


@contextlib.contextmanager
def log_to_file() -> Iterator[None]:
    """Within it, what is logged goes to `handtint.log` in the log folder; without rights to that, nowhere."""
    try:
        paths.log_dir().mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = _File(
            paths.log_dir() / FILE_NAME, maxBytes=_MAX_BYTES, backupCount=2, encoding="utf-8", errors="backslashreplace"
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(_Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        with contextlib.suppress(OSError):  # what it could not write it tries once more
            handler.close()
