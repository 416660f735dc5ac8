"""How often color photographs are mistaken for black and white, and disturbed black-and-white ones for color.

`python benchmarks/tone.py --color FOLDER|TAR ... --gray FOLDER|TAR ... [--made-gray FOLDER|TAR ...] [--seed N]
    [--show FOLDER]`
`python benchmarks/tone.py --fit tone.npy --color FOLDER|TAR ... --bar FOLDER|TAR ... --made-gray FOLDER|TAR ...
    [--count N]`

Color photographs are judged as they are, and faded as old prints are (`fade`: each dye loses density at its own rate,
the paper yellows). Black-and-white ones are judged as they are and with each of the `VARIANTS`, seeded. Photos of
`--made-gray` may be in color: their lightness is used, half as large again, three in five in an old print's tones
(`old_print`), with one variant each in turn.
Printed for each kind: photos; those judged wrong; those of them judged with certainty; right ones judged without.
A photo counts as color if that is the likelier tone, however unsure; only sure ones are left out of an album.
`--fit` writes the weights for `imaging.color.tint` instead; give it training photos only. 1 % of the photos of `--bar`,
which are others in color, as they are, are then taken for black and white.
"""

from __future__ import annotations

import argparse
import io
import tarfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from handtint.imaging.color import lab, tint
from handtint.imaging.color.tone import Tone
from handtint.imaging.photo import Photo

Disturb = Callable[[np.ndarray, np.random.Generator], np.ndarray]
_SHRINK = 0.5  # of standardized weights, where all photos of a fit weigh 1 each; from folds of training photos
_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff")


def cloud(size: tuple[int, int], cells: int, rng: np.random.Generator) -> np.ndarray:
    """(h, w) smooth noise about 0..1 with about `cells` bumps along the longer side."""
    h, w = size
    scale = cells / max(size)
    coarse = rng.random((max(round(h * scale), 2), max(round(w * scale), 2))).astype(np.float32)
    return np.asarray(Image.fromarray(coarse).resize((w, h), Image.Resampling.BICUBIC))


def shifted(plane: np.ndarray, down: float, right: float, growth: float = 1.0) -> np.ndarray:
    """(h, w) moved by parts of a pixel and enlarged about its middle."""
    h, w = plane.shape
    near = (1 - 1 / growth) / 2
    inverse = (1 / growth, 0, w * near - right, 0, 1 / growth, h * near - down)
    moved = Image.fromarray(plane).transform((w, h), Image.Transform.AFFINE, inverse, Image.Resampling.BICUBIC)
    return np.asarray(moved)


def fringe(srgb: np.ndarray, rng: np.random.Generator, least: float = 0.3, most: float = 1.5) -> np.ndarray:
    """Red and blue beside green by `least` to `most` pixels, as a scanner with three passes or lines leaves them."""
    planes = [srgb[..., 1]] * 3
    for channel in (0, 2):
        by, angle = rng.uniform(least, most), rng.uniform(0, 2 * np.pi)
        growth = 1 + rng.choice([0, 1]) * rng.uniform(-most, most) / max(srgb.shape[:2])
        planes[channel] = shifted(srgb[..., channel].copy(), by * np.sin(angle), by * np.cos(angle), growth)
    return np.clip(np.stack(planes, axis=-1), 0, 1)


def half_fringe(srgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Color fringes of some half a pixel."""
    return fringe(srgb, rng, 0.3, 0.7)


def wide_fringe(srgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Color fringes of one pixel to one and a half."""
    return fringe(srgb, rng, 1.0, 1.5)


def _stained(srgb: np.ndarray, amount: np.ndarray, ink: tuple[float, float, float]) -> np.ndarray:
    """Light lost where `amount` (h, w) is 1: each channel keeps the part that `ink` gives."""
    return srgb * (1 - amount[..., None] * (1 - np.array(ink, np.float32)))


def yellow(srgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Yellowed from one side or corner."""
    h, w = srgb.shape[:2]
    angle = rng.uniform(0, 2 * np.pi)
    along = np.linspace(-1, 1, w)[None] * np.cos(angle) + np.linspace(-1, 1, h)[:, None] * np.sin(angle)
    width, start = rng.uniform(0.2, 0.8), rng.uniform(-0.4, 0.4)
    amount = 1 / (1 + np.exp(-(along - start) / width * 3)) + 0.1 * cloud((h, w), 4, rng)
    return _stained(srgb, amount.astype(np.float32), (0.95, rng.uniform(0.8, 0.9), rng.uniform(0.5, 0.75)))


def foxing(srgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Brown spots over a tenth to a quarter of the paper."""
    h, w = srgb.shape[:2]
    spots = cloud((h, w), int(rng.integers(15, 45)), rng) + 0.3 * cloud((h, w), 5, rng)
    least = np.quantile(spots[::4, ::4], 1 - rng.uniform(0.1, 0.25))
    amount = np.clip((spots - least) / rng.uniform(0.1, 0.25), 0, 1)
    return _stained(srgb, amount * rng.uniform(0.5, 1), (0.85, rng.uniform(0.55, 0.7), rng.uniform(0.3, 0.5)))


def mirroring(srgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A bluish metallic sheen over the shadows towards the edges."""
    h, w = srgb.shape[:2]
    y, x = np.abs(np.linspace(-1, 1, h))[:, None], np.abs(np.linspace(-1, 1, w))[None]
    edge = np.clip((np.maximum(x, y) - rng.uniform(0.4, 0.7)) / 0.3, 0, 1) * np.clip(cloud((h, w), 8, rng) + 0.2, 0, 1)
    amount = (edge * (1 - srgb.mean(axis=2)) * rng.uniform(0.4, 0.8)).astype(np.float32)[..., None]
    return srgb * (1 - amount) + amount * np.array((0.52, 0.58, 0.70), np.float32)


def sepia(srgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One tint for each lightness."""
    light, dark = np.array((1, rng.uniform(0.9, 0.97), rng.uniform(0.7, 0.9))), rng.uniform(0.02, 0.12)
    return (srgb * (light - dark * np.array((0.5, 0.7, 1))) + dark * np.array((1, 0.75, 0.5))).astype(np.float32)


def old_print(srgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Toned, faded, grainy: each channel has a smooth curve of its own over the lightness of (h, w, 3) grays."""
    level = srgb[..., :1] + rng.normal(0, rng.uniform(0, 0.03), (*srgb.shape[:2], 1)).astype(np.float32)
    level = np.clip(level, 0, 1) ** np.exp(rng.normal(0.15, 0.35))
    light = 1 - rng.uniform(0, (0.1, 0.15, 0.35)) * rng.uniform(0, 1)
    dark = rng.uniform(0, 0.2) * np.array((1, 0.85, 0.7)) * rng.uniform(0.8, 1.1, 3)
    toned = dark + level ** np.exp(rng.normal(0, 0.08, 3)) * (light - dark)
    toned += rng.normal(0, 0.02, 3) * np.sin(np.pi * level) + rng.normal(0, 0.015, 3) * np.sin(2 * np.pi * level)
    return np.clip(toned, 0, 1).astype(np.float32)


def _mounted(srgb: np.ndarray, page: np.ndarray, sides: np.ndarray) -> np.ndarray:
    h, w = srgb.shape[:2]
    top, left = round(sides[0] * h), round(sides[1] * w)
    page[top : top + h, left : left + w] = srgb
    return page


def album_page(srgb: np.ndarray, rng: np.random.Generator, width: tuple[float, float] = (0.06, 0.3)) -> np.ndarray:
    """On a page of green, brown, blue, red or buff card."""
    sides = rng.uniform(*width, 4)
    size = [round(n * (1 + sides[i] + sides[i + 2])) for i, n in enumerate(srgb.shape[:2])]
    card = np.array(
        [(0.28, 0.38, 0.28), (0.36, 0.28, 0.20), (0.26, 0.32, 0.44), (0.45, 0.18, 0.18), (0.80, 0.72, 0.55)]
    )[rng.integers(5)]
    paper = cloud((size[0], size[1]), 3, rng) * 0.06 + rng.normal(0, 0.012, size)
    return _mounted(srgb, np.clip(card + paper[..., None], 0, 1).astype(np.float32), sides)


def wooden_frame(srgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """In a frame of brown wood with its grain along each side."""
    sides = np.full(4, rng.uniform(0.06, 0.16))
    h, w = (round(n * (1 + 2 * sides[0])) for n in srgb.shape[:2])
    grain = cloud((h, w), 120, rng)
    across = np.asarray(Image.fromarray(cloud((h, 8), h // 4, rng)).resize((w, h)))
    wood = np.array((0.50, 0.32, 0.17)) * (0.6 + 0.6 * across + 0.25 * grain)[..., None]
    return _mounted(srgb, np.clip(wood, 0, 1).astype(np.float32), sides)


def color_target(srgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A strip of color patches laid along one side, over the picture or beside it."""
    colors = [(0.7, 0.1, 0.1), (0.1, 0.5, 0.2), (0.1, 0.2, 0.6), (0.9, 0.8, 0.1), (0.7, 0.2, 0.6), (0.1, 0.6, 0.7)]
    patches = rng.permutation([*colors, (0.95, 0.95, 0.95), (0.5, 0.5, 0.5), (0.1, 0.1, 0.1)])
    h, w = srgb.shape[:2]
    strip = np.repeat(patches.astype(np.float32), -(-w // 9), axis=0)[None, :w]
    strip = np.repeat(strip, round(h * rng.uniform(0.06, 0.14)), axis=0)
    below = srgb[: h - len(strip)] if rng.random() < 0.5 else srgb
    return np.concatenate([below, strip] if rng.random() < 0.5 else [strip, below])


def stamps(srgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Rubber stamps and ink notes, violet, blue or red."""
    h, w = srgb.shape[:2]
    y, x = np.mgrid[:h, :w].astype(np.float32)
    for _ in range(rng.integers(1, 4)):
        ink = [(0.45, 0.25, 0.65), (0.2, 0.3, 0.75), (0.75, 0.15, 0.2)][rng.integers(3)]
        radius = rng.uniform(0.08, 0.16) * min(h, w)
        apart = np.hypot(y - rng.uniform(0.1, 0.9) * h, x - rng.uniform(0.1, 0.9) * w) / radius
        ring = (np.abs(apart - 0.9) < 0.08) | ((apart < 0.75) & (np.sin(y * 12 / radius) > 0.2))
        srgb = _stained(srgb, ring.astype(np.float32) * rng.uniform(0.6, 0.9), ink)
    return srgb


def tinted_places(srgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Cheeks, a dress, a flower colored by hand: soft patches over a tenth to a fifth of the picture."""
    h, w = srgb.shape[:2]
    y, x = np.mgrid[:h, :w].astype(np.float32)
    number = int(rng.integers(2, 5))
    share = rng.uniform(0.1, 0.2) / number
    for _ in range(number):
        ink = rng.permutation([1.0, rng.uniform(0.55, 0.8), rng.uniform(0.5, 0.75)])
        tall = rng.uniform(0.6, 1.6)
        radius = np.sqrt(share * h * w / np.pi)
        apart = np.hypot((y - rng.uniform(0.2, 0.8) * h) / tall, (x - rng.uniform(0.2, 0.8) * w) * tall) / radius
        srgb = _stained(srgb, np.clip((1.1 - apart) * 4, 0, 1), tuple(ink))
    return srgb


def uneven_light(srgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Photographed between a window and a lamp."""
    h, w = srgb.shape[:2]
    angle = rng.uniform(0, 2 * np.pi)
    along = np.linspace(0, 1, w)[None] * np.cos(angle) + np.linspace(0, 1, h)[:, None] * np.sin(angle)
    warm, cold = np.array((1, 0.93, rng.uniform(0.75, 0.88))), np.array((rng.uniform(0.85, 0.95), 0.96, 1))
    share = ((along - along.min()) / np.ptp(along))[..., None]
    return (srgb * (warm * share + cold * (1 - share))).astype(np.float32)


def grain(srgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A camera's color noise."""
    return np.clip(srgb + rng.normal(0, rng.uniform(0.01, 0.035), srgb.shape).astype(np.float32), 0, 1)


VARIANTS: dict[str, tuple[Disturb, ...]] = {
    "fringes of 0.3 to 0.7 px": (half_fringe,),
    "fringes of 1.0 to 1.5 px": (wide_fringe,),
    "fringes on sepia": (sepia, fringe),
    "one-sided yellowing": (yellow,),
    "yellowing on sepia": (sepia, yellow),
    "foxing": (foxing,),
    "foxing and yellowing": (yellow, foxing),
    "silver mirroring": (mirroring,),
    "silver mirroring on sepia": (sepia, mirroring),
    "album page": (album_page,),
    "album page, sepia, fringes": (sepia, album_page, half_fringe),
    "album page, yellowing": (yellow, album_page),
    "wooden frame": (wooden_frame,),
    "wooden frame, fringes": (wooden_frame, fringe),
    "color target": (color_target,),
    "color target on a page": (album_page, color_target),
    "stamps": (stamps,),
    "tinted places": (tinted_places,),
    "uneven light": (uneven_light,),
    "color noise and grain": (grain, half_fringe),
}


def disturb(srgb: np.ndarray, name: str, seed: int) -> bytes:
    """A JPEG of (h, w, 3) sRGB 0..1 float32, disturbed as `VARIANTS` say, at a quality of 50 to 95."""
    rng = np.random.default_rng((20, list(VARIANTS).index(name), seed))
    for step in VARIANTS[name]:
        srgb = step(srgb.astype(np.float32), rng)
    scan = np.clip(srgb * 255 + rng.normal(0, 0.7, srgb.shape), 0, 255)
    file = io.BytesIO()
    quality, subsampling = int(rng.integers(50, 96)), int(rng.choice([0, 2]))
    Image.fromarray(np.rint(scan).astype(np.uint8)).save(file, "JPEG", quality=quality, subsampling=subsampling)
    return file.getvalue()


def fade(srgb: np.ndarray, seed: int) -> np.ndarray:
    """A color print, (h, w, 3) uint8, faded: each dye keeps 45 to 95 % of its density; the paper yellows."""
    rng = np.random.default_rng((21, seed))
    density = -np.log10(np.maximum(lab.srgb_to_linear(srgb / 255.0), 0.004))
    kept = rng.uniform((0.45, 0.6, 0.55), (0.8, 0.95, 0.9))
    stain = rng.uniform((0.0, 0.01, 0.04), (0.02, 0.05, 0.2))
    return np.rint(lab.linear_to_srgb(10 ** -(density * kept + stain)) * 255).astype(np.uint8)


def photos(source: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each photo in a folder or tar file."""
    if source.is_dir():
        for path in sorted(source.iterdir()):
            if path.suffix.lower() in _SUFFIXES:
                yield path.name, path.read_bytes()
        return
    with tarfile.open(source) as tar:
        for member in tar:
            file = tar.extractfile(member)
            if file and member.name.lower().endswith(_SUFFIXES):
                yield member.name, file.read()


def decoded(data: bytes) -> np.ndarray:
    """(h, w, 3) uint8."""
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def lightness_of(pixels: np.ndarray) -> np.ndarray:
    """(h, w, 3) uint8 as neutral grays of the same lightness, 0..1."""
    level = Photo(pixels).lightness()
    luminance = lab.lab_to_linear(level, 0 * level, 0 * level)[1]
    return np.repeat(lab.linear_to_srgb(luminance)[..., None], 3, axis=2).astype(np.float32)


class Count:
    """Judgments by kind."""

    def __init__(self, show: Path | None) -> None:
        self.kinds: dict[str, Counter[str]] = {}
        self._show = show

    def add(self, kind: str, name: str, pixels: np.ndarray, is_color: bool) -> None:
        """Count one photo."""
        judgment = Photo(pixels).judgment()
        is_wrong = (judgment.tone is Tone.COLOR) is not is_color
        told = ("wrong" if is_wrong else "right") + ("" if judgment.is_sure else ", unsure")
        self.kinds.setdefault(kind, Counter())[told] += 1
        if self._show and is_wrong:
            Image.fromarray(pixels).save(self._show / f"{kind}, {Path(name).stem}, {judgment.sureness:.2f}.png")

    def table(self, title: str, kinds: list[str]) -> None:
        """Print the counts of some kinds of photos."""
        print(f"{title:32} photos  wrong    %  sure of it  right but unsure")
        rows = [(kind, self.kinds[kind]) for kind in kinds if kind in self.kinds]
        for kind, told in [*rows, ("all", sum((told for _, told in rows), Counter()))] if len(rows) > 1 else rows:
            wrong = told["wrong"] + told["wrong, unsure"]
            share = 100 * wrong / told.total()
            print(f"{kind:32} {told.total():6} {wrong:6} {share:5.1f} {told['wrong']:10} {told['right, unsure']:10}")
        print(flush=True)


def larger(pixels: np.ndarray) -> np.ndarray:
    """Half as large again, so that fringes are as wide in small photos' cells as in scans'."""
    h, w = pixels.shape[:2]
    return np.asarray(Image.fromarray(pixels).resize((w * 3 // 2, h * 3 // 2), Image.Resampling.BICUBIC))


def all_of(sources: list[Path], count: int | None, first: int = 1) -> Iterator[tuple[int, str, np.ndarray]]:
    """Seed, from `first` on, name and (h, w, 3) uint8 pixels of the first photos of each source; the same picture's
    file only once."""
    seen: set[bytes] = set()
    for source in sources:
        for number, (name, data) in enumerate(photos(source)):
            if number == count:
                break
            if data not in seen:
                seen.add(data)
                yield first + len(seen) - 1, name, decoded(data)


def made_gray(sources: list[Path], count: int | None, first: int = 1) -> Iterator[tuple[str, str, np.ndarray]]:
    """Variant, name and pixels of disturbed photos made gray."""
    for seed, name, pixels in all_of(sources, count, first):
        variant, gray = list(VARIANTS)[seed % len(VARIANTS)], lightness_of(larger(pixels))
        if seed % 5 < 3:
            gray = old_print(gray, np.random.default_rng((22, seed)))
        yield variant, name, decoded(disturb(gray, variant, seed))


def fitted(color: np.ndarray, faded: np.ndarray, gray: np.ndarray, bar: np.ndarray) -> np.ndarray:
    """Weights (n + 1, n + 1) of a logistic regression on the products of (m, n) evidence and 1; 1 % of `bar`, other
    color photos, come out black and white."""
    evidence = [np.c_[part, np.ones(len(part))] for part in (np.concatenate([color, faded]), gray, bar)]
    pairs = np.triu_indices(evidence[0].shape[1])
    in_color, is_gray, held_out = ((part[:, :, None] * part[:, None])[:, *pairs] for part in evidence)
    features = np.concatenate([in_color, is_gray])[:, :-1]
    told_gray = np.repeat([0.0, 1.0], [len(in_color), len(is_gray)])
    share = np.repeat([0.5 / len(in_color), 0.5 / len(is_gray)], [len(in_color), len(is_gray)]) * len(features)
    mean, spread = features.mean(axis=0), features.std(axis=0)
    inputs = np.c_[(features - mean) / spread, np.ones(len(features))]
    shrink = np.diag([_SHRINK] * features.shape[1] + [0.0])
    weights = np.zeros(inputs.shape[1])
    for _ in range(30):
        told = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        curvature = inputs.T @ (inputs * (share * told * (1 - told) + 1e-6)[:, None]) + shrink
        weights += np.linalg.solve(curvature, inputs.T @ (share * (told_gray - told)) - shrink @ weights)
    slopes = weights[:-1] / spread
    square = np.zeros((evidence[0].shape[1],) * 2)
    square[pairs] = [*slopes, -float(np.quantile(held_out[:, :-1] @ slopes, 1 - 0.01))]
    return (square + square.T) / 2


def main() -> None:
    """Print the figures of the photos that are given."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for option in ("--color", "--gray", "--made-gray", "--bar"):
        parser.add_argument(option, type=Path, nargs="+", default=[])
    parser.add_argument("--count", type=int, help="photos of each source at most")
    parser.add_argument(
        "--seed", type=int, default=1, help="of the first photo; others find what no figure was told of"
    )
    parser.add_argument("--fit", type=Path, help="the file to write")
    parser.add_argument("--show", type=Path, help="folder for the photos taken for the wrong thing")
    options = parser.parse_args()
    if options.fit:

        def evidence(pixels: np.ndarray) -> np.ndarray:
            return tint.evidence(tint.inside(Photo(pixels).cells()))

        color = [(seed, pixels) for seed, _, pixels in all_of(options.color, options.count)]
        as_is = np.array([evidence(pixels) for _, pixels in color])
        faded = np.array([evidence(fade(pixels, seed)) for seed, pixels in color])
        gray = np.array([evidence(pixels) for _, _, pixels in made_gray(options.made_gray, options.count)])
        bar = np.array([evidence(pixels) for _, _, pixels in all_of(options.bar, options.count)])
        np.save(options.fit, fitted(as_is, faded, gray, bar).astype(np.float32))
        return
    if options.show:
        options.show.mkdir(parents=True, exist_ok=True)
    count = Count(options.show)
    for seed, name, pixels in all_of(options.color, options.count, options.seed):
        count.add("as they are", name, pixels, True)
        count.add("faded", name, fade(pixels, seed), True)
    if options.color:
        count.table("in color", ["as they are"])
        count.table("in color", ["faded"])
    for seed, name, pixels in all_of(options.gray, options.count, options.seed):
        count.add("undisturbed", name, pixels, False)
        for variant in VARIANTS:
            count.add(variant, name, decoded(disturb(pixels / np.float32(255), variant, seed)), False)
    if options.gray:
        count.table("black and white", ["undisturbed", *VARIANTS])
    count.kinds.clear()
    for variant, name, pixels in made_gray(options.made_gray, options.count, options.seed):
        count.add(variant, name, pixels, False)
    if options.made_gray:
        count.table("color photos made gray", list(VARIANTS))


if __name__ == "__main__":
    main()
