"""A screen without a monitor: an X server (Xvfb) that keeps its picture in a file, which this module reads."""

from __future__ import annotations

import struct
import subprocess
import tempfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path

WIDTH, HEIGHT = 1280, 860
_START_S = 20.0
_COLOR = 24  # how far apart red, green and blue of a colored pixel are, of 255
_SAMPLE = 101  # every which pixel is looked at


class ScreenError(Exception):
    """The screen did not start, or did not show what it should."""


class Screen:
    """Within `with`: a running screen. `number` is that of its display; `socket_folder` where its socket lies."""

    socket_folder = Path("/tmp/.X11-unix")

    def __enter__(self) -> Screen:
        self._folder = tempfile.TemporaryDirectory(prefix="handtint-screen-")
        free = (n for n in range(90, 190) if not (self.socket_folder / f"X{n}").exists())
        self.number = next(free)
        command = ["Xvfb", f":{self.number}", "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", self._folder.name]
        self._server = subprocess.Popen(
            [*command, "-nolisten", "tcp", "-ac"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._file = Path(self._folder.name) / "Xvfb_screen0"
        if not self.wait_for(lambda: self._file.is_file() and self._socket.exists(), _START_S):
            self.__exit__()
            raise ScreenError("Xvfb does not start. Is it installed, and is /tmp/.X11-unix writable?")
        return self

    def __exit__(self, *_: object) -> None:
        self._server.terminate()
        self._server.wait()
        self._folder.cleanup()

    @property
    def _socket(self) -> Path:
        return self.socket_folder / f"X{self.number}"

    @staticmethod
    def wait_for(is_so: Callable[[], bool], seconds: float) -> bool:
        """Whether it came to be so within that time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if is_so():
                return True
            time.sleep(0.01)
        return False

    def pixels(self) -> bytes:
        """The picture as it is now, four bytes a pixel: blue, green, red and one unused; rows from the top."""
        data = self._file.read_bytes()
        header = struct.unpack(">25I", data[:100])  # XWDFileHeader
        return data[header[0] + header[19] * 12 :][: WIDTH * HEIGHT * 4]

    def shows_something(self) -> bool:
        """Whether a window is drawn on the black ground."""
        pixels = self.pixels()[::_SAMPLE]  # of all four bytes in turn
        return pixels.count(0) < 0.6 * len(pixels)

    def colored_share(self) -> float:
        """How much of the picture is clearly in color, 0 to 1."""
        pixels = self.pixels()
        places = range(0, len(pixels) - 4, 4 * _SAMPLE)
        colored = sum(max(pixels[i : i + 3]) - min(pixels[i : i + 3]) > _COLOR for i in places)
        return colored / len(places)

    def save(self, path: Path) -> None:
        """The picture as a PNG file."""
        pixels = self.pixels()
        rgb = bytearray(WIDTH * HEIGHT * 3)
        for channel in range(3):
            rgb[channel::3] = pixels[2 - channel :: 4]
        write_png(path, WIDTH, HEIGHT, bytes(rgb))


def write_png(path: Path, width: int, height: int, rgb: bytes) -> None:
    """Write 8-bit RGB pixels, rows from the top."""
    rows = b"".join(b"\0" + rgb[y * width * 3 : (y + 1) * width * 3] for y in range(height))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows, 6)),
        (b"IEND", b""),
    )
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
