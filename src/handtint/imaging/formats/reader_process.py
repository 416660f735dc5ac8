"""The reader process: decodes files of strangers where a decoder that crashes, hangs or fills the memory does no harm.

Started by `reader` as `python -m handtint.imaging.formats.reader_process FOLDER BYTES`, or by the frozen program with
the same two arguments behind `--reader-process`. Answers one request after the other on standard output (see `wire`).
Ends when standard input does, when it holds more than BYTES bytes of memory, or when one request takes more processor
time than it grants. Time on the wall is no measure of a file: a busy computer or a slow drive is not its fault.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from handtint.imaging.formats import wire
from handtint.starting import without_collecting

_EVERY_S = 0.05


def main(arguments: list[str]) -> int:
    """Serve until standard input ends."""
    folder, most_bytes = Path(arguments[0]), int(arguments[1])
    # By number: `sys.stdin` and `sys.stdout` are None in a program without a console.
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a native decoder prints must not mix with the answers
    limits = _Limits(most_bytes)
    try:
        serve(requests, answers, folder, limits)
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # nobody else is left to do it
    return 0


def serve(requests: BinaryIO, answers: BinaryIO, folder: Path, limits: _Limits) -> None:
    """Report that this is ready, then answer requests until there are no more."""
    with without_collecting():
        from handtint.imaging.formats.decoded import make_pictures_in
        from handtint.imaging.formats.reader_tasks import Tasks  # decoders, after the limits

    tasks, rooms = Tasks(), wire.Rooms(folder)
    make_pictures_in(rooms.empty)
    wire.send(answers, {})  # ready
    while True:
        try:
            request, _ = wire.receive(requests)
        except EOFError:
            return
        try:
            with limits.granting(request["seconds"]):
                answer, arrays, blobs = tasks.do(request)
                if arrays:
                    answer["pixels"] = rooms.put(arrays)
                del arrays
        except BaseException as error:  # noqa: BLE001 whatever it is, the other side is to hear of it
            answer, blobs = _error_answer(error), []
        wire.send(answers, answer, blobs)


def _error_answer(error: BaseException) -> dict[str, Any]:
    from handtint.imaging.formats.reader_tasks import kind_of

    kind, text = kind_of(error)
    answer: dict[str, Any] = {"error": kind, "text": text, "trace": "".join(traceback.format_exception(error))}
    if isinstance(error, OSError):
        answer["errno"] = error.errno
    if kind == "incomplete":
        answer["missing"] = error.missing  # type: ignore[attr-defined]
    return answer


class _Limits:
    """What ends this process: more memory than `most_bytes`, or more processor time than a request grants."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._until: float | None = None  # processor time of this process
        if sys.platform.startswith("linux"):
            import resource

            # The watch may be too slow for one huge piece. Address space is more than memory, so this lies higher.
            limit = most_bytes + (4 << 30)
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        threading.Thread(target=self._watch, name="limits", daemon=True).start()

    @contextlib.contextmanager
    def granting(self, seconds: float) -> Iterator[None]:
        """What is done inside may take so many seconds of processor time, those of all threads counted."""
        self._until = time.process_time() + seconds
        try:
            yield
        finally:
            self._until = None

    def _watch(self) -> None:
        while True:
            time.sleep(_EVERY_S)
            if (held := _held()) is not None and held > self._most_bytes:
                os._exit(wire.TOO_MUCH_MEMORY)
            if (until := self._until) is not None and time.process_time() > until:
                os._exit(wire.TOO_MUCH_TIME)


def _held() -> int | None:
    """Bytes of memory that this process holds; None where the system does not say."""
    if sys.platform.startswith("linux"):
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    if sys.platform == "darwin":
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # the most it held: bytes there
    if sys.platform == "win32":
        return _held_on_windows()
    return None


def _held_on_windows() -> int | None:
    import ctypes
    from ctypes import wintypes

    class Counters(ctypes.Structure):
        _fields_ = [
            ("cb", wintypes.DWORD),
            ("PageFaultCount", wintypes.DWORD),
            *((name, ctypes.c_size_t) for name in ("PeakWorkingSetSize", "WorkingSetSize")),
            *((f"quota{number}", ctypes.c_size_t) for number in range(4)),
            *((name, ctypes.c_size_t) for name in ("PagefileUsage", "PeakPagefileUsage")),
        ]

    counters = Counters(cb=ctypes.sizeof(Counters))
    kernel = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined]
    kernel.GetCurrentProcess.restype = wintypes.HANDLE
    kernel.K32GetProcessMemoryInfo.argtypes = (wintypes.HANDLE, ctypes.c_void_p, wintypes.DWORD)
    if not kernel.K32GetProcessMemoryInfo(kernel.GetCurrentProcess(), ctypes.byref(counters), counters.cb):
        return None
    return int(counters.WorkingSetSize)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
