"""How sure a model is, read off a distribution."""

from __future__ import annotations

import numpy as np
import pytest

from handtint.imaging.coloring.certainty import DOUBT_AB, GUESS, SURE, PalePhoto, doubt, doubt_picture, pale, spread
from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.photo import Photo
from tests.imaging.test_variants import BINS, logits_of, picture


def prediction(
    logits: np.ndarray, lightness: np.ndarray | None = None, carried: np.ndarray | None = None
) -> Prediction:
    return Prediction(np.zeros((8, 12, 2), np.float32), logits, BINS, lightness=lightness, carried=carried)


def test_the_spread_is_how_far_colors_lie_from_their_mean() -> None:
    logits = np.full((1, 2, len(BINS)), -30, np.float32)
    two = [int(np.square(BINS - np.array(color)).sum(1).argmin()) for color in ((0, 40), (0, -40))]
    logits[0, 0, two] = 0.0
    logits[0, 1, two[0]] = 0.0
    assert spread(logits, BINS)[0] == pytest.approx([40.0, 0.0], abs=0.01)


def test_what_is_torn_is_a_guess_and_what_is_certain_is_sure() -> None:
    found = doubt(prediction(picture()))
    assert found is not None
    assert found.shape == (4, 6)
    assert (found[:, :3] == 1).all()
    assert found[:, 3:].max() < 0.6
    sure = doubt(prediction(np.broadcast_to(logits_of((0, -40), spread=3.0), (4, 6, len(BINS)))))
    assert sure is not None
    assert sure.max() == 0
    assert SURE < GUESS


def test_the_distribution_is_that_of_things() -> None:
    logits = np.broadcast_to(logits_of((0, 50), (0, -50)), (4, 6, len(BINS))).copy()
    logits[2, 1] = logits_of((0, 50), spread=3.0)  # one sure cell amid a coat of which nothing is known
    light = np.full((8, 12), 30, np.float32)
    alone, joined = doubt(prediction(logits)), doubt(prediction(logits, lightness=light))
    assert alone is not None
    assert joined is not None
    assert joined[2, 1] > alone[2, 1] + 0.3


def test_where_a_color_was_carried_over_there_is_no_doubt() -> None:
    carried = np.zeros((8, 12, 3), np.float32)
    carried[:4, :, 2] = 1
    found = doubt(prediction(picture(), carried=carried))
    assert found is not None
    assert found[0, 0] == pytest.approx(0, abs=1e-6)
    assert found[3, 0] == 1


def test_the_picture_of_doubt_is_gray_where_it_is_sure_and_violet_where_it_guesses() -> None:
    light = np.full((8, 12), 30, np.float32)
    light[:, 6:] = 90
    made = doubt_picture(prediction(picture(), lightness=light))
    assert made is not None
    assert made.variants == 1
    assert made.lightness == pytest.approx(pale(light))
    assert made.ab_at(1.0)[1, 0] == pytest.approx(DOUBT_AB)
    assert np.hypot(*made.ab_at(0.4)[1, 5]) < 0.6 * np.hypot(*DOUBT_AB)


def test_doubt_is_shown_on_a_photo_without_black_and_white() -> None:
    photo = Photo(np.array([[0, 128, 255]], np.uint8))
    lightness = PalePhoto(photo.pixels, photo.meta).lightness()
    assert lightness == pytest.approx(pale(photo.lightness()))
    assert lightness[0, 0] > 25
    assert lightness[0, 2] < 90


def test_a_model_without_a_distribution_does_not_say() -> None:
    made = Prediction(np.zeros((8, 12, 2), np.float32))
    assert doubt(made) is None
    assert doubt_picture(made) is None
