"""Memory and time of large photos: `python benchmarks/large.py KIND MEGAPIXELS [restore's options]`.

KIND is a format with `gray` or `color`: `jpeg-gray`, `png-color`, `tiff16-color`, `tiled16-gray`. A photo of that size
is made of the samples, enlarged and with grain, and kept in the folder that HANDTINT_LARGE names, if set.
Two fresh processes restore it: one whose peak memory is taken as it comes, and one that has loaded the model and run it
once before its peak is set back, so that what the photo takes stands alone. Linux only (reads /proc).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import imagecodecs
import numpy as np
import tifffile

from handtint import paths
from handtint.imaging.opening import read_photo
from handtint.imaging.resize import resize_planes

_ROWS = 512  # of a band; a whole number of tiles
_TILE = 256

_INSIDE = """
import sys, time, re
from pathlib import Path
import numpy as np
from handtint import cli, model_card
from handtint.engine.colorizer import load_colorizer
from handtint.progress import Progress
def memory(name):
    return int(re.search(name + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
colorizer = load_colorizer(model_card.find_model("unet"), "cpu", 1)
for _ in range(3):
    colorizer.predict(np.full((256, 384), 50, np.float32), Progress())
import handtint.restore_command, skimage.color
before = memory("VmRSS")
Path("/proc/self/clear_refs").write_text("5")
start = time.process_time()
code = cli.main(sys.argv[1:], load=lambda *_: colorizer)
print(f"{memory('VmHWM') - before:.1f} {time.process_time() - start:.3f} {before:.0f}")
sys.exit(code)
"""


def main() -> None:
    """Make the photo that is asked for, restore it, and print time and memory."""
    kind, megapixels, *options = sys.argv[1], float(sys.argv[2]), *sys.argv[3:]
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(os.environ.get("HANDTINT_LARGE", folder))
        photo = kept / f"{kind}-{megapixels:g}.{_suffix(kind)}"
        if not photo.exists():
            make(photo, kind, megapixels)
        height, width, _ = _shape(kind, megapixels)
        pixels, ways = height * width, ["--recolor", "--overwrite", "--device", "cpu", *options]
        arguments = ["restore", str(photo), "-o", str(Path(folder, "out")), *ways]
        command = [sys.executable, "-m", "handtint", *arguments]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        assert status == 0
        command = [sys.executable, "-c", _INSIDE, *arguments]
        inside = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        above, seconds, model = map(float, inside.stdout.split()[-3:])
        print(f"{kind} {pixels / 1e6:.1f} megapixels ({photo.stat().st_size / 2**20:.0f} MiB file)")
        print(f"  whole process      {used.ru_maxrss / 2**10:8.0f} MiB  {used.ru_utime + used.ru_stime:7.2f} CPU s")
        print(f"  above loaded model {above:8.0f} MiB  {seconds:7.2f} CPU s, the model {model:.0f} MiB")
        print(f"  1.5 bytes a pixel and 64 MiB would be {1.5 * pixels / 2**20 + 64:.0f} MiB")


def _suffix(kind: str) -> str:
    return {"jpeg": "jpg", "png": "png", "webp": "webp"}.get(kind.split("-")[0].removesuffix("16"), "tif")


def _shape(kind: str, megapixels: float) -> tuple[int, int, int]:
    height = round((megapixels * 1e6 * 3 / 4) ** 0.5 / _TILE) * _TILE
    return height, round(megapixels * 1e6 / height), 1 if kind.endswith("gray") else 3


def make(path: Path, kind: str, megapixels: float) -> None:
    """Write the photo."""
    shape, form = _shape(kind, megapixels), kind.split("-")[0]
    deep = form.endswith("16")
    if form.removesuffix("16") in ("tiff", "tiled"):
        _write_tiff(path, shape, deep, form.startswith("tiled"))
        return
    pixels = np.concatenate(list(_bands(shape, deep)))
    if form == "jpeg":
        path.write_bytes(imagecodecs.jpeg8_encode(pixels, level=92))
    else:
        path.write_bytes(imagecodecs.png_encode(pixels, level=2))


def _bands(shape: tuple[int, int, int], deep: bool) -> Iterator[np.ndarray]:
    """(n, W) or (n, W, 3) rows from the top of a portrait in sepia or gray, with grain."""
    height, width, channels = shape
    sample = next(path for path in sorted(paths.samples_dir().iterdir()) if path.suffix == ".jpg")
    small = np.asarray(read_photo(sample).pixels, np.float32)
    small = np.atleast_3d(small).mean(2, keepdims=True)
    small = resize_planes(small, (height // 8, width // 8))[..., 0]
    grain = np.random.default_rng(0).normal(0, 4, (_ROWS, 1024)).astype(np.float32)
    grain = np.tile(grain, (1, width // 1024 + 1))[:, :width]
    for top in range(0, height, _ROWS):
        rows = min(_ROWS, height - top)
        part = small[top // 8 : (top + rows + 7) // 8]
        gray = np.repeat(np.repeat(part, 8, 0), 8, 1)[:rows]
        gray = np.pad(gray, ((0, rows - gray.shape[0]), (0, width - gray.shape[1])), mode="edge") + grain[:rows]
        if channels == 3:
            gray = gray[..., None] * np.array([1.0, 0.9, 0.75], np.float32)
        yield (np.clip(gray, 0, 255) * (257 if deep else 1)).astype(np.uint16 if deep else np.uint8)


def _write_tiff(path: Path, shape: tuple[int, int, int], deep: bool, tiled: bool) -> None:
    _height, width, channels = shape
    part_rows, part_columns = (_TILE, _TILE) if tiled else (64, width)

    def parts() -> Iterator[bytes]:
        for band in _bands(shape, deep):
            band = band.reshape(*band.shape[:2], channels)
            for top in range(0, len(band), part_rows):
                for left in range(0, width, part_columns):
                    part = band[top : top + part_rows, left : left + part_columns]
                    if tiled:
                        part = np.pad(part, ((0, _TILE - part.shape[0]), (0, _TILE - part.shape[1]), (0, 0)))
                    differences = part.copy()
                    differences[:, 1:] -= part[:, :-1]
                    yield bytes(imagecodecs.deflate_encode(differences.tobytes(), 1))

    tifffile.imwrite(
        path,
        parts(),
        shape=shape if channels == 3 else shape[:2],
        dtype=np.uint16 if deep else np.uint8,
        photometric="rgb" if channels == 3 else "minisblack",
        planarconfig="contig" if channels == 3 else None,
        compression="adobe_deflate",
        predictor=True,
        metadata=None,
        tile=(_TILE, _TILE) if tiled else None,
        rowsperstrip=None if tiled else part_rows,
    )


if __name__ == "__main__":
    main()
