"""How well damage is found and filled: `python -m training.measuring.damage PHOTOS.tar...`.

Photographs that nobody learned from, enlarged twice, and the samples are damaged by `damage_painter`, found and filled
by the app. It is compared with doing nothing, the app's own fill where the damage truly is, and scikit-image's
biharmonic inpainting there. With `--sound` the photographs are left as they are, and what would be changed in them is
counted; with `--sound --likenesses` in those of `likenesses`: leaves, fur, hair, clothes, rain; lace, stars, text and
more.
"""

from __future__ import annotations

import argparse
import io
import json
import tarfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage
from skimage import data
from skimage.restoration import inpaint_biharmonic

from handtint import paths
from handtint.engine.damage_finder import TorchDamageFinder, load_damage_finder
from handtint.engine.models import load_model, save_model
from handtint.imaging.color import lab
from handtint.imaging.opening import read_photo
from handtint.imaging.photo import Photo
from handtint.model_card import DAMAGE, find_model
from handtint.progress import Progress
from handtint.recipe.damage import Damage
from handtint.repair.damage.filling import fill, with_filling
from handtint.repair.damage.finding import DEFAULT_SENSITIVITY, automatic, damaged, doubtful, find
from handtint.repair.damage.places import Places
from training.measuring import likenesses
from training.measuring.damage_painter import paint

_SHARE = 0.006  # of the pixels that is damaged
_GRAIN = 0.012  # deviation of the grain given to enlarged photographs, which have none left
_DRAWN = 4  # drawings of each kind
_NEAR = 2  # pixels from true damage within which a change does no harm to sound places


def enlarged(source: Path, count: int, rng: np.random.Generator) -> Iterator[tuple[str, np.ndarray]]:
    """Names and (h, w) float32 gray 0..1 of the first photographs of a tar file, twice as large, with grain."""
    with tarfile.open(source) as archive:
        members = [member for member in archive if member.isfile()][:count]
        for member in members:
            file = archive.extractfile(member)
            assert file is not None
            yield member.name, twice(Image.open(io.BytesIO(file.read())).convert("L"), rng)


def twice(image: Image.Image, rng: np.random.Generator) -> np.ndarray:
    """(h, w) float32 gray 0..1 of a gray picture twice as large, with grain."""
    image = image.resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC)
    grain = ndimage.gaussian_filter(rng.standard_normal((image.height, image.width)), 0.6)
    gray = np.asarray(image, np.float32) / 255 + _GRAIN * grain / grain.std()
    return np.clip(gray, 0, 1).astype(np.float32)


def samples() -> Iterator[tuple[str, np.ndarray]]:
    """The samples' names and (h, w) float32 gray 0..1. They have damage of their own, which nobody has marked."""
    for path in sorted(paths.samples_dir().iterdir()):
        if path.suffix != ".md":
            _, luminance, _ = lab.lab_to_linear(read_photo(path).lightness(), 0.0, 0.0)
            yield path.name, lab.linear_to_srgb(luminance).clip(0, 1).astype(np.float32)


def textures() -> Iterator[tuple[str, np.ndarray]]:
    """Names and (h, w) float32 gray 0..1 of scikit-image's own pictures of grass, gravel, brick, text, stars, ..."""
    for name in (
        "astronaut",
        "brick",
        "camera",
        "coins",
        "grass",
        "gravel",
        "hubble_deep_field",
        "moon",
        "page",
        "text",
    ):
        picture = np.asarray(getattr(data, name)())
        gray = picture @ np.array((0.299, 0.587, 0.114)) if picture.ndim == 3 else picture.astype(np.float64)
        yield name, (gray / 255).astype(np.float32)


def measure(
    sound: np.ndarray, finder: TorchDamageFinder, sensitivity: float, rng: np.random.Generator
) -> dict[str, float]:
    """Counts and sums of one photo, to be added up."""
    painted = paint(sound, rng, _SHARE)
    before, truth = (np.rint(plane * 255).astype(np.uint8) for plane in (painted.damaged, painted.sound))
    photo, there = Photo(before), painted.mask
    start = time.process_time()
    looked = find(photo, finder, Progress())
    found = damaged(looked, Damage(sensitivity), photo)
    found_at = time.process_time()
    after = np.asarray(with_filling(photo, fill(photo, found, Progress(), doubtful(looked))).pixels)
    filled_at = time.process_time()
    mask = found.mask()
    near = np.asarray(ndimage.binary_dilation(there, iterations=_NEAR), bool)
    own = np.asarray(with_filling(photo, fill(photo, Places.of_mask(there), Progress())).pixels)
    biharmonic = np.clip(np.rint(inpaint_biharmonic(before / 255, there, split_into_regions=True) * 255), 0, 255)

    def error(result: np.ndarray) -> float:
        return float(np.square(result[there].astype(np.float64) - truth[there]).sum())

    return {
        "pixels": there.size,
        "there": int(there.sum()),
        "found": int(mask.sum()),
        "right": int((mask & there).sum()),
        "found_near": int((mask & ndimage.binary_dilation(there)).sum()),
        "there_near": int((there & ndimage.binary_dilation(mask)).sum()),
        "changed_outside": int(((after != before) & ~there).sum()),
        "changed_far": int(((after != before) & ~near).sum()),
        "nothing": error(before),
        "ours": error(after),
        "ours_true_mask": error(own),
        "biharmonic_true_mask": error(biharmonic),
        "find_s": found_at - start,
        "fill_s": filled_at - found_at,
    }


def measure_sound(gray: np.ndarray, finder: TorchDamageFinder) -> dict[str, float]:
    """Share in percent of a sound photo's pixels that change by themselves, and of what a person would be shown."""
    photo = Photo(np.rint(gray * 255).astype(np.uint8))
    looked = find(photo, finder, Progress())
    asked = {"shown": Damage(DEFAULT_SENSITIVITY), "changed": automatic(looked)}
    return {key: 100 * len(damaged(looked, damage, photo)) / gray.size for key, damage in asked.items()}


def report_sound(name: str, rows: list[dict[str, float]]) -> None:
    """Print what was changed and shown in sound photos, from their `measure_sound`."""
    changed, shown = (np.array([row[key] for row in rows]) for key in ("changed", "shown"))
    print(
        f"{name}: of {len(rows)} sound photographs {np.count_nonzero(changed)} changed; changed by auto, mean "
        f"{changed.mean():.4f} %, most {changed.max():.4f} %; shown at the usual sensitivity, mean {shown.mean():.4f} %"
    )


def summary(rows: list[dict[str, float]]) -> dict[str, float]:
    """The figures of all photos together; each damaged pixel counts the same."""
    total = {key: sum(row[key] for row in rows) for key in rows[0]}

    def psnr(key: str) -> float:
        return float(10 * np.log10(255**2 * total["there"] / max(total[key], 1e-9)))

    return {
        "photos": len(rows),
        "damaged %": 100 * total["there"] / total["pixels"],
        "precision": total["right"] / max(total["found"], 1),
        "recall": total["right"] / max(total["there"], 1),
        "precision within 1 px": total["found_near"] / max(total["found"], 1),
        "recall within 1 px": total["there_near"] / max(total["there"], 1),
        "PSNR inside, nothing done": psnr("nothing"),
        "PSNR inside, found and filled": psnr("ours"),
        "PSNR inside, true mask, own fill": psnr("ours_true_mask"),
        "PSNR inside, true mask, biharmonic": psnr("biharmonic_true_mask"),
        "changed outside %": 100 * total["changed_outside"] / total["pixels"],
        f"changed farther than {_NEAR} px outside %": 100 * total["changed_far"] / total["pixels"],
        "find, CPU s a megapixel": total["find_s"] / total["pixels"] * 1e6,
        "fill, CPU s a megapixel": total["fill_s"] / total["pixels"] * 1e6,
    }


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.measuring.damage", description=__doc__)
    parser.add_argument("photos", type=Path, nargs="*", help="tar files of photographs that no model learned from")
    parser.add_argument("--count", type=int, default=60, help="photographs of each file")
    parser.add_argument("--model", default="damage", help="name of a model, or its file")
    parser.add_argument("--sensitivity", type=float, default=DEFAULT_SENSITIVITY)
    parser.add_argument("--samples", action="store_true", help="measure on the samples too")
    parser.add_argument("--sound", action="store_true", help="damage nothing; count what would be changed by itself")
    parser.add_argument("--textures", action="store_true", help="measure on scikit-image's pictures too")
    parser.add_argument("--likenesses", action="store_true", help="measure on pictures that look damaged instead")
    parser.add_argument("--each", action="store_true", help="print each photo's figures")
    parser.add_argument("--into-card", action="store_true", help="write the figures into the model's card")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    model_file = find_model(options.model, DAMAGE)
    finder = load_damage_finder(model_file, "cpu")
    measured = {}
    rng = np.random.default_rng(options.seed)
    plain = [] if options.likenesses else options.photos
    sources = {str(path): enlarged(path, options.count, rng) for path in plain}
    if options.samples:
        sources["samples"] = samples()
    if options.likenesses:
        for theme, prefixes in likenesses.THEMES.items():
            for path in options.photos:
                photos = likenesses.chosen(path, prefixes, options.count)
                sources[f"{path}, {theme}"] = ((name, twice(image, rng)) for name, image in photos)
        for kind in likenesses.KINDS:
            sources[f"drawn {kind}"] = likenesses.drawn(kind, _DRAWN, rng)
    if options.textures:
        sources["scikit-image's pictures"] = textures()
    for name, photos in sources.items():
        rows = []
        for photo, gray in photos:
            if options.sound:
                rows.append(measure_sound(gray, finder))
                if options.each:
                    print(photo, {key: round(value, 4) for key, value in rows[-1].items()}, flush=True)
                continue
            rows.append(measure(gray, finder, options.sensitivity, rng))
            if options.each:
                print(photo, json.dumps({k: round(v, 3) for k, v in summary(rows[-1:]).items()}), flush=True)
        if options.sound:
            report_sound(name, rows)
            continue
        print(name)
        figures = summary(rows)
        for key, value in figures.items():
            print(f"  {key:40} {value:9.4f}")
        measured[Path(name).name] = {k: round(v, 4) for k, v in figures.items() if "CPU s" not in k}
    if options.into_card and measured:
        network, card = load_model(model_file.path)
        save_model(model_file.path, network, replace(card, metrics=measured))


if __name__ == "__main__":
    main()
