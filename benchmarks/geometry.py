"""How well angles, prints and their number are found: `python benchmarks/geometry.py val.tar [seed]`.

Makes scans of the photographs in a tar file of WebP or JPEG pictures: prints with and without a paper border, in color,
gray and sepia, tilted, on a white or black bed, with a shadow at two sides, a slope in the bed's brightness, noise,
dust and hairs, half of them through JPEG. Seeds are fixed, so that each call measures the same scans; another seed
makes others. Prints

- of 40 scans with one print how many were found within 0.3 degrees and 0.97 intersection over union,
- the same of 40 with a print pushed against an edge of the bed or into a corner,
- on how many of the photographs themselves, and of `resources/samples`, a print was "found" though there is none,
- of 40 scans with two to six prints how many got their number and their places right,
- of the photographs, turned by a known angle, how many were straightened and by how much they were missed,
- CPU seconds on a scan of 12 megapixels, with and without shrinking it.
"""

from __future__ import annotations

import io
import math
import statistics
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.ImageFilter import GaussianBlur

from handtint.imaging.opening import read_photo
from handtint.imaging.photo import Photo
from handtint.recipe.framing import fitted
from handtint.recipe.geometry import Geometry
from handtint.recipe.placement import place
from handtint.repair.finding import find_print, find_straightening, split_scan
from handtint.repair.geometry import applied

SAMPLES = Path(__file__).resolve().parents[1] / "resources" / "samples"
Points = list[tuple[float, float]]


@dataclass(frozen=True)
class Lying:
    """A print as it lies on the bed: center, width, height in pixels, degrees clockwise."""

    x: float
    y: float
    width: float
    height: float
    tilt: float

    def corners(self) -> Points:
        cos, sin = math.cos(math.radians(self.tilt)), math.sin(math.radians(self.tilt))
        ends = ((-1, -1), (1, -1), (1, 1), (-1, 1))
        halves = [(a * self.width / 2, b * self.height / 2) for a, b in ends]
        return [(self.x + cos * a - sin * b, self.y + sin * a + cos * b) for a, b in halves]


def pictures(tar: Path) -> list[tuple[str, np.ndarray]]:
    with tarfile.open(tar) as archive:
        members = [member for member in archive if member.isfile()]
        found = [(member.name, archive.extractfile(member)) for member in members]
        return [(name, np.asarray(Image.open(io.BytesIO(file.read())).convert("RGB"))) for name, file in found if file]


def paper(picture: np.ndarray, rng: np.random.Generator, bed: float, scale: float) -> np.ndarray:
    """(h, w, 3) float32: a print of the picture, with or without a border that differs from the bed by 5 at least."""
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    pixels = np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS), np.float32)
    look = rng.integers(3)
    if look:
        gray = pixels @ np.array([0.3, 0.59, 0.11], np.float32)
        tint = np.array([1.0, 1.0, 1.0]) if look == 1 else np.array([1.0, 0.9, 0.75])
        pixels = (gray[..., None] * tint).astype(np.float32)
    low, high = rng.uniform(0, 50), rng.uniform(200, 250)  # prints are neither as black nor as white as screens
    pixels = low + pixels * ((high - low) / 255)
    if rng.random() < 0.5:
        edge = round(min(pixels.shape[:2]) * rng.uniform(0.02, 0.06))
        white = min(bed - rng.uniform(5, 40), 245) if bed > 128 else rng.uniform(170, 240)
        cream = np.array([white, white - rng.uniform(0, 6), white - rng.uniform(0, 16)], np.float32)
        framed = np.empty((pixels.shape[0] + 2 * edge, pixels.shape[1] + 2 * edge, 3), np.float32)
        framed[:] = cream
        framed[edge:-edge, edge:-edge] = pixels
        pixels = framed
    return pixels


def blurred(plane: np.ndarray, sigma: float) -> np.ndarray:
    return np.asarray(Image.fromarray(plane.astype(np.float32) * 255).convert("L").filter(GaussianBlur(sigma))) / 255


def lay(canvas: np.ndarray, pixels: np.ndarray, lying: Lying, rng: np.random.Generator, is_white: bool) -> None:
    """Put a print on the canvas: its shadow first, then itself, its edge as sharp as a scanner sees it."""
    height, width = canvas.shape[:2]
    y, x = np.mgrid[:height, :width] + 0.5
    cos, sin = math.cos(math.radians(lying.tilt)), math.sin(math.radians(lying.tilt))

    def cover(dx: float, dy: float, softness: float) -> np.ndarray:
        u = cos * (x - lying.x - dx) + sin * (y - lying.y - dy)
        v = -sin * (x - lying.x - dx) + cos * (y - lying.y - dy)
        inside = np.minimum(lying.width / 2 - np.abs(u), lying.height / 2 - np.abs(v))
        return np.clip(inside / softness + 0.5, 0, 1)

    if is_white:
        way, far = rng.uniform(0, 2 * math.pi), rng.uniform(2, 7)
        shadow = blurred(cover(far * math.cos(way), far * math.sin(way), 1.0), rng.uniform(2, 5))
        canvas *= (1 - rng.uniform(0.1, 0.4) * shadow)[..., None]
    else:
        canvas += (rng.uniform(0, 6) * blurred(cover(0, 0, 1.0), 4))[..., None]  # light that the paper scatters
    u = cos * (x - lying.x) + sin * (y - lying.y) + lying.width / 2
    v = -sin * (x - lying.x) + cos * (y - lying.y) + lying.height / 2
    u, v = np.clip(u - 0.5, 0, pixels.shape[1] - 1.001), np.clip(v - 0.5, 0, pixels.shape[0] - 1.001)
    i, j = np.floor(v).astype(int), np.floor(u).astype(int)
    fv, fu = (v - i)[..., None], (u - j)[..., None]
    seen = (1 - fv) * ((1 - fu) * pixels[i, j] + fu * pixels[i, j + 1])
    seen += fv * ((1 - fu) * pixels[i + 1, j] + fu * pixels[i + 1, j + 1])
    share = cover(0, 0, rng.uniform(1.0, 1.8))[..., None]
    canvas[:] = canvas * (1 - share) + seen * share


def finish(canvas: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Dust, hairs, noise, and for every other scan JPEG."""
    height, width = canvas.shape[:2]
    for _ in range(rng.integers(20, 100)):
        top, left, size = rng.integers(height), rng.integers(width), rng.integers(1, 4)
        canvas[top : top + size, left : left + size] *= rng.uniform(0.4, 1.6)
    for _ in range(rng.integers(0, 5)):
        at, way = np.array([rng.uniform(0, height), rng.uniform(0, width)]), rng.uniform(0, 2 * math.pi)
        tone = rng.uniform(40, 220)
        for _ in range(rng.integers(30, 120)):
            way += rng.normal(0, 0.15)
            at += (math.sin(way), math.cos(way))
            row, column = int(at[0]), int(at[1])
            if 0 <= row < height and 0 <= column < width:
                canvas[row, column] = tone
    canvas += rng.normal(0, rng.uniform(0.5, 3.5), canvas.shape)
    scan = np.clip(np.rint(canvas), 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        packed = io.BytesIO()
        Image.fromarray(scan).save(packed, "JPEG", quality=int(rng.integers(75, 95)))
        scan = np.asarray(Image.open(packed))
    return scan


def bed(height: int, width: int, rng: np.random.Generator) -> tuple[np.ndarray, float, bool]:
    is_white = bool(rng.random() < 0.6)
    tone = rng.uniform(225, 252) if is_white else rng.uniform(6, 40)
    color = tone + rng.uniform(-3, 3, 3)
    y, x = np.mgrid[:height, :width] / max(height, width) - 0.5
    slope = rng.uniform(-6, 6) * x + rng.uniform(-6, 6) * y
    return (color + slope[..., None]).astype(np.float32), tone, is_white


def single_scan(picture: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, Lying]:
    """A scan of one print that does not leave the bed, and how it lies."""
    scale = rng.uniform(1.6, 2.6)
    height, width = (round(max(picture.shape[:2]) * scale * rng.uniform(1.25, 1.9)) for _ in range(2))
    canvas, tone, is_white = bed(height, width, rng)
    pixels = paper(picture, rng, tone, scale)
    while True:
        tilt = rng.uniform(-12, 12)
        middle = (rng.uniform(0.35, 0.65) * width, rng.uniform(0.35, 0.65) * height)
        lying = Lying(*middle, pixels.shape[1], pixels.shape[0], tilt)
        if all(12 < x < width - 12 and 12 < y < height - 12 for x, y in lying.corners()):
            break
    lay(canvas, pixels, lying, rng, is_white)
    return finish(canvas, rng), lying


def pushed_scan(picture: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, Lying]:
    """A scan of one print pushed against an edge of the bed, or into a corner."""
    scale = rng.uniform(1.6, 2.6)
    height, width = (round(max(picture.shape[:2]) * scale * rng.uniform(1.35, 1.9)) for _ in range(2))
    canvas, tone, is_white = bed(height, width, rng)
    pixels = paper(picture, rng, tone, scale)
    h, w = pixels.shape[:2]
    x, y = w / 2 + rng.uniform(-1, 1), h / 2 + rng.uniform(-1, 1)
    x, y = (x if rng.random() < 0.5 else width - x), (y if rng.random() < 0.5 else height - y)
    if rng.random() < 0.5:  # one edge
        if rng.random() < 0.5:
            x = rng.uniform(w / 2 + 15, width - w / 2 - 15)
        else:
            y = rng.uniform(h / 2 + 15, height - h / 2 - 15)
    lying = Lying(x, y, w, h, rng.uniform(-0.4, 0.4))
    lay(canvas, pixels, lying, rng, is_white)
    return finish(canvas, rng), lying


def multi_scan(choices: list[np.ndarray], rng: np.random.Generator) -> tuple[np.ndarray, list[Lying]]:
    """A scan of two to six prints in rows, reading-wise, at least 2 % of the bed apart."""
    rows, columns = ((1, 2), (2, 1), (2, 2), (1, 3), (2, 3))[rng.integers(5)]
    cell = 430
    height, width = rows * cell + 40, columns * cell + 40
    canvas, tone, is_white = bed(height, width, rng)
    found = []
    for row in range(rows):
        for column in range(columns):
            picture = choices[rng.integers(len(choices))]
            pixels = paper(picture, rng, tone, rng.uniform(0.6, 0.8) * cell / max(picture.shape[:2]))
            tilt = rng.uniform(-8, 8)
            cos, sin = math.cos(math.radians(tilt)), abs(math.sin(math.radians(tilt)))
            across = pixels.shape[1] * cos + pixels.shape[0] * sin
            down = pixels.shape[1] * sin + pixels.shape[0] * cos
            free_x, free_y = max(cell - 25 - across, 0) / 2, max(cell - 25 - down, 0) / 2
            x = 20 + (column + 0.5) * cell + rng.uniform(-free_x, free_x)
            y = 20 + (row + 0.5) * cell + rng.uniform(-free_y, free_y)
            lying = Lying(x, y, pixels.shape[1], pixels.shape[0], tilt)
            lay(canvas, pixels, lying, rng, is_white)
            found.append(lying)
    return finish(canvas, rng), found


def outline(geometry: Geometry, size: tuple[int, int]) -> Points:
    """The corners of what a geometry keeps, in pixels of its source."""
    placed = place(geometry, size)
    height, width = placed.size
    return [placed.to_source(*corner) for corner in ((0, 0), (width, 0), (width, height), (0, height))]


def area(points: Points) -> float:
    return 0.5 * abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:] + points[:1], strict=True)))


def overlap(first: Points, second: Points) -> float:
    """Intersection over union of two convex outlines that go clockwise (Sutherland and Hodgman, 1974)."""
    shared = first
    for (ax, ay), (bx, by) in zip(second, second[1:] + second[:1], strict=True):

        def side(point: tuple[float, float], a=(ax, ay), b=(bx, by)) -> float:
            return (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])

        kept = []
        for p, q in zip(shared, shared[1:] + shared[:1], strict=True):
            here, there = side(p), side(q)
            if here >= 0:
                kept.append(p)
            if here * there < 0:
                share = here / (here - there)
                kept.append((p[0] + share * (q[0] - p[0]), p[1] + share * (q[1] - p[1])))
        shared = kept
        if not shared:
            return 0.0
    both = area(shared)
    return both / (area(first) + area(second) - both)


def angle_error(geometry: Geometry, size: tuple[int, int], lying: Lying) -> float:
    a, b = outline(geometry, size)[:2]
    found = math.degrees(math.atan2(b[1] - a[1], b[0] - a[0]))
    return abs((found - lying.tilt + 45) % 90 - 45)


def singles(
    photos: list[tuple[str, np.ndarray]], seed: int, make: Callable[..., tuple[np.ndarray, Lying]]
) -> Iterator[tuple[str, float, float]]:
    for number in range(40):
        rng = np.random.default_rng([seed, number])
        name, picture = photos[int(rng.integers(len(photos)))]
        scan, lying = make(picture, rng)
        geometry = find_print(Photo(scan))
        if geometry is None:
            yield name, math.inf, 0.0
        else:
            size = scan.shape[:2]
            yield name, angle_error(geometry, size, lying), overlap(outline(geometry, size), lying.corners())


def multiples(photos: list[tuple[str, np.ndarray]], seed: int) -> Iterator[tuple[int, int, float]]:
    """Of each scan how many prints lie on it and were found, and the least overlap, in their order."""
    for number in range(40):
        rng = np.random.default_rng([seed, 1000 + number])
        scan, lying = multi_scan([picture for _, picture in photos], rng)
        found = split_scan(Photo(scan))
        least = 0.0
        if len(found) == len(lying):
            pairs = zip(found, lying, strict=True)
            least = min(overlap(outline(geometry, scan.shape[:2]), one.corners()) for geometry, one in pairs)
        yield len(lying), len(found), least


def turned(photos: list[tuple[str, np.ndarray]], seed: int) -> tuple[list[float], int]:
    """Photographs that were straightened as they are, turned: errors of those found again, number of those not.

    Where the photograph itself was found askew, that is added to what is expected.
    """
    rng = np.random.default_rng([seed, 2000])
    errors, lost = [], 0
    for _, picture in photos:
        own = find_straightening(Photo(picture))
        if own is None:
            continue
        by = float(np.clip(rng.uniform(-8, 8) - own, -15, 15))
        askew = applied(Photo(picture), fitted(Geometry(straighten=by), picture.shape[:2]))
        again = find_straightening(askew)
        if again is None:
            lost += abs(own - by) > 0.3
        else:
            errors.append(abs(again - (own - by)))
    return errors, lost


def main() -> None:
    photos = pictures(Path(sys.argv[1]))
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 17
    for text, make in (("one print", single_scan), ("against an edge", pushed_scan)):
        found = list(singles(photos, seed, make))
        missed = [one for one in found if one[1] > 0.3 or one[2] < 0.97]
        print(f"{text}: {40 - len(missed)} of 40 within 0.3 degrees and 0.97; median ", end="")
        print(f"{statistics.median(one[1] for one in found):.3f} degrees, ", end="")
        print(f"overlap {statistics.median(one[2] for one in found):.4f}")
        for name, angle, shared in missed:
            print(f"  missed: {name}, {angle:.2f} degrees, overlap {shared:.3f}")
    false = [name for name, picture in photos if find_print(Photo(picture)) is not None]
    print(f"no print: {len(false)} of {len(photos)} photographs had one found: {', '.join(false)}")
    samples = [path for path in sorted(SAMPLES.iterdir()) if path.suffix in (".jpg", ".png")]
    false = [path.name for path in samples if find_print(read_photo(path)) is not None]
    print(f"no print: {len(false)} of {len(samples)} samples had one found: {', '.join(false)}")
    counts = list(multiples(photos, seed))
    right = sum(there == found for there, found, _ in counts)
    placed = sum(least >= 0.95 for _, _, least in counts)
    print(f"several prints: {right} of 40 scans have their number right, {placed} all prints within 0.95, in order")
    print(f"  wrong (there, found): {[(there, found) for there, found, _ in counts if there != found]}")
    errors, lost = turned(photos, seed)
    good = sum(error <= 0.5 for error in errors)
    print(
        f"straightening: {len(errors) + lost} of {len(photos)} photographs have lines; turned, {lost} of them lost, ",
        end="",
    )
    print(f"{good} within 0.5 degrees, median error {statistics.median(errors):.2f}")
    rng = np.random.default_rng(seed)
    scan, _ = single_scan(photos[0][1], rng)
    large = Photo(np.asarray(Image.fromarray(scan).resize((4000, 3000), Image.Resampling.BICUBIC)))
    for text, find in (("print", find_print), ("angle", find_straightening), ("split", split_scan)):
        start = time.process_time()
        find(large)
        print(f"{text} on 12 megapixels: {time.process_time() - start:.2f} CPU s")


if __name__ == "__main__":
    main()
