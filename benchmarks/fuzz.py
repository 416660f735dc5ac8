"""Damaged files of every format: none may end the program, keep it busy, or be reported as a fault of ours.

    python benchmarks/fuzz.py [--count 20000] [--seed 1] [--keep FOLDER] [--only tiff]

Small whole files are made, bytes of them flipped, cut out, repeated or replaced, more often near the start than later,
and the files read as a photo is read: intricate formats in the reader process, the rest in this one. Everything goes by
the seed, so that a printed number always stands for the same file. A separate process does the reading; should it die,
that counts as the worst outcome, and a new one goes on after that file. Files that made a decoder crash, hang or fill
the memory in the reader process cost one photo and are counted separately. Ends with 1 where one ended the process or
was a fault of ours.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

import numpy as np

_LONG_S = 10.0
_CONTAINED = {"makes the decoder crash": "crash", "keeps the decoder busy": "hang", "fill the memory": "memory"}
_DATA = Path(__file__).parents[1] / "tests" / "data"


def seeds() -> dict[str, bytes]:
    """Whole files by the name of their kind."""
    import imagecodecs
    import tifffile
    from PIL import Image

    rng = np.random.default_rng(0)
    color = np.asarray(
        Image.fromarray(rng.integers(0, 256, (6, 8, 3), np.uint8)).resize((80, 60), Image.Resampling.BICUBIC)
    )
    deep = color.astype(np.uint16) * 257
    image = Image.fromarray(color)
    found: dict[str, bytes] = {}

    def by_pillow(name: str, kind: str, picture: Image.Image = image, **options: object) -> None:
        file = io.BytesIO()
        picture.save(file, kind, **options)
        found[name] = file.getvalue()

    def tiff(name: str, pixels: np.ndarray, **options: object) -> None:
        file = io.BytesIO()
        tifffile.imwrite(file, pixels, **options)
        found[name] = file.getvalue()

    exif = Image.Exif()
    exif[0x010F], exif[0x0112], exif[0x011A] = "Maker", 6, 300.0
    by_pillow("jpeg", "JPEG", exif=exif, icc_profile=imagecodecs.cms_profile("srgb"))
    by_pillow("jpeg-progressive", "JPEG", progressive=True)
    by_pillow("jpeg-gray", "JPEG", image.convert("L"))
    by_pillow("jpeg-cmyk", "JPEG", image.convert("CMYK"))
    found["jpeg-12-bit"] = bytes(imagecodecs.jpeg_encode(deep[..., 0] >> 4, bitspersample=12))
    by_pillow("png", "PNG", exif=exif, icc_profile=imagecodecs.cms_profile("srgb"))
    by_pillow("png-palette", "PNG", image.convert("P"))
    by_pillow("png-alpha", "PNG", image.convert("RGBA"))
    found["png-16-bit"] = bytes(imagecodecs.png_encode(deep))
    by_pillow("webp", "WEBP", exif=exif)
    by_pillow("webp-lossless", "WEBP", lossless=True)
    by_pillow("bmp", "BMP")
    by_pillow("gif", "GIF")
    by_pillow("avif", "AVIF", exif=exif)
    found["jp2"] = bytes(imagecodecs.jpeg2k_encode(color, codecformat="jp2"))
    found["j2k"] = bytes(imagecodecs.jpeg2k_encode(deep, codecformat="j2k", level=0, reversible=True))
    found["psd"] = _photoshop(color)
    for heic in ("turned", "ten_bit"):
        found[f"heic-{heic}"] = (_DATA / f"{heic}.heic").read_bytes()
    for compression in ("none", "lzw", "adobe_deflate", "packbits", "zstd", "jpeg", "webp", "lerc", "jpeg2000"):
        tiff(f"tiff-{compression}", color, photometric="rgb", compression=compression)
    tiff("tiff-tiles", deep, photometric="rgb", compression="lzw", tile=(32, 32), predictor=True)
    tiff("tiff-planes", np.moveaxis(color, -1, 0).copy(), photometric="rgb", planarconfig="separate")
    tiff("tiff-float", (deep / np.float32(65535)).astype(np.float32), photometric="rgb", compression="adobe_deflate")
    tiff("tiff-big", color, photometric="rgb", bigtiff=True)
    for name, mode, compression in (
        ("group3", "1", "group3"),
        ("group4", "1", "group4"),
        ("palette", "P", "tiff_lzw"),
        ("ycbcr", "YCbCr", "jpeg"),
        ("ycbcr-lzw", "YCbCr", "tiff_lzw"),
        ("cmyk", "CMYK", "tiff_lzw"),
        ("lab", "LAB", "tiff_adobe_deflate"),
    ):
        picture = Image.fromarray(color).convert(mode) if mode != "LAB" else Image.frombytes("LAB", (80, 60), color)
        by_pillow(f"tiff-{name}", "TIFF", picture, compression=compression)
    return found


def _photoshop(color: np.ndarray) -> bytes:
    height, width = color.shape[:2]
    numbers = ((1, 2), (0, 6), (3, 2), (height, 4), (width, 4), (8, 2), (3, 2), (0, 4), (0, 4), (0, 4), (0, 2))
    head = b"".join(value.to_bytes(size, "big") for value, size in numbers)
    return b"8BPS" + head + np.moveaxis(color, -1, 0).tobytes()


def damaged(whole: bytes, rng: np.random.Generator) -> bytes:
    """A file with a few faults."""
    data = bytearray(whole)
    for _ in range(int(rng.integers(1, 5))):
        at = int(len(data) * rng.random() ** 2)  # headers are the delicate part
        what = rng.integers(10)
        if what < 5:
            data[at] ^= 1 << int(rng.integers(8))
        elif what < 7:
            data[at] = int(rng.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF)))
        elif what == 7:
            data[at : at + 4] = rng.integers(0, 256, len(data[at : at + 4]), np.uint8).tobytes()
        elif what == 8:
            del data[at : at + int(rng.integers(1, 64))]
        else:
            data[at:at] = data[at : at + int(rng.integers(1, 64))]
        if not data:
            return bytes(whole[:1])
    return bytes(data[: int(len(data) * rng.random())] if rng.integers(12) == 0 else data)


def _file(number: int, seed: int, wholes: dict[str, bytes]) -> tuple[str, bytes]:
    kind = sorted(wholes)[number % len(wholes)]
    return kind, damaged(wholes[kind], np.random.default_rng((seed, number)))


def read(number: int, seed: int, wholes: dict[str, bytes], path: Path) -> tuple[str, str, str]:
    """Kind, outcome and, of a fault, its traceback."""
    from handtint.errors import PhotoError
    from handtint.imaging.opening import read_photo

    kind, data = _file(number, seed, wholes)
    path.write_bytes(data)
    start = time.perf_counter()
    try:
        photo = read_photo(path)
        np.asarray(photo.pixels[:1])
        outcome, text = "read", ""
    except PhotoError as error:
        text = ""
        outcome = next((short for words, short in _CONTAINED.items() if words in str(error)), "refused")
    except Exception:  # noqa: BLE001 whatever it is, it is what this searches for
        outcome, text = "FAULT", traceback.format_exc()
    if time.perf_counter() - start > _LONG_S and outcome in ("read", "refused"):
        outcome = "slow"
    return kind, outcome, text


def work(args: argparse.Namespace) -> None:
    """Read files from `--start` on and print one JSON line for each, before and after."""
    logging.disable()  # remarks on metadata, which the photo's notes have too
    wholes = {kind: data for kind, data in seeds().items() if args.only in kind}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(args.start, args.count):
            print(json.dumps({"begun": number}), flush=True)
            kind, outcome, text = read(number, args.seed, wholes, Path(folder) / "photo.img")
            print(json.dumps({"number": number, "kind": kind, "outcome": outcome, "text": text}), flush=True)


def main() -> int:
    """See the module's text."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="kinds with this in their name")
    parser.add_argument("--keep", type=Path, help="folder for files that did harm")
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.work:
        work(args)
        return 0
    wholes = {kind: data for kind, data in seeds().items() if args.only in kind}
    outcomes: Counter[tuple[str, str]] = Counter()
    start = args.start
    while start < args.count:
        given = ["--count", args.count, "--seed", args.seed, "--only", args.only, "--start", start, "--work"]
        command = [sys.executable, __file__, *map(str, given)]
        begun = None
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for line in process.stdout:
                told = json.loads(line)
                if "begun" in told:
                    begun = told["begun"]
                    continue
                begun, start = None, told["number"] + 1
                _count(outcomes, told["number"], told["kind"], told["outcome"], told["text"], args, wholes)
        if begun is None:
            if process.returncode:
                raise SystemExit(f"the reading process ended with {process.returncode} between two files")
            break
        kind = _file(begun, args.seed, wholes)[0]
        _count(outcomes, begun, kind, "DIED", f"exit code {process.returncode}", args, wholes)
        start = begun + 1
    for outcome in sorted({outcome for _, outcome in outcomes}):
        kinds = {kind: count for (kind, one), count in sorted(outcomes.items()) if one == outcome}
        print(f"{outcome}: {sum(kinds.values())}", "" if outcome in ("read", "refused") else kinds)
    return int(any(outcome in ("FAULT", "DIED") for _, outcome in outcomes))


def _count(
    outcomes: Counter[tuple[str, str]],
    number: int,
    kind: str,
    outcome: str,
    text: str,
    args: argparse.Namespace,
    wholes: dict[str, bytes],
) -> None:
    outcomes[kind, outcome] += 1
    if outcome not in ("read", "refused"):
        print(f"{number} {kind}: {outcome} {text}", flush=True)
        if args.keep:
            args.keep.mkdir(parents=True, exist_ok=True)
            (args.keep / f"{args.seed}-{number}-{kind}-{outcome}.img").write_bytes(_file(number, args.seed, wholes)[1])


if __name__ == "__main__":
    sys.exit(main())
