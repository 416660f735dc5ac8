"""One photo's way, with a colorizer that colors by rule."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from skimage import data
from skimage.color import rgb2lab

from handtint.errors import ModelError
from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.hint_files import HintError
from handtint.imaging.metadata import Metadata
from handtint.imaging.photo import Photo, PhotoMeta
from handtint.imaging.resize import resize_planes
from handtint.palette.carry import Reference
from handtint.palette.groups import group
from handtint.progress import Cancelled, Progress
from handtint.recipe.hints import Hint
from handtint.recipe.settings import Settings
from handtint.restore.colorizer import NoFeatures, model_input, usual
from handtint.restore.references import describe, make_reference
from handtint.restore.rendering import Preview, Rendering, render, render_preview
from handtint.restore.way import AlreadyInColor, predict
from tests.fakes import FakeColorizer, fake_card, maybe_in_color, restored


def photo(dtype: type = np.uint8, height: int = 200, width: int = 300) -> Photo:
    """A real photograph, of odd size, black and paper white included."""
    pixels = np.tile(data.camera()[::2, ::2], (2, 2))[:height, :width].copy()
    pixels[:9, :9], pixels[-9:, -9:] = 0, 255
    if dtype == np.uint16:
        pixels = pixels.astype(np.uint16) * 257 - (np.arange(width, dtype=np.uint16) % 7) * (pixels > 0)
    return Photo(pixels.astype(dtype), PhotoMeta(), None)


def predicted(source: Photo) -> Prediction:
    return predict(source, Settings(), FakeColorizer(), Progress())


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.uint8, 0.5), (np.uint16, 0.01)])
@pytest.mark.parametrize("strength", [1.0, 2.0])
def test_coloring_leaves_lightness_alone(dtype: type, tolerance: float, strength: float) -> None:
    source = photo(dtype)
    colored = restored(source, Settings(1.0, strength), FakeColorizer(), Progress())
    assert colored.pixels.dtype == dtype
    values = rgb2lab(colored.pixels / np.iinfo(dtype).max)
    assert np.abs(values[..., 0] - source.lightness()).max() <= tolerance
    assert np.hypot(values[..., 1], values[..., 2]).mean() > 5


def test_the_whole_photo_reaches_the_model_once_at_its_working_size() -> None:
    colorizer = FakeColorizer(fake_card(working_size=32))
    source = photo(height=201, width=300)
    restored(source, Settings(), colorizer, Progress())
    (seen,) = colorizer.seen
    assert seen.shape == (32, 48)
    assert seen.dtype == np.float32
    assert seen.mean() == pytest.approx(source.lightness().mean(), abs=0.3)
    assert np.abs(seen - resize_planes(source.lightness()[..., None], seen.shape)[..., 0]).mean() < 1


@pytest.mark.parametrize(
    ("size", "seen"), [((201, 300), (64, 96)), ((40, 50), (40, 50)), ((20, 30), (32, 48)), ((40, 400), (19, 192))]
)
def test_looking_closely_shows_the_model_twice_as_much_but_no_more_than_there_is(
    size: tuple[int, int], seen: tuple[int, int]
) -> None:
    colorizer = FakeColorizer(fake_card(working_size=32))
    restored(photo(height=size[0], width=size[1]), Settings(closely=True), colorizer, Progress())
    assert colorizer.seen[0].shape == seen


def test_a_model_that_takes_a_closer_look_is_shown_a_larger_photo_and_closely_twice_that() -> None:
    card = dataclasses.replace(fake_card(working_size=32), arguments={"closer_look": 1.5})
    source = photo(height=201, width=300)
    sizes = [model_input(source, card, Progress(), closely).shape for closely in (False, True)]
    assert sizes == [(48, 72), (96, 143)]
    assert usual(model_input(source, card, Progress(), True), card).shape == (32, 48)


def test_a_photo_too_small_for_a_closer_look_is_seen_at_the_working_size() -> None:
    card = dataclasses.replace(fake_card(working_size=32), arguments={"closer_look": 1.5})
    source = photo(height=40, width=60)
    sizes = [model_input(source, card, Progress(), closely).shape for closely in (False, True)]
    assert sizes == [(32, 48), (40, 60)]


def test_photos_are_compared_as_large_as_usual_however_they_are_looked_at() -> None:
    card, source = fake_card(working_size=32), photo(height=201, width=300)
    plainly, closely = (model_input(source, card, Progress(), closely) for closely in (False, True))
    assert np.array_equal(usual(plainly, card), plainly)
    assert np.abs(usual(closely, card) - plainly).mean() < 1


def test_a_photo_looked_at_closely_takes_the_colors_of_another_too() -> None:
    first, second = frames()
    colorizer = FakeColorizer(fake_card(working_size=96))
    plainly, closely = (
        predict(second, Settings(closely=closely), colorizer, Progress(), reddened(first, colorizer))
        for closely in (False, True)
    )
    assert plainly.carried is not None
    assert closely.carried is not None
    assert closely.carried.shape == plainly.carried.shape
    assert np.abs(closely.carried - plainly.carried).mean() < 1


def test_a_panorama_is_seen_whole_and_undistorted() -> None:
    colorizer = FakeColorizer(fake_card(working_size=32))
    restored(photo(height=40, width=400), Settings(), colorizer, Progress())
    assert colorizer.seen[0].shape == (10, 96)


@pytest.mark.parametrize("size", [(7, 5), (1, 1), (1, 300), (33, 20)])
def test_a_tiny_photo_is_enlarged_for_the_model_and_colored_at_its_own_size(size: tuple[int, int]) -> None:
    source = photo(height=size[0], width=size[1])
    colored = restored(source, Settings(), FakeColorizer(), Progress())
    assert colored.size == size
    assert np.abs(rgb2lab(colored.pixels)[..., 0] - source.lightness()).max() <= 0.5


def test_meta_and_alpha_travel_along() -> None:
    source = photo()
    meta = PhotoMeta(bit_depth=8, embedded=Metadata(dpi=(300, 300), exif=b"Exif"))
    source = dataclasses.replace(source, meta=meta, alpha=np.full(source.size, 7, np.uint8))
    colored = restored(source, Settings(), FakeColorizer(), Progress())
    assert colored.meta == meta
    assert colored.alpha is source.alpha


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_region_is_that_part_of_the_whole(dtype: type) -> None:
    source = photo(dtype)
    prediction = predicted(source)
    whole = render(source, prediction, Settings(), Progress()).pixels
    rendering = Rendering(source, prediction, Settings())
    for rows, columns in [
        (slice(0, 200), slice(0, 300)),
        (slice(37, 41), slice(11, 290)),
        (slice(150, None), slice(-40, None)),
        (slice(5, 6), slice(299, 300)),
    ]:
        region = rendering.region(rows, columns)
        assert region.dtype == dtype
        assert np.array_equal(region, whole[rows, columns])


def test_an_empty_region_is_empty() -> None:
    source = photo()
    region = Rendering(source, predicted(source), Settings()).region(slice(5, 5), slice(0, 10))
    assert region.shape == (0, 10, 3)


def test_bands_leave_no_seams(monkeypatch: pytest.MonkeyPatch) -> None:
    source = photo()
    prediction = predicted(source)
    whole = render(source, prediction, Settings(), Progress()).pixels
    monkeypatch.setattr("handtint.imaging.rows._BAND_PIXELS", 300 * 7)
    monkeypatch.setattr("handtint.imaging.color.merge._STRIP_PIXELS", 300 * 2)
    assert np.array_equal(render(source, prediction, Settings(), Progress()).pixels, whole)
    assert np.abs(predicted(source).lightness - prediction.lightness).max() < 1e-3  # type: ignore[operator]


@pytest.mark.parametrize("step", [2, 3, 8])
def test_a_reduced_region_shows_the_same_picture_smaller(step: int) -> None:
    source = photo()
    rendering = Rendering(source, predicted(source), Settings())
    small = rendering.region(step=step)
    assert small.shape == (-(-200 // step), -(-300 // step), 3)
    full = rendering.region()[: 200 // step * step, : 300 // step * step].astype(np.float32)
    means = full.reshape(200 // step, step, 300 // step, step, 3).mean((1, 3))
    assert np.abs(small[: 200 // step, : 300 // step] - means).mean() < 2


def test_a_preview_shows_the_same_picture_smaller() -> None:
    source = photo()
    prediction = predicted(source)
    preview = Preview(source, 100)
    shown = render_preview(preview, prediction, Settings())
    assert shown.shape == preview.before.shape == (67, 100, 3)
    full = render(source, prediction, Settings(), Progress()).pixels.astype(np.float32)
    assert np.abs(resize_planes(full, (67, 100)) - shown).mean() < 2
    gray = render_preview(preview, prediction, Settings(strength=0)).astype(int)
    assert np.abs(gray - preview.before).mean() < 1


def test_a_prediction_straight_from_a_colorizer_can_be_shown_too() -> None:
    source = photo()
    prediction = predicted(source)
    bare = dataclasses.replace(prediction, lightness=None)
    shown, wanted = (render(source, p, Settings(), Progress()).pixels for p in (bare, prediction))
    assert np.abs(shown.astype(int) - wanted).mean() < 2


def test_a_preview_is_never_larger_than_the_photo() -> None:
    source = photo()
    preview = Preview(source, 1600)
    assert preview.photo_size == preview.lightness.shape == (200, 300)
    assert np.array_equal(preview.before[..., 0], source.pixels)
    prediction = predicted(source)
    whole = render(source, prediction, Settings(), Progress()).pixels
    assert np.array_equal(render_preview(preview, prediction, Settings()), whole)


def test_the_before_picture_keeps_the_tone_of_the_source() -> None:
    sepia = (photo(np.uint16).pixels[..., None] * np.array([1, 0.8, 0.6])).astype(np.uint16)
    before = Preview(Photo(sepia), 100).before
    assert before.dtype == np.uint8
    assert np.abs(before.mean((0, 1)) - sepia.mean((0, 1)) / 257).max() < 1


def test_a_toned_source_is_colored_from_its_lightness_alone() -> None:
    gray = photo()
    toned = dataclasses.replace(gray, pixels=np.repeat(gray.pixels[..., None], 3, 2))
    settings = Settings(recolor=True)
    ours, theirs = (restored(p, settings, FakeColorizer(), Progress()).pixels for p in (toned, gray))
    difference = np.abs(np.asarray(ours, np.int16) - theirs)
    assert difference.max() <= 1  # where L lies on the edge between two steps
    assert (difference > 0).mean() < 0.001


def test_a_photo_in_color_is_recolored_only_on_request() -> None:
    colored = Photo(data.astronaut()[::8, ::8])
    colorizer = FakeColorizer()
    with pytest.raises(AlreadyInColor, match="already in color"):
        restored(colored, Settings(), colorizer, Progress())
    assert not colorizer.seen
    again = restored(colored, Settings(recolor=True), colorizer, Progress())
    assert not np.array_equal(again.pixels, colored.pixels)


def test_a_photo_that_may_be_in_color_is_colored_and_that_is_said() -> None:
    doubtful = Photo(np.asarray(maybe_in_color()))
    assert not doubtful.judgment().is_sure
    notes = restored(doubtful, Settings(), FakeColorizer(), Progress()).meta.notes
    assert any("may be in color already" in note for note in notes)
    notes = restored(doubtful, Settings(recolor=True), FakeColorizer(), Progress()).meta.notes
    assert not any("may be in color" in note for note in notes)  # that was decided by the one who asked for it


def test_hints_show_in_the_picture_and_in_the_preview_without_another_pass() -> None:
    source = photo()
    colorizer = FakeColorizer()
    prediction = predict(source, Settings(), colorizer, Progress())
    settings = Settings(0.6, hints=(Hint(x=150, y=100, radius=10, a=-40, b=30),))
    for pixels in (
        render(source, prediction, settings, Progress()).pixels,
        render_preview(Preview(source, max(source.size)), prediction, settings),
    ):
        assert rgb2lab(pixels)[96:104, 146:154, 1].mean() < -15
    assert len(colorizer.seen) == 1


def test_a_hint_outside_the_photo_is_refused_before_the_model_is_asked() -> None:
    colorizer = FakeColorizer()
    with pytest.raises(HintError, match="outside the photo"):
        restored(photo(), Settings(hints=(Hint(9000, 5, 5, 1, 1),)), colorizer, Progress())
    assert not colorizer.seen


def test_vividness_and_strength_need_no_second_pass() -> None:
    source = photo()
    colorizer = FakeColorizer()
    prediction = predict(source, Settings(), colorizer, Progress())
    preview = Preview(source, 100)
    chroma = [
        np.hypot(*np.moveaxis(rgb2lab(render_preview(preview, prediction, settings))[..., 1:], -1, 0)).mean()
        for settings in (Settings(0, 0), Settings(0, 0.5), Settings(0, 1), Settings(1, 1), Settings(1, 1.5))
    ]
    assert (np.diff(chroma) > 0.5).all()
    assert len(colorizer.seen) == 1


def test_a_variant_is_another_coloring_of_the_same_prediction() -> None:
    source = photo()
    colorizer = FakeColorizer()
    prediction = predict(source, Settings(), colorizer, Progress())
    preview = Preview(source, 100)
    pictures = [rgb2lab(render_preview(preview, prediction, Settings(variant=number))) for number in range(3)]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        difference = pictures[one] - pictures[other]
        assert np.hypot(difference[..., 1], difference[..., 2]).mean() > 1
        assert np.abs(difference[..., 0]).max() < 1
    assert len(colorizer.seen) == 1


def test_a_smaller_preview_shows_the_same_colors() -> None:
    source = photo()
    prediction = predicted(source)
    preview = Preview(source, 200)
    small = render_preview(preview, prediction, Settings(), 60)
    assert small.shape == (40, 60, 3)
    whole = render_preview(preview, prediction, Settings())
    assert np.abs(resize_planes(whole.astype(np.float32), (40, 60)) - small).mean() < 3


def test_a_variant_of_a_model_with_one_answer_is_its_answer_and_that_is_said() -> None:
    class OneAnswer(FakeColorizer):
        def predict(self, lightness, progress) -> Prediction:
            return Prediction(super().predict(lightness, progress).ab)

    source = photo()
    plain, other = (restored(source, Settings(variant=number), OneAnswer(), Progress()) for number in (0, 2))
    assert np.array_equal(plain.pixels, other.pixels)
    assert plain.meta.notes == ()
    assert "one coloring" in other.meta.notes[0]


def test_progress_runs_from_start_to_end_without_going_back() -> None:
    seen: list[float] = []
    restored(photo(), Settings(), FakeColorizer(), Progress(lambda fraction, _: seen.append(fraction)))
    assert seen == sorted(seen)
    assert seen[0] == 0
    assert seen[-1] == 1


@pytest.mark.parametrize("after", [0, 1, 3])
def test_work_stops_at_the_step_after_it_was_cancelled(after: int) -> None:
    steps: list[float] = []
    progress = Progress(lambda fraction, _: steps.append(fraction), lambda: len(steps) >= after)
    with pytest.raises(Cancelled):
        restored(photo(), Settings(), FakeColorizer(), progress)
    assert len(steps) == after


def test_what_goes_wrong_in_the_model_is_passed_on() -> None:
    colorizer = FakeColorizer(failure=ModelError("The model broke."), fail_first=1)
    with pytest.raises(ModelError, match="The model broke"):
        restored(photo(), Settings(), colorizer, Progress())
    assert restored(photo(), Settings(), colorizer, Progress()).size == (200, 300)


def frames() -> tuple[Photo, Photo]:
    """Two photos of one scene, the camera a little to the left in the second; the first as read from a file."""
    pixels = data.camera()[60:316, 100:420]
    first = Photo(pixels[:192, 80:272], PhotoMeta(source=Path("first.jpg")))
    return first, Photo(pixels[16:208, 48:240])


def reddened(source: Photo, colorizer: FakeColorizer) -> Reference:
    """The photo as a reference, all of it red."""
    prediction = predict(source, Settings(), colorizer, Progress())
    red = dataclasses.replace(prediction, ab=np.full_like(prediction.ab, 1) * np.array([40, 25], np.float32))
    return make_reference(source, red, Settings(0.0), colorizer, Progress())


def test_a_photo_like_the_reference_takes_its_colors_where_both_show_the_same() -> None:
    colorizer = FakeColorizer(fake_card(working_size=192))
    first, second = frames()
    reference = reddened(first, colorizer)
    plain = predict(second, Settings(), colorizer, Progress())
    followed = predict(second, Settings(), colorizer, Progress(), reference)
    away = [np.linalg.norm(one.ab_at(0.0) - (40, 25), axis=-1) for one in (plain, followed)]
    assert away[1][:, 30:].mean() < 0.5 * away[0][:, 30:].mean()
    assert np.abs(followed.ab_at(0.0) - plain.ab_at(0.0))[:, :2].max() < 0.1  # beside the first photo
    assert followed.notes == ('Where it shows the same, its colors follow "first.jpg".',)
    again = restored(second, Settings(0.0), colorizer, Progress(), reference)
    assert again.meta.notes == followed.notes
    assert np.array_equal(again.pixels, render(second, followed, Settings(0.0), Progress()).pixels)


def test_a_photo_unlike_the_reference_is_colored_as_without_it() -> None:
    colorizer = FakeColorizer(fake_card(working_size=192))
    other = Photo(data.coins()[:192, :192])
    plain = predict(other, Settings(), colorizer, Progress())
    beside = predict(other, Settings(), colorizer, Progress(), reddened(frames()[0], colorizer))
    assert np.array_equal(beside.ab_at(0.6), plain.ab_at(0.6))
    assert "colored by itself" in beside.notes[0]


def test_a_users_hint_lies_over_the_references_colors() -> None:
    colorizer = FakeColorizer(fake_card(working_size=192))
    first, second = frames()
    followed = predict(second, Settings(), colorizer, Progress(), reddened(first, colorizer))
    settings = Settings(0.0, hints=(Hint(x=120, y=90, radius=4, a=-10, b=30),))
    ab = rgb2lab(render(second, followed, settings, Progress()).pixels)[..., 1:]
    before = rgb2lab(render(second, followed, Settings(0.0), Progress()).pixels)[..., 1:]
    away = [np.linalg.norm(one[86:94, 116:124].mean((0, 1)) - (-10, 30)) for one in (before, ab)]
    assert away[1] < 0.4 * away[0]


def test_a_reference_of_another_model_is_refused() -> None:
    first, second = frames()
    reference = reddened(first, FakeColorizer(fake_card("theirs")))
    with pytest.raises(ValueError, match="another model"):
        predict(second, Settings(), FakeColorizer(fake_card("ours")), Progress(), reference)


def test_a_model_that_cannot_tell_what_is_alike_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeColorizer, "features", lambda *_: None)
    with pytest.raises(NoFeatures, match='"fake" cannot tell'):
        describe(np.zeros((32, 48), np.float32), FakeColorizer(), Progress())


def test_descriptors_group_frames_of_one_scene() -> None:
    colorizer = FakeColorizer(fake_card(working_size=192))
    photos = [*frames(), Photo(data.coins()[:192, :192]), Photo(data.page()[:192, :192])]
    seen = [model_input(one, colorizer.card, Progress()) for one in photos]
    descriptors = [describe(lightness, colorizer, Progress()) for lightness in seen]
    assert all(one.nbytes <= 2048 for one in descriptors)
    assert group(descriptors, list("abcd")) == [0, 0, 2, 3]
