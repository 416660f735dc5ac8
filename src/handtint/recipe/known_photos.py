"""The hashes of photos that were seen before, by where they lay and by their stamp: known photos are not read again.

One line a photo, added at the end of a file. What cannot be read of it is left out: a hash can always be had again.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import threading
from pathlib import Path

from handtint import paths
from handtint.atomic import write_whole
from handtint.stamps import Stamp, sha256_of, stamp_of

_MOST = 50_000  # lines, after which the older half goes
_LINE = re.compile(r"([0-9a-f]{64}) ([0-9]{1,19}) (-?[0-9]{1,19}) (\".*\")")


class KnownPhotos:
    """See the module's text. May be used on any thread."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or paths.state_dir() / "known-photos"
        self._known: dict[str, tuple[Stamp, str]] | None = None
        self._lock = threading.Lock()

    def sha256(self, path: Path) -> str:
        """SHA-256 of a photo's bytes; read only if its stamp is another than it was. Raises `OSError`."""
        name, stamp = str(path.absolute()), stamp_of(path)
        with self._lock:
            known = self._read().get(name)
        if known is not None and known[0] == stamp:
            return known[1]
        sha256 = sha256_of(path)
        with self._lock:
            self._add(name, stamp, sha256)
        return sha256

    def places_of(self, sha256: str) -> list[Path]:
        """Where photos with this hash lay, the latest first; they may be gone or another by now."""
        with self._lock:
            return [Path(name) for name, (_, its) in reversed(self._read().items()) if its == sha256]

    def _read(self) -> dict[str, tuple[Stamp, str]]:
        if self._known is None:
            self._known, count = {}, 0
            with contextlib.suppress(OSError):
                for line in self._file.read_text(encoding="utf-8", errors="replace").splitlines():
                    count += 1
                    self._take(self._known, line)
            if count > _MOST:
                self._shorten(self._known)
        return self._known

    @staticmethod
    def _take(known: dict[str, tuple[Stamp, str]], line: str) -> None:
        if match := _LINE.fullmatch(line):
            with contextlib.suppress(ValueError):
                name = json.loads(match[4])
                known.pop(name, None)  # the latest goes to the end
                known[name] = (Stamp(int(match[2]), int(match[3])), match[1])

    def _add(self, name: str, stamp: Stamp, sha256: str) -> None:
        known = self._read()
        known.pop(name, None)
        known[name] = (stamp, sha256)
        line = _line(name, stamp, sha256)
        with contextlib.suppress(OSError):  # a cache: without it the photo is read again next time
            self._file.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(handle, line)
            finally:
                os.close(handle)

    def _shorten(self, known: dict[str, tuple[Stamp, str]]) -> None:
        for name in list(known)[: -_MOST // 2]:
            del known[name]
        data = b"".join(_line(name, stamp, sha256) for name, (stamp, sha256) in known.items())
        with contextlib.suppress(OSError):
            write_whole(self._file, lambda file: file.write(data), overwrite=True)


def _line(name: str, stamp: Stamp, sha256: str) -> bytes:
    """Begins with the end of a line: one that was torn by a crash spoils no other."""
    return f"\n{sha256} {stamp.size} {stamp.mtime_ns} {json.dumps(name)}".encode()
