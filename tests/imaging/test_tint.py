"""Black-and-white photos are known as such however they were kept and scanned; color stays color, also when faded."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from skimage import data

from handtint.imaging.color.tone import Tone
from handtint.imaging.photo import Photo
from handtint.imaging.rows import Rows

_GREEN = (0.28, 0.38, 0.28)
_WOOD = (0.50, 0.32, 0.17)


@pytest.fixture(scope="module")
def astronaut() -> np.ndarray:
    """(256, 256, 3) 0..1, a color photo."""
    return np.asarray(Image.fromarray(data.astronaut()).reduce(2), np.float32) / 255


@pytest.fixture(scope="module")
def gray() -> np.ndarray:
    """(256, 256, 3) 0..1, a photo without color."""
    plane = np.asarray(Image.fromarray(data.camera()).reduce(2), np.float32) / 255
    return np.repeat(plane[..., None], 3, axis=2)


def scanned(srgb: np.ndarray) -> Photo:
    """As a JPEG gives it back, color at half size."""
    file = io.BytesIO()
    Image.fromarray(np.rint(np.clip(srgb, 0, 1) * 255).astype(np.uint8)).save(file, "JPEG", quality=80)
    return Photo(np.asarray(Image.open(file)))


def cells(count: int, seed: int) -> np.ndarray:
    """(256, 256) smooth noise 0..1."""
    coarse = np.random.default_rng(seed).random((count, count)).astype(np.float32)
    return np.asarray(Image.fromarray(coarse).resize((256, 256), Image.Resampling.BICUBIC))


def stained(srgb: np.ndarray, amount: np.ndarray, ink: tuple[float, float, float]) -> np.ndarray:
    return srgb * (1 - amount[..., None] * (1 - np.array(ink)))


def fringed(srgb: np.ndarray) -> np.ndarray:
    """Red half a pixel to the left of green, blue half a pixel above it."""
    red = (srgb[..., 0] + np.roll(srgb[..., 0], -1, axis=1)) / 2
    blue = (srgb[..., 2] + np.roll(srgb[..., 2], -1, axis=0)) / 2
    return np.stack([red, srgb[..., 1], blue], axis=-1)


def half_yellowed(srgb: np.ndarray) -> np.ndarray:
    return stained(srgb, np.linspace(1, 0, 256)[None].repeat(256, axis=0) ** 2, (0.95, 0.85, 0.6))


def foxed(srgb: np.ndarray) -> np.ndarray:
    """Brown spots on a sixth of the picture."""
    return stained(srgb, np.clip((cells(25, 1) - 0.7) * 6, 0, 1), (0.85, 0.6, 0.35))


def mounted(srgb: np.ndarray, card: tuple[float, float, float], width: int) -> np.ndarray:
    side = 256 + 2 * width
    page = np.random.default_rng(2).normal(1, 0.05, (side, side, 1)) * np.array(card)
    page[width:-width, width:-width] = srgb
    return page


def with_target(srgb: np.ndarray) -> np.ndarray:
    patches = np.eye(3)[np.arange(256) // 30 % 3] * 0.8 + 0.1
    return np.concatenate([srgb, np.repeat(patches[None], 30, axis=0)])


def hand_colored(srgb: np.ndarray) -> np.ndarray:
    y, x = np.mgrid[:256, :256] / 256
    for (top, left), ink in (((0.3, 0.4), (1, 0.6, 0.6)), ((0.7, 0.6), (0.6, 0.75, 1))):
        srgb = stained(srgb, np.clip(4 - np.hypot(y - top, x - left) * 32, 0, 1), ink)
    return srgb


def mirrored(srgb: np.ndarray) -> np.ndarray:
    """A bluish sheen on shadows near the edges."""
    across = np.abs(np.linspace(-1, 1, 256))
    edge = np.clip(np.maximum(across[None], across[:, None]) * 4 - 3, 0, 1)
    amount = (edge * (1 - srgb[..., 1]) * 0.6)[..., None]
    return srgb * (1 - amount) + amount * np.array((0.52, 0.58, 0.70))


def browned(srgb: np.ndarray) -> np.ndarray:
    """Strongly, from one corner up to a line."""
    y, x = np.mgrid[-1:1:256j, -1:1:256j]
    return stained(srgb, 1 / (1 + np.exp(-(y + 0.6 * x) * 8)), (0.9, 0.7, 0.35))


def dark_and_mirrored(srgb: np.ndarray) -> np.ndarray:
    """A dark toned print under a cloudy bluish sheen."""
    srgb = (srgb * np.array((0.95, 0.83, 0.65)) + np.array((0.05, 0.04, 0.02))) * 0.4
    across = np.abs(np.linspace(-1, 1, 256))
    edge = np.clip(np.maximum(across[None], across[:, None]) * 3 - 1.5, 0, 1) * np.clip(cells(8, 3) + 0.2, 0, 1)
    amount = (edge * (1 - srgb[..., 1]) * 0.9)[..., None]
    return srgb * (1 - amount) + amount * np.array((0.52, 0.58, 0.70))


def dark_under_a_target(srgb: np.ndarray) -> np.ndarray:
    """A toned print, nearly all of it dark."""
    level = np.where(np.hypot(*np.mgrid[-1:1:256j, -1:1:256j])[..., None] < 0.5, srgb, srgb * 0.1)
    return with_target(level ** np.array((0.9, 1, 1.12)) * np.array((0.97, 0.9, 0.8)) + np.array((0.02, 0, 0.03)))


DISTURBED = {
    "half-pixel fringes": fringed,
    "yellowed on one side": half_yellowed,
    "foxing": foxed,
    "green album page": lambda srgb: mounted(srgb, _GREEN, 70),
    "wooden frame": lambda srgb: mounted(srgb, _WOOD, 35),
    "color target": with_target,
    "color target on an album page": lambda srgb: mounted(with_target(srgb)[30:], _GREEN, 40),
    "colored by hand in two places": hand_colored,
    "silver mirroring": mirrored,
    "browned up to a line": browned,
    "dark, with silver mirroring": dark_and_mirrored,
    "dark under a color target": dark_under_a_target,
}


@pytest.mark.parametrize("disturbed", DISTURBED.values(), ids=DISTURBED)
def test_a_black_and_white_photo_is_known_whatever_came_upon_it(gray, disturbed):
    assert scanned(disturbed(gray)).tone() is not Tone.COLOR


@pytest.mark.parametrize("disturbed", [fringed, half_yellowed, DISTURBED["green album page"]])
def test_a_sepia_print_is_toned_whatever_came_upon_it(gray, disturbed):
    sepia = gray * np.array((0.95, 0.83, 0.65)) + np.array((0.05, 0.04, 0.02))
    assert scanned(disturbed(sepia)).tone() is Tone.TONED


@pytest.mark.parametrize("width", [0, 40])
def test_a_color_photo_is_color_also_on_a_page(astronaut, width):
    page = mounted(astronaut, _GREEN, width) if width else astronaut
    judgment = scanned(page).judgment()
    assert judgment.tone is Tone.COLOR
    assert judgment.is_sure


def test_strong_colors_everywhere_are_surely_color():
    patches = np.random.default_rng(4).random((8, 8, 3)).repeat(32, axis=0).repeat(32, axis=1)
    for srgb in (patches, patches**3, patches * 0.3):
        judgment = scanned(srgb).judgment()
        assert judgment.tone is Tone.COLOR
        assert judgment.is_sure


def test_a_faded_color_print_is_color(astronaut):
    density = -np.log10(np.maximum(astronaut**2.2, 0.004)) * (0.5, 0.75, 0.65) + (0.01, 0.03, 0.12)
    assert scanned((10**-density) ** (1 / 2.2)).tone() is Tone.COLOR


def test_undisturbed_gray_is_sure_and_a_muted_color_photo_less_so(astronaut, gray):
    muted = astronaut.mean(axis=2, keepdims=True) * 0.93 + astronaut * 0.07
    assert scanned(gray).judgment().sureness > 0.99
    assert scanned(muted).judgment().sureness < scanned(astronaut).judgment().sureness


def test_a_photo_read_in_bands_is_judged_as_the_whole(gray):
    pixels = np.rint(np.tile(foxed(gray), (1, 5, 1)) * 65535).astype(np.uint16)  # more than the samples a side
    in_bands = Rows(pixels.shape, pixels.dtype, 100, lambda top, stop: pixels[top:stop])
    assert Photo(in_bands).judgment() == Photo(pixels).judgment()
