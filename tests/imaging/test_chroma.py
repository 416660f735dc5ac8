"""Color at full size: where it stops, and what the merge keeps."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.color import lab2rgb, rgb2lab

from handtint.imaging.color import lab
from handtint.imaging.color.merge import TOP, inside
from handtint.imaging.coloring.chroma import ChromaField, paint, positions
from handtint.imaging.resize import resize_planes


def flat_field(a: float, b: float, strength: float = 1.0) -> ChromaField:
    ab = np.broadcast_to(np.float32([a, b]), (4, 5, 2))
    return ChromaField(ab, np.full((4, 5), 50, np.float32), strength)


def everywhere(field: ChromaField, lightness: np.ndarray) -> np.ndarray:
    """(h, w, 2) ab of the whole field at the size of `lightness`."""
    height, width = lightness.shape
    band = field.band(positions(0, height, height), positions(0, width, width))
    return np.stack(band.ab(slice(None), lightness), -1)


def any_colors(count: int, chroma: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """L, a, b (count,) float32 with all lightnesses, black and white among them, up to some chroma."""
    rng = np.random.default_rng(seed)
    lightness = np.append(rng.uniform(0, 100, count - 200), np.repeat([0.0, 100.0], 100))
    hue, radius = rng.uniform(0, 2 * np.pi, count), rng.uniform(0, chroma, count)
    values = lightness, radius * np.cos(hue), radius * np.sin(hue)
    return tuple(value.astype(np.float32) for value in values)  # type: ignore[return-value]


def two_colors() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A dark red field beside a light green one: L (h, w), true ab (h, w, 2), ab at a sixteenth."""
    lightness = np.full((160, 240), 35, np.float32)
    ab = np.full((160, 240, 2), (40, 20), np.float32)
    right = np.add.outer(np.arange(160) // 3, np.arange(240)) > 150  # a slanted edge
    lightness[right], ab[right] = 75, (-30, 30)
    return lightness, ab, ab.reshape(10, 16, 15, 16, 2).mean((1, 3))


def test_color_stays_inside_edges() -> None:
    lightness, truth, small = two_colors()
    guided = np.abs(everywhere(ChromaField(small, lightness), lightness) - truth)
    plain = np.abs(resize_planes(small, lightness.shape) - truth)
    assert guided.mean() < plain.mean() / 4
    assert (guided > 10).mean() < (plain > 10).mean() / 4


def test_grain_carries_no_color() -> None:
    lightness, truth, small = two_colors()
    grainy = lightness + np.random.default_rng(0).normal(0, 4, lightness.shape).astype(np.float32)
    ab = everywhere(ChromaField(small, grainy), grainy)
    assert ab[:, :60].std() == pytest.approx(truth[:, :60].std(), abs=0.5)


def test_highlights_and_shadows_unknown_to_the_model_get_no_color_of_their_own() -> None:
    lightness, _, small = two_colors()
    field = ChromaField(small, lightness)
    glint = lightness.copy()
    glint[::7, ::5], glint[3::7, ::5] = 100, 0
    ab = everywhere(field, glint)
    assert ab[..., 0].max() <= 40 + 1
    assert ab[..., 0].min() >= -30 - 1


def test_color_is_where_the_model_put_it() -> None:
    rng = np.random.default_rng(0)
    ab = rng.normal(0, 20, (6, 8, 2)).astype(np.float32)
    lightness = rng.uniform(20, 80, (6, 8)).astype(np.float32)
    assert np.abs(everywhere(ChromaField(ab, lightness), lightness) - ab).max() < 1e-3


def test_a_single_pixel_of_color_spreads_over_the_whole_photo() -> None:
    field = ChromaField(np.full((1, 1, 2), 12, np.float32), np.full((1, 1), 50, np.float32))
    assert np.allclose(everywhere(field, np.full((3, 4), 50, np.float32)), 12)


def test_strength_scales_chroma() -> None:
    lightness, _, small = two_colors()
    full, half = (everywhere(ChromaField(small, lightness, s), lightness) for s in (1.0, 0.5))
    assert np.abs(half - full / 2).max() < 1e-3


def test_in_gamut_colors_are_those_of_scikit_image() -> None:
    side = np.linspace(0, 1, 17)
    values = rgb2lab(np.stack(np.meshgrid(side, side, side), -1).reshape(-1, 1, 3) * 0.98 + 0.01)
    for row in values[::11]:
        pixels = paint(np.float32(row[None, :, 0]), flat_field(row[0, 1], row[0, 2]), *2 * [np.array([0.5])])
        assert np.abs(pixels / 255 - lab2rgb(row[None])).max() < 1 / 255


@pytest.mark.parametrize("chroma", [15, 60, 140])
def test_the_merge_keeps_lightness_whatever_the_chroma(chroma: float) -> None:
    lightness, a, b = any_colors(20_000, chroma)
    channels = inside(lightness, a, b) / TOP
    assert channels.min() >= -1e-5
    assert channels.max() <= 1 + 1e-5
    merged = np.stack(lab.linear_to_lab(*channels.astype(np.float64)), -1)
    assert np.abs(merged[:, 0] - lightness).max() < 0.001


def test_chroma_gives_way_no_further_than_the_gamut_asks() -> None:
    lightness, a, b = any_colors(5_000, 60, seed=1)
    allowed = np.zeros(5_000)
    fits = np.ones(5_000, bool)
    for scale in np.linspace(0, 1, 201):
        linear = np.stack(lab.lab_to_linear(lightness.astype(np.float64), a * scale, b * scale))
        fits &= ((linear >= -1e-6) & (linear <= 1 + 1e-6)).all(0)
        allowed[fits] = scale
    _, new_a, new_b = lab.linear_to_lab(*(inside(lightness, a, b).astype(np.float64) / TOP))
    lost = allowed * np.hypot(a, b) - np.hypot(new_a, new_b)
    assert np.quantile(lost, 0.99) < 0.5
    assert lost.mean() < 0.05


def test_hue_is_kept_where_chroma_gives_way() -> None:
    lightness, a, b = any_colors(5_000, 60, seed=2)
    _, new_a, new_b = lab.linear_to_lab(*(inside(lightness, a, b).astype(np.float64) / TOP))
    turned = (a * new_b - b * new_a) / np.maximum(np.hypot(a, b), 1)  # distance from the old hue's line
    assert np.abs(turned).max() < 0.05


@pytest.mark.parametrize(("dtype", "full"), [(np.uint8, 255), (np.uint16, 65535)])
def test_without_strength_every_gray_comes_back_exactly(dtype: type, full: int) -> None:
    gray = np.arange(full + 1).reshape(256, -1)
    lightness = lab.gray_to_lightness(gray / full).astype(np.float32)
    y, x = (positions(0, side, side) for side in gray.shape)
    pixels = paint(lightness, flat_field(60, -40, strength=0), y, x, dtype)
    assert pixels.dtype == dtype
    assert np.array_equal(pixels, np.repeat(gray[..., None], 3, 2))


def test_paper_white_and_black_take_no_color() -> None:
    ends = np.array([[0, 100]], np.float32)
    pixels = paint(ends, flat_field(30, 40), np.array([0.5]), np.array([0.25, 0.75]))
    assert pixels.tolist() == [[[0, 0, 0], [255, 255, 255]]]


def test_positions_of_reduced_pixels_are_the_centers_of_what_they_stand_for() -> None:
    assert positions(0, 4, 8).tolist() == [0.0625, 0.1875, 0.3125, 0.4375]
    assert positions(2, 7, 8, step=2).tolist() == [3 / 8, 5 / 8, 6.5 / 8]
