"""Photographs staged like old ones: people before backdrops, pictures on mounts."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from tests.training.small import album
from training.measuring.metrics import lab_of
from training.photos import studio
from training.photos.crops import Crops
from training.photos.found import load_photos

RED, GREEN = (200, 40, 40), (40, 170, 60)


def portrait(height: int = 80, width: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """A red figure, cut off by the lower edge, before green; and its mask."""
    photo = np.full((height, width, 3), GREEN, np.uint8)
    person = np.zeros((height, width), np.uint8)
    person[20:, 16:48] = 255
    photo[person > 0] = RED
    return photo, person


def chroma(photo: np.ndarray) -> np.ndarray:
    return np.hypot(*np.moveaxis(lab_of(photo)[..., 1:], -1, 0))


@pytest.fixture
def no_vignette(monkeypatch) -> None:
    monkeypatch.setattr(studio, "_VIGNETTE", 0.0)


@pytest.mark.usefixtures("no_vignette")
@pytest.mark.parametrize("seed", range(12))
def test_a_person_before_a_backdrop_keeps_all_color_and_the_green_behind_is_gone(seed) -> None:
    photo, person = portrait()
    staged = studio.before_backdrop(photo, person, np.random.default_rng(seed))
    is_red = (staged == RED).all(-1)
    assert is_red.sum() == (person > 0).sum()
    assert not (staged == GREEN).all(-1).any()
    around = chroma(staged)[~is_red]
    assert around.mean() < 25  # the red has 66, the green 64
    assert staged.shape[0] >= photo.shape[0]


@pytest.mark.usefixtures("no_vignette")
def test_backdrops_are_mostly_gray_and_of_every_lightness() -> None:
    photo, person = portrait()
    staged = [studio.before_backdrop(photo, person, np.random.default_rng(seed)) for seed in range(60)]
    corners = np.stack([lab_of(one[:4, :4]).mean((0, 1)) for one in staged])
    assert np.median(np.hypot(corners[:, 1], corners[:, 2])) < 4
    assert corners[:, 0].min() < 30
    assert corners[:, 0].max() > 70


@pytest.mark.usefixtures("no_vignette")
def test_a_person_cut_off_at_a_side_stays_at_that_side() -> None:
    photo, person = portrait()
    photo, person = photo[:, 16:], person[:, 16:]
    for seed in range(12):
        staged = studio.before_backdrop(photo, person, np.random.default_rng(seed))
        assert (staged[-1, 0] == RED).all()


def test_a_vignette_fades_to_paper_in_the_corners(monkeypatch) -> None:
    monkeypatch.setattr(studio, "_VIGNETTE", 1.0)
    photo, person = portrait()
    for seed in range(12):
        staged = studio.before_backdrop(photo, np.full_like(person, 255), np.random.default_rng(seed))
        assert chroma(staged[:2, :2]).mean() < 25
        assert staged.shape == photo.shape  # cut off on all sides, there is no room to add
        assert (staged[40, 32] == photo[40, 32]).all()


def test_a_mount_surrounds_the_picture_with_hardly_any_color() -> None:
    crop = torch.tensor(RED, dtype=torch.uint8)[:, None, None].expand(3, 64, 64).contiguous()
    chosen = [studio.on_mount(crop, np.random.default_rng(seed)) for seed in range(40)]
    shares = []
    for staged in chosen:
        assert staged.shape == crop.shape
        pixels = staged.permute(1, 2, 0).numpy()
        assert (pixels[32, 32] == RED).all()
        is_red = (np.abs(pixels.astype(int) - RED) < 3).all(-1)
        shares.append(is_red.mean())
        if not is_red.all():
            assert np.median(chroma(pixels)[~is_red]) < 25
    assert min(shares) < 0.7  # mounts
    assert max(shares) > 0.85  # rims


def test_masks_are_found_by_name_and_are_no_photos(tmp_path) -> None:
    folder = album(tmp_path / "album", 8)
    masks = tmp_path / "masks"
    masks.mkdir()
    Image.fromarray(np.full((36, 32), 200, np.uint8)).save(masks / "photo 03.mask.png")
    photos = load_photos([folder, masks], 48, validation_share=0.5)
    assert len(photos.names) == 8
    assert sum(photos.left_out.values()) == 0
    place = photos.names.index("photo 03.png")
    assert [i for i, mask in enumerate(photos.people) if mask is not None] == [place]
    mask = photos.people[place]
    assert mask is not None
    assert mask.shape == (*photos.photos[place].shape[:2], 2)
    assert (mask == (200, 0)).all()  # a mask of one channel knows no face
    part = photos.part(held_out=photos.held_out[place])
    assert part.people[part.names.index("photo 03.png")] is mask
    assert load_photos([folder], 48).people == []


def test_a_mask_that_cannot_be_read_is_counted(tmp_path) -> None:
    folder = album(tmp_path / "album", 3)
    (folder / "photo 01.mask.png").write_bytes(b"no picture")
    assert load_photos([folder], 48).left_out["not readable"] == 1


def test_only_crops_to_learn_from_that_are_asked_for_are_staged(tmp_path) -> None:
    folder = album(tmp_path / "album", 6)
    for i in range(3):
        Image.fromarray(portrait(72, 64)[1]).save(folder / f"photo {i:02d}.mask.png")
    photos = load_photos([folder], 64, validation_share=0.0)
    plain = Crops(photos, {}, seed=3).batch(0, 6, 32)
    assert torch.equal(plain, Crops(photos, {}, 3, studio=0.0, mounts=0.0).batch(0, 6, 32))
    before = Crops(photos, {}, 3, studio=1.0)
    assert torch.equal(before.batch(0, 6, 32), before.batch(0, 6, 32))
    order = before._epoch_order(0)
    for place, (one, other) in enumerate(zip(before.batch(0, 6, 32), plain, strict=True)):
        has_mask = photos.people[order[place]] is not None
        assert has_mask or torch.equal(one, other)
    assert not torch.equal(before.batch(0, 6, 32), plain)
    assert not torch.equal(Crops(photos, {}, 3, mounts=1.0).batch(0, 6, 32), plain)
