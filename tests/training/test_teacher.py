"""Learning from another model's colors."""

from __future__ import annotations

import numpy as np
import pytest

from handtint.engine.models import build, load_model, save_model
from handtint.imaging.photo import Photo
from handtint.progress import Cancelled, Progress
from handtint.recipe.settings import Settings
from handtint.restore.rendering import render
from handtint.restore.way import predict
from tests.fakes import FakeColorizer
from tests.training.small import album, photo_set, recipe, recipe_file
from training.__main__ import main
from training.config import RecipeError
from training.learning.learner import new_card
from training.learning.teacher import taught
from training.measuring.metrics import ab_mse, lab_of
from training.tune import tuned_recipe


def test_a_teacher_gives_three_quarters_of_the_color_and_none_of_the_lightness() -> None:
    photos = photo_set(2, 0)
    for pixels, recolored in zip(photos.photos, taught(photos, FakeColorizer(), Progress()).photos, strict=True):
        photo = Photo(pixels)
        predicted = predict(photo, Settings(recolor=True), FakeColorizer(), Progress())
        said = render(photo, predicted, Settings(vividness=0.0), Progress())
        teachers, own, mixed = lab_of(np.asarray(said.pixels)), lab_of(pixels), lab_of(recolored)
        expected = own[..., 1:] + 0.75 * (teachers - own)[..., 1:]
        assert abs(mixed[..., 0] - own[..., 0]).mean() < 0.5
        assert ab_mse(mixed[..., 1:], expected) < 0.05 * ab_mse(teachers[..., 1:], own[..., 1:])


def test_held_out_photos_keep_their_true_colors() -> None:
    photos = photo_set(2, 2)
    result = taught(photos, FakeColorizer(), Progress())
    assert result.held_out == photos.held_out
    same = [np.array_equal(a, b) for a, b in zip(photos.photos, result.photos, strict=True)]
    assert same == [False, False, True, True]


def test_a_teacher_can_be_stopped() -> None:
    with pytest.raises(Cancelled):
        taught(photo_set(2, 0), FakeColorizer(), Progress(is_cancelled=lambda: True))


def test_a_distribution_is_not_learned_from_a_teacher(tmp_path) -> None:
    with pytest.raises(RecipeError, match="can be learned from photographs only"):
        recipe(tmp_path, teacher="unet")


def test_a_taught_model_says_so_and_is_tuned_without_its_teacher(tmp_path) -> None:
    stages = [{"size": 32, "share": 1.0, "batch": 8}]
    teacher, card = tmp_path / "teacher.safetensors", new_card(recipe(tmp_path))
    save_model(teacher, build(card), card)
    of = {"architecture": "resnet18_gray", "arguments": {}, "loss": "mse", "teacher": str(teacher)}
    path = recipe_file(tmp_path, stages=stages, **of)
    folder = album(tmp_path / "album", 24)
    run = tmp_path / "run"
    assert main(["fit", str(path), "--data", str(folder), "--out", str(run), "--epochs", "1", "--device", "cpu"]) == 0
    _, card = load_model(run / "small.safetensors")
    assert card.recipe["teacher"] == str(teacher)
    assert tuned_recipe(card, "mine", [folder]).teacher == ""
