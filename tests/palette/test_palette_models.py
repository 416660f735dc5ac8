"""The same colors with the bundled models, on a sample photograph."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data
from skimage.color import rgb2gray, rgb2lab

from handtint.engine.colorizer import load_colorizer
from handtint.imaging.opening import read_photo
from handtint.imaging.photo import Photo
from handtint.model_card import find_model
from handtint.palette.groups import group
from handtint.paths import samples_dir
from handtint.progress import Progress
from handtint.recipe.settings import Settings
from handtint.restore import way
from handtint.restore.colorizer import model_input
from handtint.restore.references import describe, make_reference
from handtint.restore.rendering import render
from tests.fakes import restored


@pytest.mark.parametrize("name", ["unet", "resnet18_gray"])
def test_two_parts_of_one_photo_get_the_same_colors(name: str) -> None:
    pixels = read_photo(samples_dir() / "Broadway, Saratoga Springs 1905.jpg").pixels
    height, width = pixels.shape[:2]
    down, across = height // 8, width // 10
    first, second = Photo(pixels[: height - down, : width - across]), Photo(pixels[down:, across:])  # 76 % in both
    colorizer = load_colorizer(find_model(name), "cpu")
    settings = Settings()
    theirs = way.predict(first, settings, colorizer, Progress())
    reference = make_reference(first, theirs, settings, colorizer, Progress())
    colored = render(first, theirs, settings, Progress()).pixels[down:, across:]
    differences = []
    for source in (None, reference):
        ours = restored(second, settings, colorizer, Progress(), source).pixels
        shared = ours[: height - 2 * down, : width - 2 * across]
        differences.append(np.linalg.norm((rgb2lab(shared) - rgb2lab(colored))[..., 1:], axis=-1).mean())
    assert differences[1] <= 0.5 * differences[0]


def test_two_frames_of_one_scene_get_the_same_colors() -> None:
    left, right, disparity = data.stereo_motorcycle()  # the camera moved a hand to the right between them
    first, second = (Photo((rgb2gray(frame) * 65535 + 0.5).astype(np.uint16)) for frame in (left, right))
    colorizer = load_colorizer(find_model("unet"), "cpu")
    settings = Settings()
    theirs = way.predict(first, settings, colorizer, Progress())
    reference = make_reference(first, theirs, settings, colorizer, Progress())
    ab = rgb2lab(render(first, theirs, settings, Progress()).pixels)[..., 1:]
    y, x = np.nonzero(np.isfinite(disparity))
    there = np.round(x - disparity[y, x]).astype(int)
    y, x, there = y[there >= 0], x[there >= 0], there[there >= 0]
    differences = []
    for source in (None, reference):
        ours = rgb2lab(restored(second, settings, colorizer, Progress(), source).pixels)[..., 1:]
        differences.append(np.linalg.norm(ours[y, there] - ab[y, x], axis=-1).mean())
    assert differences[1] <= 0.5 * differences[0]


def test_only_parts_of_one_photo_are_grouped_among_the_samples() -> None:
    colorizer = load_colorizer(find_model("unet"), "cpu")
    photos: dict[str, Photo] = {}
    for start in ("Alfred", "Broadway", "Mark", "Migrant", "Peasant"):
        (path,) = samples_dir().glob(f"{start}*")
        whole = read_photo(path).pixels
        height, width = whole.shape[:2]
        photos[f"{path.stem} 1"] = Photo(whole[: height * 9 // 10, : width * 9 // 10])
        photos[f"{path.stem} 2"] = Photo(whole[height // 10 :, width // 10 :])

    def seen(photo: Photo) -> np.ndarray:
        return model_input(photo, colorizer.card, Progress())

    names = list(photos)
    descriptors = [describe(seen(photo), colorizer, Progress()) for photo in photos.values()]
    references = group(descriptors, names)
    assert all(names[reference][:-2] == name[:-2] for name, reference in zip(names, references, strict=True))
    assert len(set(references)) <= 6  # of five pairs
