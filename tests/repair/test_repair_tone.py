"""Fading of black-and-white photos."""

from __future__ import annotations

import numpy as np
import pytest

from handtint.imaging.coloring.chroma import positions
from handtint.imaging.coloring.spread import Spread
from handtint.imaging.guided import box_mean
from handtint.imaging.photo import Photo
from handtint.recipe.repair import Fade
from handtint.repair import evenness, tone
from handtint.repair.survey import inside


def scene(height: int = 96, width: int = 128, seed: int = 0) -> np.ndarray:
    """(h, w) encoded gray of 0..1 with large and small things in it, from 0 to 1."""
    rng = np.random.default_rng(seed)
    coarse = rng.random((height // 16, width // 16)).repeat(16, 0).repeat(16, 1)
    value = 0.8 * coarse + 0.2 * rng.random((height, width))
    return (value - value.min()) / np.ptp(value)


def as_photo(value: np.ndarray, dtype: type = np.uint8) -> Photo:
    return Photo(np.rint(value * np.iinfo(dtype).max).astype(dtype))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_faded_photo_gets_its_black_and_white_back(dtype: type) -> None:
    faded = as_photo(0.25 + 0.5 * scene(), dtype)
    result = np.asarray(tone.unfaded(faded, Fade(100)).pixels) / np.iinfo(dtype).max
    assert result.dtype == np.float64
    assert np.quantile(result, 0.005) < 0.06
    assert np.quantile(result, 0.995) > 0.92


def test_half_the_amount_moves_the_tones_half_as_far() -> None:
    faded = as_photo(0.25 + 0.5 * scene(), np.uint16)
    start, half, whole = (
        np.asarray(tone.unfaded(faded, Fade(amount)).pixels).astype(float).std() for amount in (0, 50, 100)
    )
    assert start < half < whole
    assert half - start == pytest.approx((whole - start) / 2, rel=0.15)


def test_the_tones_of_a_sound_photo_hardly_move() -> None:
    photo = as_photo(scene())
    moved = np.asarray(tone.unfaded(photo, Fade(100)).pixels).astype(int) - photo.pixels
    assert np.abs(moved).mean() < 6  # local contrast alone


def test_highlights_keep_their_detail() -> None:
    value = scene()
    value[:32, :48] = 0.955 + 0.005 * np.indices((32, 48)).sum(0) % 2  # fine texture in a bright place
    faded = as_photo(0.2 + 0.6 * value, np.uint16)
    part = np.asarray(tone.unfaded(faded, Fade(100)).pixels)[4:28, 4:44]
    assert part.max() < np.iinfo(np.uint16).max


def test_tones_keep_their_order_in_flat_places() -> None:
    steps = np.linspace(0.2, 0.8, 8).repeat(16)[None].repeat(64, 0)
    result = np.asarray(tone.unfaded(as_photo(steps), Fade(100)).pixels)[32, 8::16]
    assert (np.diff(result.astype(int)) > 0).all()


def test_a_toned_photo_keeps_its_tone() -> None:
    faded = 0.25 + 0.5 * scene()
    sepia = np.stack([faded, 0.9 * faded, 0.75 * faded], axis=-1)
    result = np.asarray(tone.unfaded(as_photo(sepia), Fade(100)).pixels).astype(float)
    middle = (result.mean(axis=-1) > 60) & (result.max(axis=-1) < 250)
    assert np.abs(result[..., 2] / result[..., 0] - 0.75)[middle].max() < 0.03


def test_a_plain_border_says_nothing_of_the_tones() -> None:
    picture = 0.3 + 0.4 * scene()
    framed = np.pad(picture, 8, constant_values=1.0)
    assert inside(framed.astype(np.float32)) != (slice(None), slice(None))
    found = tone.levels(framed.astype(np.float32))
    assert 0.28 < found.black < 0.34
    assert 0.66 < found.white < 0.72


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_a_picture_of_one_tone_stays_as_it_is(value: float) -> None:
    photo = as_photo(np.full((40, 50), value))
    assert (np.asarray(tone.unfaded(photo, Fade(100)).pixels) == photo.pixels).all()


def test_leveling_says_one_thing_of_all_places_where_the_network_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handtint.repair.network.weights", lambda _: {})
    monkeypatch.setattr("handtint.repair.network.run", lambda *_: np.zeros(evenness.OUTPUTS))
    photo = as_photo(scene())
    assert (np.asarray(tone.unfaded(photo, Fade(0, 100)).pixels) == photo.pixels).all()


def test_leveling_lightens_dark_corners(monkeypatch: pytest.MonkeyPatch) -> None:
    said = np.zeros(evenness.OUTPUTS)
    said[3:5] = 0.3  # gain that grows with the distance from the center
    monkeypatch.setattr("handtint.repair.network.weights", lambda _: {})
    monkeypatch.setattr("handtint.repair.network.run", lambda *_: said)
    photo = as_photo(0.4 * np.ones((64, 96)) + 0.15 * scene(64, 96))
    moved = np.asarray(tone.unfaded(photo, Fade(0, 100)).pixels).astype(int) - photo.pixels
    assert moved[:6, :6].mean() > 40
    assert abs(moved[28:36, 44:52].mean()) < 4


def test_surfaces_are_bounded_whatever_the_network_says() -> None:
    y, x = np.meshgrid(np.linspace(-1, 1, 9), np.linspace(-1, 1, 7), indexing="ij")
    gain, offset = evenness.surfaces(np.full(evenness.OUTPUTS, 50.0), y, x)
    assert gain.max() <= np.exp(evenness.MOST_LOG_GAIN) * 1.001
    assert np.abs(offset).max() <= evenness.MOST_OFFSET * 1.001


def test_a_box_mean_repeats_edges() -> None:
    plane = np.random.default_rng(0).random((5, 7)).astype(np.float32)
    padded = np.pad(plane, 2, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (5, 5))
    assert box_mean(plane, 2) == pytest.approx(windows.mean(axis=(-1, -2)), abs=1e-5)


def test_planes_spread_the_same_whatever_the_rows() -> None:
    planes, x = np.random.default_rng(0).random((2, 5, 6)).astype(np.float32), positions(0, 61, 61)

    def rows(top: int, stop: int) -> np.ndarray:
        return Spread(planes, positions(top, stop, 50), x).rows(slice(0, stop - top))

    whole = rows(0, 50)
    assert whole.shape == (2, 50, 61)
    assert (np.concatenate([rows(0, 7), rows(7, 31), rows(31, 50)], axis=1) == whole).all()
    assert whole[0, 5, 5] == pytest.approx(planes[0, 0, 0], abs=0.05)
    one = Spread(np.ones((1, 1, 1), np.float32), positions(1, 3, 3), positions(0, 4, 4))
    assert one.rows(slice(0, 2)) == pytest.approx(np.ones((1, 2, 4)))
