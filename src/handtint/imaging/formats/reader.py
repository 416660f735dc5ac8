"""Files read in a process of their own: a decoder that crashes, hangs or fills the memory costs one photo, no more.

Native decoders end the process on some damaged files. Those of rarer and more intricate formats (HEIC, TIFF, JPEG 2000,
AVIF and so on) therefore run in reader processes: started at the first such file, kept, and started anew when one died.
Pixels come back in mapped memory (`wire`). As many processes as are asked for at once run side by side, up to a few.

Raises what decoding here would raise, and `NotReadable` where the process died or took too long.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from handtint import paths
from handtint.errors import Sentence
from handtint.imaging.formats import READER_FLAG, packing, wire
from handtint.imaging.formats.decoded import Damaged, Decoded, Head, Incomplete, NotReadable, most_bytes
from handtint.imaging.metadata import Metadata
from handtint.imaging.rows import Rows
from handtint.recipe.source import Source

_RECORDS = (Decoded, Head, Metadata)
_MOST_PROCESSES = max(2, min(os.cpu_count() or 2, 4))
_LEAST_S, _SECONDS_PER_BYTE = 20.0, 2e-6  # of processor time: a file takes no more, or it is a trap
_WALL_PER_SECOND = 30  # by the clock on the wall, for a process that only waits: drives and busy computers are slow
_CRASHES = Sentence(
    "its file makes the decoder crash. Copy it again from where it came from, or save it in another format"
)
_HANGS = Sentence("its file keeps the decoder busy without an end, so it is damaged or a trap")
_WAITS = Sentence(
    "reading its file does not come to an end. The drive may not answer, or the file is damaged: copy it to this "
    "computer's own disk and try again"
)
_FILLS = Sentence("its file makes the decoder fill the memory, so it is damaged or a trap")


class ReaderFault(Exception):
    """A fault of ours in the reader process; its text is the traceback from there."""


def decode(path: Path, source: Source, *, in_bands: bool, shortest: int | None) -> Decoded:
    """`decoding.decode_here`, in a reader process."""
    request = {"do": "decode", "path": str(path), "in_bands": in_bands, "shortest": shortest}
    request |= {"page": source.page, "partial": source.partial}
    with _pool.borrowed() as process:
        return process.ask(request)


def head(path: Path) -> Head:
    """`decoding.head_here`, in a reader process."""
    with _pool.borrowed() as process:
        return process.ask({"do": "head", "path": str(path)})


def close() -> None:
    """End all reader processes; the next file starts one anew."""
    _pool.close()


class _Process:
    """One reader process, started when it is first asked and again when it died. One thread at a time uses it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._generation = 0

    def ask(self, request: dict[str, Any]) -> Any:
        """The answer to a request; `Rows` in it ask this process again."""
        answer, arrays, blobs = self._exchange(request)

        def open_rows(there: dict[str, Any]) -> Rows:
            return _rows(self, request, there, self._generation)

        return packing.unpack(answer.get("is"), arrays, blobs, _RECORDS, open_rows)

    def read(self, request: dict[str, Any], generation: int) -> np.ndarray | None:
        """A band of rows; None where the process no longer knows the picture."""
        if generation != self._generation:
            return None
        answer, arrays, _ = self._exchange(request)
        return None if answer.get("closed") else arrays[0]

    def _exchange(self, request: dict[str, Any]) -> tuple[dict[str, Any], list[np.ndarray], list[bytes]]:
        process = self._started()
        seconds = _LEAST_S + _SECONDS_PER_BYTE * _size_of(Path(request["path"]))
        is_over_time = threading.Event()
        try:
            with _ending(process, seconds * _WALL_PER_SECOND, is_over_time):
                wire.send(_pipe(process.stdin), {**request, "seconds": seconds})
                answer, blobs = wire.receive(_pipe(process.stdout))
                arrays = wire.take(answer["pixels"]) if "pixels" in answer else []
        except (EOFError, OSError, KeyError, ValueError, TypeError) as error:
            code = self._ended()
            if is_over_time.is_set():
                raise NotReadable(_WAITS) from error
            said = {wire.TOO_MUCH_MEMORY: _FILLS, wire.TOO_MUCH_TIME: _HANGS}
            raise NotReadable(said.get(code or 0, _CRASHES)) from error
        if "error" in answer:
            raise _error(answer)
        return answer, arrays, blobs

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        self._folder = wire.make_folder()
        self._generation += 1
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        if paths.is_frozen():
            # The same program again: without this its starter takes over how we were started, and we told the system
            # not to look for libraries in the bundle.
            environment["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
        process = self._process = subprocess.Popen(
            [*_command(), str(self._folder), str(most_bytes())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        try:
            with _ending(process, _LEAST_S * _WALL_PER_SECOND, threading.Event()):
                wire.receive(_pipe(process.stdout))
        except (EOFError, OSError) as error:
            raise ReaderFault(f"the reader process did not start (exit code {self._ended()})") from error
        return process

    def _ended(self) -> int | None:
        process, code = self._process, None
        if process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = process.wait(1.0)
        self.close()
        return code

    def close(self) -> None:
        """End the process and remove what it left."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


class _Pool:
    """The reader processes; each is lent to one thread at a time."""

    def __init__(self) -> None:
        self._processes: list[_Process] = []
        self._next = 0
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def borrowed(self) -> Iterator[_Process]:
        """A process that is free; where all are at work and there are enough, one is waited for."""
        process = self._free()
        try:
            yield process
        finally:
            process.lock.release()

    def _free(self) -> _Process:
        with self._lock:
            for process in self._processes:
                if process.lock.acquire(blocking=False):
                    return process
            if len(self._processes) < _MOST_PROCESSES:
                process = _Process()
                process.lock.acquire()
                self._processes.append(process)
                return process
            self._next = (self._next + 1) % len(self._processes)
            process = self._processes[self._next]
        process.lock.acquire()
        return process

    def close(self) -> None:
        with self._lock:
            processes, self._processes = self._processes, []
        for process in processes:
            with process.lock:
                process.close()


_pool = _Pool()
atexit.register(close)


def _rows(process: _Process, opened_by: dict[str, Any], there: dict[str, Any], generation: int) -> Rows:
    """A picture that a reader process reads in bands; opened anew where that process died or forgot it."""
    number, known = there["rows"], generation

    def read(top: int, stop: int) -> np.ndarray:
        nonlocal number, known
        path = opened_by["path"]
        with process.lock:
            for _ in range(2):
                request = {"do": "rows", "path": path, "number": number, "top": top, "stop": stop}
                band = process.read(request, known)
                if band is not None:
                    return band
                answer, _, _ = process._exchange(opened_by)
                number, known = answer["is"]["fields"]["pixels"]["rows"], process._generation
        raise ReaderFault(f"the reader process cannot read rows of {path}")

    return Rows(tuple(there["shape"]), np.dtype(there["dtype"]), there["step"], read)


def _error(answer: dict[str, Any]) -> Exception:
    """What was raised in the reader process."""
    kind, text = answer["error"], answer["text"]
    if kind == "not readable":
        return NotReadable(text)
    if kind == "incomplete":
        return Incomplete(answer["missing"])
    if kind == "damaged":
        return Damaged(text)
    if kind == "memory":
        return MemoryError(text)
    if kind == "system":
        return OSError(answer["errno"], text)
    return ReaderFault(answer["trace"])


@contextlib.contextmanager
def _ending(process: subprocess.Popen[bytes], seconds: float, is_over_time: threading.Event) -> Iterator[None]:
    """End the process if what is done inside takes longer by the clock on the wall, and set the event then."""

    def end() -> None:
        is_over_time.set()
        process.kill()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _pipe(end: IO[bytes] | None) -> IO[bytes]:
    assert end is not None
    return end


def _command() -> list[str]:
    """What starts a reader process, without its arguments."""
    if paths.is_frozen():
        return [sys.executable, READER_FLAG]
    return [sys.executable, "-m", "handtint.imaging.formats.reader_process"]


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
