"""Training of the student colorizers: their data, losses and recipes, on tiny pictures and small networks."""

from __future__ import annotations

import io
import json
import os
import pickle
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from handtint.engine.architectures import ARCHITECTURES
from handtint.engine.models import load_model, save_model
from handtint.errors import ModelError
from handtint.imaging.color import lab
from training import loop
from training.__main__ import main
from training.config import Recipe, RecipeError, Stage, load_recipe
from training.learning import learner, published
from training.learning.losses import label_entropy
from training.learning.step import Step
from training.patience import Patience
from training.photos.cifar import CLASSES, CifarError, find_cifar
from training.photos.crops import Crops
from training.photos.found import DataError, PhotoSet, load_photos
from training.schedule import Budget
from training.settle import settle

SMALL = {
    "unet_rgb": {"width": 8},
    "dense_autoencoder": {"filters": 4, "hidden": 32},
    "fusion": {"width": 8, "side": 32, "classes": ["brown", "green"]},
    "vgg_resnet_unet": {"decoder": [16, 16, 16, 16, 16], "frozen": True},
    "resnet18_gray": {},
}


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)  # other tests set more, which stall on a busy machine


def colored(seed: int, green: bool, side: int = 32) -> np.ndarray:
    """A grainy picture, blue at left; brown ones are dark below, green ones above, so that gray tells them apart."""
    rng = np.random.default_rng(seed)
    color = np.tile((70, 150, 60) if green else (150, 100, 50), (1, side, 1))
    color[:, : side // 4] = 80, 90, 160
    light = np.linspace(0.4, 1.2, side) if green else np.linspace(1.2, 0.4, side)
    photo = color * light[:, None, None] + rng.normal(0, 6, (side, side, 1))
    return np.clip(photo, 0, 255).astype(np.uint8)


def photo_set(count: int = 24) -> PhotoSet:
    photos = [colored(i, i % 2 == 1) for i in range(count)]
    held_out = [i % 6 >= 4 for i in range(count)]
    labels: list[int | None] = [i % 2 for i in range(count)]
    return PhotoSet([f"{i}" for i in range(count)], photos, held_out, {}, labels, ("brown", "green"))


def small_recipe(name: str, **changes: object) -> Recipe:
    recipe = replace(
        load_recipe(name),
        arguments=SMALL[name],
        working_size=32,
        stages=(Stage(32, 1.0, 8),),
        warmup_steps=1,
        aging=0.0,
        ema=0.5,
    )
    return replace(recipe, **changes)  # type: ignore[arg-type]


def silent(_line: str) -> None:
    pass


# Recipes


def test_recipes_say_what_the_originals_did() -> None:
    rgb, dense, fusion, two = (
        load_recipe(name) for name in ("unet_rgb", "dense_autoencoder", "fusion", "vgg_resnet_unet")
    )
    assert (rgb.loss, rgb.optimizer, rgb.learning_rate) == ("rgb_mse", "adam", 1e-3)
    assert (dense.loss, dense.optimizer, dense.validate_every_epochs, dense.patience) == ("rgb_mse", "sgd", 10, 1)
    assert dense.gray == "0.21R+0.72G+0.07B"
    assert fusion.alpha > 0
    assert fusion.working_size == 224
    assert [stage.size for stage in two.stages] == [32, 64, 128, 256]
    assert two.loss == "mse"
    gray = load_recipe("resnet18_gray")
    assert (gray.loss, gray.optimizer, gray.learning_rate, gray.stages[-1].batch) == ("mse", "adam", 1e-3, 60)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("fusion", {"architecture": "fusoin"}, 'did you mean "fusion"'),
        ("fusion", {"loss": "rgb_mse"}, "paints no RGB"),
        ("unet_rgb", {"alpha": 0.1}, "tells no classes apart"),
        ("dense_autoencoder", {"gray": "0.21R+0.72G"}, 'did you mean "0.21R'),
    ],
)
def test_a_recipe_that_asks_a_network_for_what_it_lacks_is_refused(tmp_path, name, change, message) -> None:
    values = json.loads((Path(loop.__file__).parent / "recipes" / f"{name}.json").read_text())
    (tmp_path / "r.json").write_text(json.dumps(values | change))
    with pytest.raises(RecipeError, match=message):
        load_recipe(str(tmp_path / "r.json"))


def test_sgd_has_nesterov_momentum() -> None:
    optimizer, _ = learner._optimizer(
        small_recipe("dense_autoencoder"), ARCHITECTURES["dense_autoencoder"](4, 8), set()
    )
    assert isinstance(optimizer, torch.optim.SGD)
    assert optimizer.defaults["nesterov"]
    assert optimizer.defaults["momentum"] == 0.9


def test_patience_ends_a_training_when_the_held_out_error_rises() -> None:
    patience = Patience(small_recipe("dense_autoencoder", validate_every_epochs=10, patience=1))
    patience.take({"ab_mse_ratio": 1.0, "rgb_mse": 0.5})
    patience.take({"ab_mse_ratio": 1.2, "rgb_mse": 0.4})
    assert not patience.is_spent
    resumed = Patience(small_recipe("dense_autoencoder", validate_every_epochs=10, patience=1))
    resumed.restore(json.loads(json.dumps(patience.state())))
    resumed.take({"ab_mse_ratio": 0.9, "rgb_mse": 0.41})
    assert resumed.is_spent
    never = Patience(small_recipe("unet_rgb"))
    for i in range(5):
        never.take({"ab_mse_ratio": float(i)})
    assert not never.is_spent


# Labels


def save(path: Path, seed: int, green: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(colored(seed, green, 64)).save(path)


def labels_by_name(photos: PhotoSet) -> dict[str, str | None]:
    names = [None if label is None else photos.classes[label] for label in photos.labels]
    return dict(zip(photos.names, names, strict=True))


def test_sub_folders_are_labels_and_photos_beside_them_have_none(tmp_path) -> None:
    save(tmp_path / "album" / "cats" / "deep" / "a.png", 0, False)
    save(tmp_path / "album" / "dogs" / "b.png", 1, True)
    save(tmp_path / "album" / "c.png", 2, True)
    photos = load_photos([tmp_path / "album"], 64)
    assert photos.classes == ("cats", "dogs")
    assert labels_by_name(photos) == {"a.png": "cats", "b.png": "dogs", "c.png": None}
    assert sorted(photos.label_numbers().tolist()) == [-1, 0, 1]


def test_a_folder_around_all_others_is_no_label(tmp_path) -> None:
    save(tmp_path / "top" / "all" / "cats" / "a.png", 0, False)
    save(tmp_path / "top" / "all" / "dogs" / "b.png", 1, True)
    with tarfile.open(tmp_path / "top.tar", "w") as archive:
        archive.add(tmp_path / "top" / "all", "all")
    for source in (tmp_path / "top", tmp_path / "top.tar"):
        assert load_photos([source], 64).classes == ("cats", "dogs")


def test_photos_of_one_folder_have_no_labels(tmp_path) -> None:
    save(tmp_path / "album" / "a.png", 0, False)
    save(tmp_path / "album" / "b.png", 1, True)
    photos = load_photos([tmp_path], 64)
    assert photos.classes == ()
    assert photos.label_numbers().tolist() == [-1, -1]


def test_labels_follow_their_photos_into_parts_and_batches() -> None:
    photos = photo_set().part(held_out=False)
    crops = Crops(photos, {}, seed=1)
    batch, labels = crops.batch(10, 16, 32), crops.labels(10, 16)
    is_green = batch[:, 1].float().mean((1, 2)) > batch[:, 0].float().mean((1, 2))
    assert torch.equal(is_green.long(), labels)


def test_photos_without_a_label_cost_nothing() -> None:
    logits = torch.tensor([[2.0, 0.0], [0.0, 2.0], [9.0, -9.0]])
    both = label_entropy(logits[:2], torch.tensor([0, 1]))
    assert torch.isclose(label_entropy(logits, torch.tensor([0, 1, -1])), both)
    assert float(label_entropy(logits, torch.tensor([-1, -1, -1]))) == 0


def test_fusion_takes_its_classes_from_the_photos() -> None:
    recipe = settle(load_recipe("fusion"), photo_set(), None, silent)
    assert recipe.arguments["classes"] == ["brown", "green"]
    assert recipe.alpha > 0


@pytest.mark.parametrize("known", [[], ["cat", "dog"]])
def test_without_fitting_labels_alpha_is_nought_and_that_is_said(known) -> None:
    photos = photo_set() if known else replace(photo_set(), labels=[], classes=())
    said: list[str] = []
    recipe = settle(replace(load_recipe("fusion"), arguments={"classes": known}), photos, None, said.append)
    assert recipe.alpha == 0
    assert "color only (alpha 0)" in recipe.trained_on
    assert "labels" in said[0]
    assert recipe.arguments["classes"] == known


# CIFAR-10


def batch_values(seed: int, count: int = 4) -> tuple[np.ndarray, list[int]]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, 3072), np.uint8), [int(i) for i in rng.integers(0, 10, count)]


def published_batches(folder: Path) -> None:
    """Batch files as they are published: protocol 2, bytes for keys, each row all red, all green, all blue."""
    folder.mkdir(parents=True)
    for i, name in enumerate(("data_batch_1", "data_batch_2", "test_batch")):
        data, labels = batch_values(i)
        content = {b"batch_label": name.encode(), b"labels": labels, b"data": data, b"filenames": [b"a.png"] * 4}
        (folder / name).write_bytes(pickle.dumps(content, protocol=2))
    (folder / "batches.meta").write_bytes(b"not read")


def test_published_batches_are_read_from_a_folder_and_from_its_archive(tmp_path) -> None:
    published_batches(tmp_path / "data" / "cifar-10-batches-py")
    with tarfile.open(tmp_path / "cifar-10-python.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "data" / "cifar-10-batches-py", "cifar-10-batches-py")
    for source in (tmp_path / "data", tmp_path / "cifar-10-python.tar.gz"):
        photos = load_photos([source], 32)
        assert photos.held_out == [False] * 8 + [True] * 4
        data, labels = batch_values(0)
        assert np.array_equal(photos.photos[0][..., 0].reshape(-1), data[0, :1024])
        assert np.array_equal(photos.photos[0][..., 2].reshape(-1), data[0, 2048:])
        names = [photos.classes[label] for label in photos.labels[:4] if label is not None]
        assert names == [CLASSES[label] for label in labels]


def test_an_npz_of_cifar_keeps_its_test_part_held_out(tmp_path) -> None:
    pixels = np.stack([colored(i, i % 2 == 0) for i in range(8)])
    pixels[1] = 128  # gray
    np.savez(tmp_path / "c.npz", x_train=pixels[:5], y_train=np.arange(5), x_test=pixels[5:], y_test=np.arange(5, 8))
    photos = load_photos([tmp_path / "c.npz"], 32)
    assert photos.held_out == [False] * 4 + [True] * 3
    assert photos.left_out["gray"] == 1
    assert photos.names[1] == "x_train 00002"
    assert photos.classes == tuple(CLASSES[i] for i in (0, 2, 3, 4, 5, 6, 7))


def test_what_a_training_learns_of_cifar_is_not_measured_but_all_of_a_folder_is(tmp_path) -> None:
    pixels = np.stack([colored(i, i % 2 == 0) for i in range(6)])
    labels = np.arange(6)
    np.savez(tmp_path / "c.npz", x_train=pixels[:4], y_train=labels[:4], x_test=pixels[4:], y_test=labels[4:])
    (tmp_path / "album").mkdir()
    Image.fromarray(colored(7, True)).save(tmp_path / "album" / "photo.png")
    unseen = load_photos([tmp_path / "c.npz", tmp_path / "album"], 32).unseen()
    assert unseen.names == ["x_test 00000", "x_test 00001", "photo.png"]
    assert len(unseen.photos) == len(unseen.labels) == 3
    np.savez(tmp_path / "c.npz", x_train=pixels, y_train=labels)
    alone = load_photos([tmp_path / "c.npz"], 32)
    assert len(alone.unseen().names) == sum(alone.held_out) == 2
    plain = load_photos([tmp_path / "album"], 32)
    assert plain.unseen() is plain


class _Runs:
    """Makes a folder when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self._folder),)


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
def test_a_batch_that_would_run_code_is_refused_and_not_run(tmp_path, protocol) -> None:
    content = pickle.dumps({b"data": _Runs(tmp_path / "was run")}, protocol)
    (tmp_path / "data_batch_1").write_bytes(content)
    with pytest.raises(CifarError, match="Nothing in it was run"):
        load_photos([tmp_path], 32)
    assert not (tmp_path / "was run").exists()
    pickle.loads(content)
    assert (tmp_path / "was run").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"no pickle",
        b"",
        pickle.dumps([1, 2]),
        pickle.dumps({b"data": 3, b"labels": [1]}),
        pickle.dumps({b"data": np.zeros((2, 3072), np.uint8), b"labels": [1, 11]}, 2),
        pickle.dumps({b"data": np.zeros((2, 3000), np.uint8), b"labels": [1, 2]}, 2),
        pickle.dumps({b"data": np.zeros((2, 3072), np.uint8), b"labels": [1, 2]}, 2)[:-3000],
    ],
)
def test_a_broken_batch_is_said_by_name(tmp_path, content) -> None:
    (tmp_path / "data_batch_1").write_bytes(content)
    with pytest.raises(CifarError, match="data_batch_1"):
        load_photos([tmp_path], 32)


def test_an_npz_that_unpacks_to_more_than_cifar_is_not_unpacked(tmp_path, monkeypatch) -> None:
    np.savez_compressed(tmp_path / "bomb.npz", x_train=np.zeros((2000, 32, 32, 3), np.uint8), y_train=np.zeros(2000))
    assert (tmp_path / "bomb.npz").stat().st_size < 50_000
    monkeypatch.setattr("training.photos.cifar._MOST_BYTES", 1_000_000)
    with pytest.raises(CifarError, match=r"bomb\.npz.* is too large for CIFAR-10 \(5 MB\)"):
        load_photos([tmp_path / "bomb.npz"], 32)


def test_other_files_are_not_taken_for_cifar(tmp_path) -> None:
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    np.savez(tmp_path / "objects.npz", x_train=np.array([_Runs(tmp_path / "was run")], object), y_train=np.zeros(1))
    for name, message in (("other", "no x_train"), ("objects", "no readable npz")):
        with pytest.raises(CifarError, match=message):
            load_photos([tmp_path / f"{name}.npz"], 32)
    (tmp_path / "photos.tar").write_bytes(b"no tar")
    assert find_cifar(tmp_path / "photos.tar") is None
    with pytest.raises(DataError, match="not a readable tar"):
        load_photos([tmp_path / "photos.tar"], 32)


# What networks see and learn


def test_the_weighted_gray_is_what_the_network_sees() -> None:
    photos = torch.from_numpy(np.stack([colored(0, True)])).permute(0, 3, 1, 2)
    step = Step(small_recipe("dense_autoencoder"), torch.device("cpu"), torch.Generator())
    example = step.example(photos, training=True)
    red, green, blue = (photos[:, i : i + 1].float() / 255 for i in range(3))
    seen = (example.inputs + 1) * 50
    assert torch.allclose(seen, lab.gray_to_lightness(0.21 * red + 0.72 * green + 0.07 * blue), atol=1e-3)
    assert torch.allclose(example.srgb, photos / 255)


def test_rgb_to_paint_has_the_aged_lightness_and_the_true_color() -> None:
    photos = torch.from_numpy(np.stack([colored(i, False) for i in range(4)])).permute(0, 3, 1, 2)
    step = Step(small_recipe("unet_rgb", aging=1.0), torch.device("cpu"), torch.Generator().manual_seed(0))
    example = step.example(photos, training=True)
    lightness, a, b = lab.srgb_to_lab(*example.srgb.split(1, 1))
    inside = ((example.srgb > 0.001) & (example.srgb < 0.999)).all(1, keepdim=True)
    assert float(inside.float().mean()) > 0.3
    assert torch.allclose(lightness[inside], ((example.inputs + 1) * 50)[inside], atol=0.1)
    assert torch.allclose(a[inside], example.ab[:, :1][inside], atol=0.1)
    assert torch.allclose(b[inside], example.ab[:, 1:][inside], atol=0.1)
    assert not torch.allclose(lightness, example.lightness, atol=1)


@pytest.mark.parametrize("name", sorted(SMALL))
def test_a_network_learns_a_batch(name: str) -> None:
    torch.manual_seed(0)
    recipe = small_recipe(name)
    model = ARCHITECTURES[name](**SMALL[name]).train()
    step = Step(recipe, torch.device("cpu"), torch.Generator().manual_seed(0))
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=3e-3)
    crops = Crops(photo_set(), {}, seed=0)
    batch, labels = crops.batch(0, 8, 32), crops.labels(0, 8)
    history: list[dict[str, float]] = []
    while len(history) < 25 and not (history and all(history[-1][p] < 0.6 * f for p, f in history[0].items())):
        loss, parts = step.losses(model, batch, None, None, labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        history.append({key: float(value) for key, value in parts.items()})
    assert set(history[0]) == {"fusion": {"regression", "labels"}}.get(
        name, {"rgb_mse"} if recipe.loss == "rgb_mse" else {"regression"}
    )
    for part, first in history[0].items():
        assert history[-1][part] < 0.6 * first, part


# Whole trainings


def recipe_file(folder: Path, recipe: Recipe) -> Path:
    path = folder / "recipe.json"
    path.write_text(json.dumps(recipe.to_dict()))
    return path


def records(run: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]


def test_fusion_learns_classes_beside_color_and_logs_its_accuracy(tmp_path, capsys) -> None:
    rng = np.random.default_rng(0)
    pixels = np.stack([colored(i, i % 2 == 1) for i in range(64)])
    labels = np.where(np.arange(64) % 2 == 1, 6, 3)  # frogs are green here, cats brown
    np.savez(tmp_path / "c.npz", x_train=pixels[:48], y_train=labels[:48], x_test=pixels[48:], y_test=labels[48:])
    recipe = small_recipe("fusion", arguments={"width": 8, "side": 32}, learning_rate=3e-3, seed=int(rng.integers(9)))
    run = tmp_path / "run"
    arguments = ["fit", str(recipe_file(tmp_path, recipe)), "--data", str(tmp_path / "c.npz"), "--out", str(run)]
    assert main([*arguments, "--epochs", "8", "--device", "cpu"]) == 0
    figures = next(record for record in reversed(records(run)) if "accuracy" in record)
    assert figures["accuracy"] > 0.8
    assert figures["ab_mse_ratio"] < 0.5
    _, card = load_model(run / "fusion.safetensors")
    assert card.arguments["classes"] == ["cat", "frog"]
    assert card.recipe["alpha"] == recipe.alpha
    assert "Labels: cat, frog" in capsys.readouterr().out


def test_a_training_whose_held_out_error_rises_ends_early(tmp_path, monkeypatch) -> None:
    recipe = small_recipe("dense_autoencoder", validate_every_epochs=1.0, patience=1, optimizer="sgd")
    errors = iter([0.4, 0.3, 0.35, 0.2])
    true_validate = loop.validate
    monkeypatch.setattr(loop, "validate", lambda *a: true_validate(*a) | {"rgb_mse": next(errors)})
    said: list[str] = []
    path = loop.fit(recipe, photo_set(), tmp_path, Budget(epochs=50), report=lambda event: said.append(event["text"]))
    assert [record["rgb_mse"] for record in records(tmp_path) if "rgb_mse" in record and "ab_mse_ratio" in record] == [
        0.4,
        0.3,
        0.35,
    ]
    assert any("ends here" in line for line in said)
    assert load_model(path)[1].architecture == "dense_autoencoder"


def test_rgb_networks_report_their_own_error_on_held_out_photos(tmp_path) -> None:
    recipe = small_recipe("unet_rgb", learning_rate=3e-3)
    loop.fit(recipe, photo_set(), tmp_path, Budget(epochs=45))
    figures = next(record for record in reversed(records(tmp_path)) if "ab_mse_ratio" in record)
    assert figures["rgb_mse"] < 0.03
    assert figures["ab_mse_ratio"] < 0.8


# Published encoders


@pytest.fixture(scope="module")
def encoders(tmp_path_factory) -> Path:
    """Weights of both encoders in one file, as a saved vgg_resnet_unet has them."""
    torch.manual_seed(5)
    recipe = small_recipe("vgg_resnet_unet")
    path = tmp_path_factory.mktemp("weights") / "published.safetensors"
    save_model(path, ARCHITECTURES["vgg_resnet_unet"](**recipe.arguments), learner.new_card(recipe))
    return path


def test_published_encoders_stay_frozen_through_a_training_and_the_card_says_so(tmp_path, encoders) -> None:
    recipe = small_recipe("vgg_resnet_unet", arguments={"decoder": [8, 8, 8, 8, 8]}, stages=(Stage(32, 1.0, 4),))
    path = loop.fit(recipe, photo_set(8), tmp_path, Budget(epochs=1), encoder=encoders)
    model, card = load_model(path)
    before, _ = load_model(encoders)
    for name in ("vgg", "resnet"):
        old, new = getattr(before, name).state_dict(), getattr(model, name).state_dict()
        assert all(torch.equal(old[key], new[key]) for key in old)
    assert card.arguments["frozen"] is True
    assert "published.safetensors" in card.trained_on
    assert "frozen" in card.trained_on
    assert "v2 variant" in card.trained_on
    assert not any(p.requires_grad for p in model.resnet.parameters())  # type: ignore[union-attr]


def test_without_published_weights_the_card_says_the_encoders_were_random(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    said: list[str] = []
    recipe = settle(load_recipe("vgg_resnet_unet"), photo_set(), None, said.append)
    assert recipe.arguments["frozen"] is False
    assert "began at random" in recipe.trained_on
    assert "--download" in said[0]
    assert list(tmp_path.iterdir()) == []


def test_published_files_are_found_in_a_folder_and_in_the_cache(tmp_path, monkeypatch, encoders) -> None:
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    (folder / "vgg16-397923af.pth").touch()
    assert published.find_published(None) is None
    with pytest.raises(ModelError, match="resnet50"):
        published.find_published(folder)
    with pytest.raises(ModelError, match="does not exist"):
        published.find_published(tmp_path / "nowhere")
    (folder / "resnet50-11ad3fa6.pth").touch()
    for path in (None, folder):
        files = published.find_published(path)
        assert files is not None
        assert files["resnet"].name == "resnet50-11ad3fa6.pth"
    assert published.find_published(encoders) == {"vgg": encoders, "resnet": encoders}


def test_published_files_without_their_classifiers_fill_the_encoders(tmp_path, encoders) -> None:
    source, _ = load_model(encoders)
    vgg = {f"features.{key}": value for key, value in source.vgg.state_dict().items()}  # type: ignore[union-attr]
    resnet = source.resnet.state_dict()  # type: ignore[union-attr]
    torch.save(vgg | {"classifier.0.weight": torch.zeros(2)}, tmp_path / "vgg16-1.pth")
    torch.save(resnet | {"fc.weight": torch.zeros(2), "fc.bias": torch.zeros(2)}, tmp_path / "resnet50-1.pth")
    model = ARCHITECTURES["vgg_resnet_unet"](**SMALL["vgg_resnet_unet"])
    files = published.find_published(tmp_path)
    assert files is not None
    taken = published.load_published(model, files)
    parameters = dict(model.named_parameters())
    assert set(taken) == {key for key in parameters if key.startswith(("vgg.", "resnet."))}
    assert torch.equal(model.vgg[0].weight, vgg["features.0.weight"])
    assert torch.equal(model.resnet.bn1.running_var, resnet["bn1.running_var"])


def test_weights_that_are_damaged_or_run_code_are_refused(tmp_path) -> None:
    model = ARCHITECTURES["vgg_resnet_unet"](**SMALL["vgg_resnet_unet"])
    running = io.BytesIO()
    torch.save({"conv1.weight": _Runs(tmp_path / "was run")}, running)
    for content in (running.getvalue(), b"no weights"):
        (tmp_path / "resnet50-1.pth").write_bytes(content)
        with pytest.raises(ModelError, match=r"resnet50-1\.pth"):
            published.load_published(model, {"resnet": tmp_path / "resnet50-1.pth"})
    assert not (tmp_path / "was run").exists()
    torch.save({"features.0.weight": torch.zeros(3)}, tmp_path / "vgg16-1.pth")
    with pytest.raises(ModelError, match="vgg encoder"):
        published.load_published(model, {"vgg": tmp_path / "vgg16-1.pth"})
