"""People given plain clothes and white hair in training."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.training.small import album
from training.measuring.metrics import lab_of
from training.photos import plain as plain_clothes
from training.photos.crops import Crops
from training.photos.found import load_photos
from training.photos.plain import plain

SKIN, HAIR, CLOTHES, WALL = (205, 150, 120), (90, 50, 25), (40, 60, 160), (60, 150, 70)


def portrait() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Brown hair over a face, blue clothes below, before a green wall; masks of person and face."""
    photo = np.full((96, 80, 3), WALL, np.uint8)
    person, face = np.zeros((2, 96, 80), np.uint8)
    person[8:, 16:64] = 255
    face[24:60, 28:52] = 255
    photo[8:60, 16:64], photo[60:, 16:64], photo[24:60, 28:52] = HAIR, CLOTHES, SKIN
    return photo, person, face


@pytest.fixture
def always(monkeypatch) -> None:
    monkeypatch.setattr(plain_clothes, "_CLOTHES", 1.0)
    monkeypatch.setattr(plain_clothes, "_HAIR", 1.0)


def chroma(planes: np.ndarray) -> np.ndarray:
    return np.hypot(planes[..., 1], planes[..., 2])


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("seed", range(6))
def test_hair_and_clothes_become_neutral_and_skin_and_wall_stay(seed: int) -> None:
    photo, person, face = portrait()
    changed = plain(photo, person, face, np.random.default_rng(seed))
    planes = lab_of(changed)
    assert chroma(planes[12:20, 22:58]).mean() < 10
    assert chroma(planes[70:, 22:58]).mean() < 12
    assert np.array_equal(changed[30:54, 32:48], photo[30:54, 32:48])
    assert np.abs(changed[:, :12].astype(int) - photo[:, :12]).max() <= 1  # rounded on the way through Lab


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("seed", range(3))
def test_fair_hair_becomes_neutral_although_it_has_nearly_the_hue_of_skin(seed: int) -> None:
    photo, person, face = portrait()
    fair = np.array((205, 165, 105), np.uint8)
    photo[(photo == HAIR).all(-1)] = fair
    skin_lab, fair_lab = (lab_of(np.full((1, 1, 3), color, np.uint8))[0, 0] for color in (SKIN, fair))
    assert np.hypot(*(skin_lab - fair_lab)[1:]) < 2 * plain_clothes._LIKE_SKIN
    planes = lab_of(plain(photo, person, face, np.random.default_rng(seed)))
    assert chroma(planes[12:20, 22:58]).mean() < 10
    assert chroma(planes[34:50, 20:24]).mean() < 10  # beside the face as well
    assert chroma(planes[30:54, 32:48]).mean() > 25


@pytest.mark.usefixtures("always")
def test_a_bald_head_keeps_its_skin() -> None:
    photo, person, face = portrait()
    photo[(photo == HAIR).all(-1)] = SKIN
    planes = lab_of(plain(photo, person, face, np.random.default_rng(0)))
    assert chroma(planes[12:20, 22:58]).mean() > 25


@pytest.mark.usefixtures("always")
def test_hair_is_mostly_white_or_gray_and_clothes_keep_their_lightness() -> None:
    photo, person, face = portrait()
    changed = [lab_of(plain(photo, person, face, np.random.default_rng(seed))) for seed in range(30)]
    hair = np.array([planes[12:20, 22:58, 0].mean() for planes in changed])
    assert (hair > 50).mean() > 0.5
    clothes = [planes[70:, 22:58, 0].mean() for planes in changed]
    assert np.ptp(clothes) < 3


def test_without_a_face_nothing_is_known_of_skin_and_the_photo_stays() -> None:
    photo, person, face = portrait()
    assert plain(photo, person, np.zeros_like(face), np.random.default_rng(0)) is photo


def test_a_mask_of_two_channels_tells_the_face_and_crops_take_their_part(tmp_path) -> None:
    folder = album(tmp_path / "album", 8)
    photo, person, face = portrait()
    Image.fromarray(photo).save(folder / "portrait.png")
    mask = Image.merge("LA", (Image.fromarray(person[::2, ::2]), Image.fromarray(face[::2, ::2])))
    mask.save(folder / "portrait.mask.png")
    photos = load_photos([folder], 64, validation_share=0)
    place = photos.names.index("portrait.png")
    found = photos.people[place]
    assert found is not None
    assert found.shape == (*photos.photos[place].shape[:2], 2)
    assert found[..., 0].mean() == pytest.approx(person.mean(), abs=4)  # not multiplied by the face
    assert found[..., 1].mean() == pytest.approx(face.mean(), abs=4)
    one = photos.chosen(prefixes=["portrait"])
    changed, again, kept = (Crops(one, {}, 0, plain=chance).batch(0, 12, 48) for chance in (1.0, 1.0, 0.0))
    assert changed.equal(again)
    assert not changed.equal(kept)
