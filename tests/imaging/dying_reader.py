"""A reader process whose decoder does what the name of a file says: started by tests in place of the real one."""

from __future__ import annotations

import ctypes
import sys
import time
from pathlib import Path

import numpy as np

from handtint.imaging.formats import decoding, reader_process
from handtint.imaging.formats.decoded import Damaged, Decoded, NotReadable
from handtint.imaging.rows import Rows
from handtint.recipe.source import Source


def decode(path: Path, source: Source, *, in_bands: bool, shortest: int | None) -> Decoded:
    """Crash, hang, wait, be slow, fill the memory, raise something, or give a ramp."""
    kind = path.stem
    if kind == "crash":
        ctypes.string_at(0)
    while kind == "hang":
        pass
    if kind == "wait":
        time.sleep(600)
    if kind == "slow":
        time.sleep(1)
    if kind == "fill":
        held = [np.ones(1 << 22) for _ in range(200)]
        time.sleep(5)
        del held
    raised = {"fault": KeyError(2), "damaged": Damaged("x"), "not readable": NotReadable("it is a drawing")}
    raised |= {"disk": OSError(5, "Input/output error"), "memory": MemoryError()}
    if kind in raised:
        raise raised[kind]
    ramp = np.arange(40 * 30, dtype=np.uint16).reshape(40, 30)
    print("a native decoder says something")  # must not get between the answers
    sys.stdout.flush()
    return Decoded(Rows(ramp.shape, ramp.dtype, 8, lambda top, stop: ramp[top:stop]) if in_bands else ramp, "TIFF")


if __name__ == "__main__":
    decoding.decode_here = decode
    sys.exit(reader_process.main(sys.argv[1:]))
