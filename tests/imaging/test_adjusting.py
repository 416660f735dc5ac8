"""Colors adjusted at full size: lightness and gray stay, nothing jumps, and places keep what they are told to."""

from __future__ import annotations

import dataclasses
import tracemalloc

import numpy as np
import pytest
from skimage import data
from skimage.color import rgb2lab

from handtint.imaging.coloring.adjusting import AdjustedField, adjust_colors, kept_color, range_shares
from handtint.imaging.coloring.chroma import ChromaField, paint, positions
from handtint.imaging.coloring.protecting import Stroke, cells_of, mask_of
from handtint.imaging.photo import Photo, PhotoMeta
from handtint.progress import Progress
from handtint.recipe.adjust import RANGES, Adjust
from handtint.recipe.geometry import Geometry
from handtint.recipe.protected import LEVELS, Protected
from handtint.recipe.settings import Settings
from handtint.restore.rendering import Preview, Rendering, render, render_preview
from handtint.restore.way import predict, turned
from tests.fakes import FakeColorizer

STRONG = Adjust(60, 30, 180, 0, 170)


def adjusted(ab: np.ndarray, adjust: Adjust) -> np.ndarray:
    a, b = ab[..., 0].astype(np.float32), ab[..., 1].astype(np.float32)
    adjust_colors(a, b, adjust)
    return np.stack([a, b], axis=-1)


def wheel(chroma: float, count: int = 7200) -> np.ndarray:
    hue = np.linspace(-np.pi, np.pi, count)
    return chroma * np.stack([np.cos(hue), np.sin(hue)], axis=-1)


def photo(dtype: type = np.uint8) -> Photo:
    pixels = data.camera()[::4, ::3]
    return Photo(pixels if dtype is np.uint8 else pixels.astype(np.uint16) * 257, PhotoMeta())


def test_the_ranges_share_every_hue_and_hold_the_patches_of_a_color_chart() -> None:
    hue = np.arange(-720, 720, 0.5)
    shares = range_shares(hue)
    assert np.allclose(shares.sum(0), 1)
    assert shares.min() >= 0
    assert np.allclose(shares, range_shares(hue + 360))
    patches = {"skin": (47, 50), "foliage": (124,), "sky": (258,), "other": (0, 190, 320)}
    for name, hues in patches.items():
        assert np.allclose(range_shares(np.array(hues))[RANGES.index(name)], 1)


@pytest.mark.parametrize("adjust", [STRONG, Adjust(-100), Adjust(100), Adjust(skin=200, other=0)], ids=str)
def test_colors_side_by_side_stay_side_by_side(adjust: Adjust) -> None:
    for chroma in (1.0, 20.0, 60.0):
        ring = wheel(chroma)
        steps = np.linalg.norm(np.diff(adjusted(ring, adjust), axis=0), axis=1)
        assert steps.max() < 12 * np.linalg.norm(np.diff(ring, axis=0), axis=1).max()
    out = np.stack([wheel(chroma, 60) for chroma in np.linspace(0, 60, 600)])
    assert np.linalg.norm(np.diff(adjusted(out, adjust), axis=0), axis=-1).max() < 4 * 60 / 599


def test_gray_stays_gray_and_what_is_nearly_gray_hardly_moves() -> None:
    assert not adjusted(np.zeros((3, 2)), STRONG).any()
    near = wheel(0.1, 100)
    assert np.linalg.norm(adjusted(near, STRONG) - near, axis=1).max() < 0.2


def test_saturation_scales_its_own_range_alone() -> None:
    hues = np.deg2rad([48.0, 124.0, 258.0, 0.0])
    colors = 20 * np.stack([np.cos(hues), np.sin(hues)], axis=-1)
    for index, name in enumerate(RANGES):
        gains = np.linalg.norm(adjusted(colors, Adjust(**{name: 150.0})), axis=1) / 20
        wanted = np.ones(4)
        wanted[index] = 1.5
        assert np.allclose(gains, wanted, atol=1e-3)


def test_warmth_moves_towards_yellow_and_turns_no_cool_color_warm() -> None:
    ring = wheel(20.0, 360)
    warmer, cooler = adjusted(ring, Adjust(100)), adjusted(ring, Adjust(-100))
    assert (warmer[:, 1] > ring[:, 1]).all()
    assert (cooler[:, 1] < ring[:, 1]).all()
    assert np.allclose(warmer - ring, ring - cooler, atol=1e-4)
    for chroma in (0.5, 5.0, 40.0):
        assert adjusted(np.array([[0, -chroma]]), Adjust(100))[0, 1] < 0


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.uint8, 0.5), (np.uint16, 0.01)])
def test_adjustments_leave_lightness_alone(dtype: type, tolerance: float) -> None:
    source = photo(dtype)
    prediction = predict(source, Settings(), FakeColorizer(), Progress())
    settings = Settings(1.0, adjust=STRONG, protected=Protected(2, 1, "ua"))
    values = rgb2lab(render(source, prediction, settings, Progress()).pixels / np.iinfo(dtype).max)
    assert np.abs(values[..., 0] - source.lightness()).max() <= tolerance
    plain = rgb2lab(render(source, prediction, Settings(1.0), Progress()).pixels / np.iinfo(dtype).max)
    assert np.abs(values[..., 1:] - plain[..., 1:]).mean() > 3


def test_a_photo_without_color_is_not_changed_by_any_adjustment() -> None:
    source = photo()
    prediction = predict(source, Settings(), FakeColorizer(), Progress())
    made = render(source, prediction, Settings(strength=0, adjust=STRONG), Progress())
    assert (made.pixels == source.pixels[..., None]).all()


def test_protected_places_are_gray_or_half_as_colorful_and_the_rest_is_as_it_was() -> None:
    source = photo(np.uint16)
    prediction = predict(source, Settings(), FakeColorizer(), Progress())
    quiet = Settings(strength=0.5)
    before = render(source, prediction, quiet, Progress()).pixels
    thirds = dataclasses.replace(quiet, protected=Protected(30, 1, "10u10k10a"))
    made = render(source, prediction, thirds, Progress()).pixels
    width = source.size[1]
    left, middle, right = (
        slice(round(width * start), round(width * end)) for start, end in ((0, 0.28), (0.4, 0.6), (0.72, 1))
    )
    assert (made[:, left] == source.pixels[:, left, None]).all()
    half, whole = (rgb2lab(pixels[:, middle] / 65535)[..., 1:] for pixels in (made, before))
    lightness = source.lightness()[:, middle]
    can_be_shown = (lightness > 30) & (lightness < 90)
    assert np.abs(half - whole / 2)[can_be_shown].max() < 0.05
    assert np.array_equal(made[:, right], before[:, right])


def test_a_mask_of_few_cells_leaves_no_steps() -> None:
    kept = kept_color(Protected(4, 3, "5a2u5a"), (600, 800), None)
    assert kept.shape == (600, 800)
    for axis in (0, 1):
        steps = np.abs(np.diff(kept, axis=axis))
        assert steps.max() < 1 / 100
        assert np.abs(np.diff(steps, axis=axis)).max() < 1 / 100


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("mirrored", [False, True])
def test_protected_places_follow_a_photo_that_is_turned(turn: int, mirrored: bool) -> None:
    source = photo()
    mask = Protected(8, 8, "10a3u5a3u43a")
    geometry = Geometry(turn, mirrored)
    seen = turned(source, geometry, Progress())
    upright = kept_color(mask, source.size, None)
    wanted = np.rot90(upright, -turn // 90)
    wanted = wanted[:, ::-1] if mirrored else wanted
    assert np.abs(kept_color(mask, seen.size, seen.meta.placement) - wanted).max() < 1e-5


def test_protected_places_follow_a_photo_that_is_cropped_and_straightened() -> None:
    source = photo()
    mask = mask_of(_dot(source.size, 90.0, 70.0, 12.0))
    assert mask is not None
    seen = turned(source, Geometry(straighten=6.0, crop=(30, 30, 90, 70)), Progress())
    kept = kept_color(mask, seen.size, seen.meta.placement)
    assert seen.meta.placement is not None
    x, y = seen.meta.placement.to_result(90, 70)
    gone = np.argwhere(kept < 0.5)
    assert np.abs(gone.mean(0) + 0.5 - (y, x)).max() < 0.5
    assert len(gone) == pytest.approx(np.pi * 12**2, rel=0.1)


def _dot(size: tuple[int, int], x: float, y: float, radius: float) -> np.ndarray:
    stroke = Stroke(cells_of(None, size), size, radius, 0.0, 1.0)
    stroke.lead_to(x, y)
    return stroke.cells


def test_bands_leave_no_seams_in_what_is_adjusted(monkeypatch: pytest.MonkeyPatch) -> None:
    source = photo()
    prediction = predict(source, Settings(), FakeColorizer(), Progress())
    settings = Settings(adjust=STRONG, protected=mask_of(_dot(source.size, 80, 60, 30)))
    whole = render(source, prediction, settings, Progress()).pixels
    assert np.array_equal(render_preview(Preview(source, 1600), prediction, settings), whole)
    rendering = Rendering(source, prediction, settings)
    assert np.array_equal(rendering.region(slice(20, 77), slice(30, 90)), whole[20:77, 30:90])
    width = source.size[1]
    monkeypatch.setattr("handtint.imaging.rows._BAND_PIXELS", width * 7)
    monkeypatch.setattr("handtint.imaging.color.merge._STRIP_PIXELS", width * 2)
    assert np.array_equal(render(source, prediction, settings, Progress()).pixels, whole)


def test_a_tall_photo_needs_no_more_memory_to_be_adjusted_than_a_band_of_it() -> None:
    size = (4000, 1000)
    small = np.full((40, 10, 2), 15, np.float32)
    field = AdjustedField(ChromaField(small, small[..., 0]), STRONG, kept_color(Protected(1, 2, "ua"), size, None))
    peaks = []
    for rows in (1000, 4000):
        tracemalloc.start()
        for top in range(0, rows, 250):
            y, x = positions(top, top + 250, size[0]), positions(0, size[1], size[1])
            paint(np.full((250, size[1]), 60, np.float32), field, y, x)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0] < 8 * 2**20


# the brush


def test_a_stroke_covers_its_way_once() -> None:
    size = (300, 400)
    stroke = Stroke(cells_of(None, size), size, 20.0, 0.0, 0.5)
    for x in (100, 200, 150, 180, 200):
        stroke.lead_to(x, 150)
    cells = stroke.cells
    assert cells.shape == size
    assert set(np.unique(cells[150, 90:210])) == {LEVELS // 2}
    assert cells[150 - 17, 150] == LEVELS // 2
    assert not cells[:128].any()
    assert not cells[:, :78].any()


def test_feather_fades_the_edge_and_a_hard_brush_has_no_steps_at_it() -> None:
    size = (400, 400)
    for feather, rim in ((0.0, 1.5), (1.0, 60.0)):
        stroke = Stroke(cells_of(None, size), size, 60.0, feather, 1.0)
        stroke.lead_to(200.5, 200.5)
        along = stroke.cells[200, 200:].astype(int)
        between = np.count_nonzero((along > 0) & (along < LEVELS))
        assert between == pytest.approx(0.9 * rim, abs=1.5 if rim < 2 else 8)
        assert (np.diff(along) <= 0).all()
        assert along[0] == LEVELS


def test_painting_half_over_gray_gives_half_and_erasing_takes_it_away() -> None:
    size = (200, 200)
    cells = _dot(size, 100, 100, 30)
    for amount in (0.5, 0.0):
        stroke = Stroke(cells, size, 40.0, 0.0, amount)
        stroke.lead_to(100, 100)
        assert set(np.unique(stroke.cells[95:105, 95:105])) == {round(LEVELS * amount)}
    assert mask_of(stroke.cells) is None
    assert cells[100, 100] == LEVELS  # what was before is kept for undo


def test_a_stroke_may_leave_the_photo_and_a_brush_may_be_smaller_than_a_cell() -> None:
    size = (3000, 4000)
    stroke = Stroke(cells_of(None, size), size, 1.0, 0.0, 1.0)
    for place in ((-500, -500), (2000, 1500), (9000, 5000)):
        stroke.lead_to(*place)
    assert stroke.cells.shape == (384, 512)
    assert stroke.cells[191:193, 255:257].max() >= LEVELS - 4
    away = Stroke(cells_of(None, size), size, 50.0, 0.5, 1.0)
    away.lead_to(-900, 20_000)
    assert not away.cells.any()


def test_a_mask_is_painted_on_from_where_it_was() -> None:
    mask = mask_of(_dot((30, 40), 10, 10, 4))
    assert mask is not None
    assert (mask.width, mask.height) == (40, 30)
    assert mask_of(cells_of(mask, (30, 40))) == mask
    assert dataclasses.replace(mask) == mask
