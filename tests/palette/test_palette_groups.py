"""Which photos are alike, from descriptors of made-up features."""

from __future__ import annotations

import numpy as np
import pytest

from handtint.imaging.resize import resize_planes
from handtint.palette.groups import describe, group

CHANNELS = 40


def scene(seed: int, shift: int = 0, noise: float = 0.0) -> np.ndarray:
    """Descriptor of a frame of a scene, the camera turned to the right by so many of 48 cells."""
    rng = np.random.default_rng(seed)
    wide = resize_planes(rng.normal(size=(6, 18, CHANNELS)).astype(np.float32), (32, 96))
    frame = wide[:, shift : shift + 48]
    return describe(frame + np.random.default_rng((seed, shift)).normal(0, noise, frame.shape).astype(np.float32))


def test_frames_of_one_scene_are_grouped_and_other_photos_are_not() -> None:
    descriptors = [scene(1), scene(2), scene(1, 3, 0.3), scene(3), scene(1, 9, 0.3), scene(2, 6)]
    assert group(descriptors, list("abcdef")) == [0, 1, 0, 3, 0, 1]


def test_many_unlike_photos_stay_alone() -> None:
    descriptors = [scene(seed) for seed in range(80)]
    assert group(descriptors, [f"{i:03}" for i in range(80)]) == list(range(80))


def test_what_is_like_no_chosen_one_is_grouped_among_itself() -> None:
    descriptors = [scene(1), scene(2), scene(2, 4), scene(1, 3), scene(3)]
    assert group(descriptors, list("abcde"), chosen=[0]) == [0, 1, 1, 0, 4]


def test_the_order_of_the_photos_does_not_matter() -> None:
    names = [f"{number} {shift:02}" for number in range(4) for shift in range(0, 15, 3)]
    descriptors = {name: scene(int(name[0]), int(name[2:]), 0.2) for name in names}
    wanted = group([descriptors[name] for name in names], names)
    by_name = {name: names[index] for name, index in zip(names, wanted, strict=True)}
    assert len(set(by_name.values())) < len(names) / 2
    for seed in range(3):
        mixed = np.random.default_rng(seed).permutation(names).tolist()
        found = group([descriptors[name] for name in mixed], mixed)
        assert {name: mixed[index] for name, index in zip(mixed, found, strict=True)} == by_name


def test_every_photo_is_like_its_reference_itself() -> None:
    descriptors = [scene(5, shift) for shift in range(0, 48, 4)]
    names = [f"{i:02}" for i in range(len(descriptors))]
    references = group(descriptors, names)
    assert 1 < len(set(references)) < len(names)  # the first and the last frame have nothing in common
    for index, reference in enumerate(references):
        assert references[reference] == reference
        if reference != index:
            assert group([descriptors[index], descriptors[reference]], ["x", "y"]) == [0, 0]


def test_a_chosen_reference_gathers_what_is_like_it() -> None:
    descriptors = [scene(1), scene(1, 2), scene(1, 4), scene(2), scene(2, 2)]
    assert group(descriptors, list("abcde"), chosen=[2]) == [2, 2, 2, 3, 3]
    assert group(descriptors, list("abcde"), chosen=[0, 2])[:3] in ([0, 0, 2], [0, 2, 2])
    assert group(descriptors, list("abcde"), chosen=[4]) == [0, 0, 0, 4, 4]


@pytest.mark.parametrize("count", [0, 1])
def test_there_is_no_group_of_one(count: int) -> None:
    assert group([scene(1)] * count, ["a"] * count) == list(range(count))


def test_a_photo_without_structure_is_like_none() -> None:
    plain = describe(np.ones((32, 48, CHANNELS), np.float16))
    assert group([plain, plain, scene(1)], list("abc")) == [0, 1, 2]


def test_a_descriptor_is_small() -> None:
    for shape in ((32, 48, 384), (32, 96, 384), (1, 3, 128)):
        descriptor = describe(np.random.default_rng(0).normal(size=shape).astype(np.float16))
        assert descriptor.nbytes <= 2048
        assert np.isfinite(descriptor).all()
