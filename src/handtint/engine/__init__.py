"""Networks and the device they run on. The only room of the app that imports torch."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path

from handtint.starting import NotLoaded, not_loaded, without_collecting

DEVICES = ("auto", "cpu", "cuda", "mps")  # that can be asked for; auto: the quickest there is

_failed: list[NotLoaded] = []  # why torch could not be imported in this process


def wait_without_spinning() -> None:
    """Have the network's threads sleep while they wait for each other. Call it before torch is imported.

    By default they spin: on two cores a pass of `unet` took up to 1.16 CPU seconds by two threads, 0.05 by one, and
    0.05 by two that sleep. What the environment says already stays.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


@contextlib.contextmanager
def importing_torch() -> Iterator[None]:
    """Import torch in no more time than it needs; if it fails, say why in a sentence. Raises `NotLoaded`.

    A second try says what the first one did: torch can be initialized once in a process, and would say only that.
    """
    if _failed:
        raise _failed[0]
    try:
        with contextlib.nullcontext() if "torch" in sys.modules else without_collecting():
            yield
    except Exception as error:  # of its libraries, of an antivirus program, of a Python that does not fit
        _failed.append(not_loaded("torch, the part that does the coloring,", error))
        raise _failed[0] from error


@contextlib.contextmanager
def importing_without_stalls() -> Iterator[None]:
    """Let other threads go on while torch's libraries are loaded, if torch is imported within. Linux only.

    Python holds its lock while it loads an extension and all that this needs: with torch's CUDA build a window did not
    answer for 0.24 s. A foreign function runs without the lock, so the system's `dlopen` is called as one
    (`ctypes.CDLL` calls it with the lock held, on Python 3.11).
    """
    if sys.platform != "linux":
        yield
        return
    sys.meta_path.insert(0, first := _LibrariesFirst())
    try:
        yield
    finally:
        sys.meta_path.remove(first)


class _LibrariesFirst(MetaPathFinder):
    """Finds nothing, but is asked for `torch._C` when torch has its own dependencies ready, and loads what that needs.

    Python's own part of it (libtorch_python) is left out, since it may want the lock.
    """

    def find_spec(self, name: str, path: Sequence[str] | None, target: object = None) -> None:
        if name == "torch._C" and path:
            with contextlib.suppress(OSError, AttributeError):  # then it is loaded with the extension, as ever
                load = ctypes.CDLL(None).dlopen
                load.argtypes, load.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
                load(os.fsencode(Path(path[0]) / "lib" / "libtorch.so"), os.RTLD_NOW | os.RTLD_LOCAL)
