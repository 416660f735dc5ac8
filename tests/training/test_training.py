"""Training on tiny real pictures and small networks."""

from __future__ import annotations

import json
import struct
import tarfile
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from handtint.engine.architectures import ARCHITECTURES
from handtint.engine.models import load_model
from handtint.errors import ModelError
from handtint.imaging.formats.png import SIGNATURE, chunk
from handtint.imaging.opening import read_photo
from tests.training.small import album, landscape, recipe_file
from training.__main__ import main
from training.config import RecipeError, load_recipe, recipe_names
from training.learning import losses
from training.learning.encoders import start_encoder
from training.learning.losses import BinTargets, classification, rebalancing
from training.measuring.metrics import ab_mse, colorfulness, psnr
from training.photos import found as data
from training.photos.aging import age, emulsion_lightness
from training.photos.crops import Crops, random_crop
from training.photos.found import DataError, load_photos


def test_bundled_recipes_are_valid() -> None:
    assert {"unet", "resnet18_gray"} <= set(recipe_names())
    for name in recipe_names():
        assert load_recipe(name).architecture in ARCHITECTURES


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lerning_rate": 1e-3}, 'did you mean "learning_rate"'),
        ({"optimizer": "adamv"}, 'did you mean "adam'),
        ({"clip": "much"}, "clip must be of type float"),
        ({"stages": []}, "stages"),
        ({"stages": [{"size": 32, "share": 1.0, "batch": 0}]}, "must be above 0"),
        ({"arguments": 3}, "arguments must be of type dict"),
        ({"stages": [{"size": 32, "share": 1.0, "bach": 3}]}, 'did you mean "batch"'),
    ],
)
def test_a_wrong_recipe_is_told_what_was_meant(tmp_path, change, message) -> None:
    with pytest.raises(RecipeError, match=message):
        load_recipe(str(recipe_file(tmp_path, **change)))


def test_an_unknown_recipe_names_the_nearest() -> None:
    with pytest.raises(RecipeError, match='did you mean "unet"'):
        load_recipe("unett")


def test_gray_small_broken_and_double_photos_are_left_out_and_counted(tmp_path) -> None:
    folder = album(tmp_path / "album", 3)
    (folder / "deep").mkdir()
    Image.fromarray(landscape(9)).save(folder / "deep" / "nested.jpg")
    Image.fromarray(landscape(0)).save(folder / "copy of 00.png")
    Image.fromarray(landscape(5)[..., 0]).save(folder / "gray.png")
    Image.fromarray(landscape(6, (20, 20))).save(folder / "tiny.png")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")
    photos = load_photos([folder], keep=64)
    assert len(photos.photos) == 4
    assert photos.left_out == {
        "not readable": 1,
        "too small": 1,
        "gray": 1,
        "tinted": 0,
        "duplicate": 1,
        "colored by a model": 0,
    }
    assert all(min(photo.shape[:2]) == 64 for photo in photos.photos)


def test_a_photo_that_no_decoder_expects_is_left_out_and_ends_nothing(tmp_path, monkeypatch) -> None:
    folder = album(tmp_path / "album", 2)
    tags = ((274, 3, struct.pack("<HH", 6, 0)), (0xA005, 11, struct.pack("<f", 8)))  # a place that is a fraction
    entries = b"".join(struct.pack("<HHI", code, kind, 1) + value for code, kind, value in tags)
    odd = b"Exif\0\0II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)
    Image.fromarray(landscape(5)).save(folder / "odd.png", exif=odd)
    save_header(folder / "huge.png", 20_000, 20_000)
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "secret.jpg":
            raise PermissionError
        return read(path)

    (folder / "secret.jpg").touch()
    monkeypatch.setattr(Path, "read_bytes", refuse)
    photos = load_photos([folder], 64)
    assert "odd.png" in photos.names  # only its metadata is odd
    assert len(photos.names) == 3
    refused = {reason: count for reason, count in photos.left_out.items() if count}
    assert refused == {"not readable": 1, "not readable: the file is empty (0 bytes)": 1}


def save_header(path: Path, width: int, height: int) -> None:
    """A PNG that says it is this large and holds nothing."""
    header = chunk(b"IHDR", struct.pack(">IIBB3x", width, height, 8, 2))
    path.write_bytes(SIGNATURE + header + chunk(b"IDAT", b"") + chunk(b"IEND", b""))


def test_few_files_stand_in_memory_at_once(tmp_path, monkeypatch) -> None:
    folder = album(tmp_path / "album", 30)
    waiting: list[int] = []
    files, decode = data._files, data._decode

    def counted(source: Path):
        for file in files(source):
            waiting.append(1)
            yield file

    def shrunk(file, keep):
        most.append(len(waiting))
        result = decode(file, keep)
        waiting.pop()
        return result

    most: list[int] = []
    monkeypatch.setattr(data, "_files", counted)
    monkeypatch.setattr(data, "_decode", shrunk)
    assert len(load_photos([folder], 64).names) == 30
    assert max(most) <= data._MOST_AT_WORK


def test_links_and_damage_in_a_tar_are_answered(tmp_path) -> None:
    folder = album(tmp_path / "album", 3)
    for name, mode in (("linked.tar", "w"), ("whole.tar.gz", "w:gz"), ("whole.tar.xz", "w:xz")):
        with tarfile.open(tmp_path / name, mode) as archive:
            for path in sorted(folder.iterdir()):
                archive.add(path, path.name)
            link = tarfile.TarInfo("link.jpg")
            link.type, link.linkname = tarfile.SYMTYPE, "../../gone.jpg"
            archive.addfile(link)
    assert len(load_photos([tmp_path / "linked.tar"], 64).names) == 3
    for name in ("whole.tar.gz", "whole.tar.xz"):
        content = (tmp_path / name).read_bytes()
        (tmp_path / f"cut {name}").write_bytes(content[: len(content) // 2])
        with pytest.raises(DataError, match="not a readable tar"):
            load_photos([tmp_path / f"cut {name}"], 64)


def test_a_tar_file_gives_the_same_photos_as_its_folder(tmp_path) -> None:
    folder = album(tmp_path / "album", 3)
    with tarfile.open(tmp_path / "album.tar", "w") as archive:
        for path in sorted(folder.iterdir()):
            archive.add(path, path.name)
    one, other = load_photos([folder], 64), load_photos([tmp_path / "album.tar"], 64)
    assert one.names == other.names
    assert all(np.array_equal(a, b) for a, b in zip(one.photos, other.photos, strict=True))


def test_the_held_out_part_stays_when_photos_are_added(tmp_path) -> None:
    folder = album(tmp_path / "album", 30)
    before = load_photos([folder], 64, validation_share=0.3)
    album(folder, 40)
    after = load_photos([folder], 64, validation_share=0.3)
    held = dict(zip(after.names, after.held_out, strict=True))
    assert 0 < sum(before.held_out) < 30
    assert all(held[name] == was for name, was in zip(before.names, before.held_out, strict=True))


def test_a_folder_without_color_photos_is_said(tmp_path) -> None:
    with pytest.raises(DataError, match="No color photographs"):
        load_photos([tmp_path], 64)
    with pytest.raises(DataError, match="does not exist"):
        load_photos([tmp_path / "nowhere"], 64)


def test_an_epoch_draws_every_photo_once_and_repeats_as_told(tmp_path) -> None:
    photos = load_photos([album(tmp_path / "album", 6)], 64, validation_share=0.0)
    plain = Crops(photos, {}, seed=3)
    assert len(plain) == 6
    assert sorted(plain._epoch_order(0)) == list(range(6))
    assert len(Crops(photos, {"photo 00": 3}, seed=3)) == 8
    assert torch.equal(plain.batch(4, 3, 32), plain.batch(4, 3, 32))
    assert not torch.equal(plain.batch(0, 6, 32), plain.batch(6, 6, 32))


def test_a_crop_is_half_a_photo_at_least_is_stretched_a_little_and_is_enlarged_by_a_half_at_most() -> None:
    along = np.arange(0, 256, 2, dtype=np.uint8)
    photo = np.stack([*np.meshgrid(along, along), np.zeros((128, 128), np.uint8)], -1)
    for size, least in ((128, 0.65), (64, 0.43)):  # a photo as large as the crop, and twice that
        crops = [random_crop(photo, size, np.random.default_rng(seed)).float() for seed in range(120)]
        wide, high = ([float(crop[i].max() - crop[i].min()) / 254 for crop in crops] for i in (0, 1))
        for shown in (wide, high):
            assert least - 0.03 < min(shown) < least + 0.08
            assert max(shown) > 0.95
        stretches = [max(w / h, h / w) for w, h in zip(wide, high, strict=True)]
        assert 1.2 < max(stretches) < 1.4
        assert min(stretches) < 1.05


def test_aging_changes_lightness_within_its_range_and_not_at_chance_nought() -> None:
    lightness = torch.rand(8, 1, 32, 32) * 100
    generator = torch.Generator().manual_seed(0)
    assert torch.equal(age(lightness, 0.0, generator), lightness)
    aged = age(lightness, 1.0, generator)
    assert aged.shape == lightness.shape
    assert float(aged.min()) >= 0
    assert float(aged.max()) <= 100
    assert (aged != lightness).flatten(1).any(1).sum() >= 6


def test_old_emulsions_see_red_darker_than_new_film() -> None:
    red = torch.zeros(16, 3, 2, 2)
    red[:, 0] = 0.5
    generator = torch.Generator().manual_seed(0)
    modern = emulsion_lightness(red, 0.0, generator)
    old = emulsion_lightness(red, 1.0, generator)
    blue_sensitive = old.min()
    assert torch.allclose(modern, torch.tensor(39.0), atol=1.0)
    assert float(blue_sensitive) < float(modern[0, 0, 0, 0])


def test_soft_targets_are_the_nearest_bins() -> None:
    bins = ARCHITECTURES["unet"]().bins
    targets = BinTargets(bins)
    for ab in ([0.0, 0.0], [23.0, -41.0], [60.0, 40.0]):
        row = targets.rows(torch.tensor(ab))
        near = torch.cdist(torch.tensor([ab]), bins)[0].topk(5, largest=False).indices
        distance = (bins[targets.index[row]] - torch.tensor(ab)).norm(dim=1)
        assert float(distance.max()) <= float((bins[near] - torch.tensor(ab)).norm(dim=1).max()) + 1e-3
        assert float(targets.weight[row].sum()) == pytest.approx(1, abs=1e-5)


def test_the_right_bin_costs_less_than_a_wrong_one_and_rare_colors_weigh_more() -> None:
    bins = ARCHITECTURES["unet"]().bins
    targets = BinTargets(bins)
    ab = torch.zeros(1, 2, 4, 4)
    ab[:, 0] = 40.0
    prior = targets.prior(torch.zeros(100, 2))
    weights = rebalancing(prior)
    assert float((prior * weights).sum()) == pytest.approx(1, abs=1e-4)
    right, wrong = torch.zeros(1, len(bins), 4, 4), torch.zeros(1, len(bins), 4, 4)
    right[:, int((bins - torch.tensor([40.0, 0.0])).norm(dim=1).argmin())] = 5
    wrong[:, int((bins - torch.tensor([-40.0, 0.0])).norm(dim=1).argmin())] = 5
    assert classification(right, ab, targets, weights) < classification(wrong, ab, targets, weights)
    assert (
        weights[int((bins - torch.tensor([70.0, 0.0])).norm(dim=1).argmin())] > weights[int(bins.norm(dim=1).argmin())]
    )


def test_a_small_beta_gives_medians_and_a_large_one_means() -> None:
    truth = torch.tensor([0.0, 0.0, 0.9]).reshape(3, 1, 1, 1)
    guesses = torch.linspace(0, 0.9, 91)
    best = [
        float(min(guesses, key=lambda g: losses.regression(g.expand(3, 1, 1, 1), truth, "rebalanced", beta)))
        for beta in (0.01, 1.0)
    ]
    assert best == pytest.approx([0.005, 0.3], abs=0.006)


def test_a_training_goes_on_from_a_model_of_the_same_network_only(tmp_path, capsys) -> None:
    folder = album(tmp_path / "album", 24)
    run, again = tmp_path / "run", tmp_path / "again"
    common = ["--data", str(folder), "--epochs", "1", "--device", "cpu"]
    assert main(["fit", str(recipe_file(tmp_path)), *common, "--out", str(run)]) == 0
    parent = ["--parent", str(run / "small.safetensors")]
    still = ["--set", "learning_rate=0.0", "--set", "ema=0"]
    assert main(["fit", str(recipe_file(tmp_path)), *common, "--out", str(again), *parent, *still]) == 0
    old, _ = load_model(run / "small.safetensors")
    new, card = load_model(again / "small.safetensors")
    assert card.parent is not None
    assert card.parent.startswith("small ")
    for before, after in zip(old.parameters(), new.parameters(), strict=True):
        assert torch.equal(before, after)
    wider = recipe_file(tmp_path, arguments={"widths": [16, 8, 8, 16, 16], "decoder": [16, 8, 8, 8]})
    assert main(["fit", str(wider), *common, "--out", str(tmp_path / "other"), *parent]) == 1
    assert "same network" in capsys.readouterr().err


def test_a_folded_encoder_keeps_its_function_when_batch_norm_is_rebuilt(tmp_path) -> None:
    torch.manual_seed(0)
    model = ARCHITECTURES["unet"]()
    weights = {
        "conv1_gray.weight": torch.randn(64, 1, 7, 7) * 0.1,
        "conv1_gray.bias": torch.randn(64) * 0.1,
        "layer1.0.conv1.weight": torch.randn(64, 64, 3, 3) * 0.05,
        "layer1.0.conv1.bias": torch.randn(64) * 0.1,
    }
    save_file(weights, tmp_path / "encoder.safetensors")
    x = torch.rand(4, 1, 64, 64) * 2 - 1
    start_encoder(model, tmp_path / "encoder.safetensors", x)
    model.eval()
    gray = (x + 1) / 2
    published = torch.conv2d((gray - 0.449) / 0.226, weights["conv1_gray.weight"], weights["conv1_gray.bias"], 2, 3)
    ours = model.bn1(model.conv1(x))
    inside = (..., slice(3, -3), slice(3, -3))
    assert torch.allclose(ours[inside], published[inside], atol=1e-3)
    block = model.layer1[0]
    y = torch.rand(2, 64, 8, 8)
    expected = torch.conv2d(y, weights["layer1.0.conv1.weight"], weights["layer1.0.conv1.bias"], 1, 1)
    assert torch.allclose(block.bn1(block.conv1(y)), expected, atol=1e-3)
    assert not torch.allclose(block.bn1.running_var, torch.ones(64), atol=1e-2)


def test_encoder_weights_of_another_kind_are_refused(tmp_path) -> None:
    save_file({"conv1.weight": torch.zeros(3, 1, 2, 2)}, tmp_path / "other.safetensors")
    with pytest.raises(ModelError, match="do not fit"):
        start_encoder(ARCHITECTURES["unet"](), tmp_path / "other.safetensors", torch.zeros(1, 1, 64, 64))
    with pytest.raises(ModelError, match="is a folder"):
        start_encoder(ARCHITECTURES["unet"](), tmp_path, torch.zeros(1, 1, 64, 64))


def test_fitting_learns_color_and_leaves_a_complete_model(tmp_path, capsys) -> None:
    folder = album(tmp_path / "album", 40)
    run = tmp_path / "run"
    recipe = recipe_file(tmp_path, aging=0.2)
    arguments = [
        "fit",
        str(recipe),
        "--data",
        str(folder),
        "--out",
        str(run),
        "--epochs",
        "12",
        "--device",
        "cpu",
    ]
    assert main(arguments) == 0
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    figures = next(line for line in reversed(lines) if "ab_mse_ratio" in line)
    assert figures["ab_mse_ratio"] < 0.6
    model, card = load_model(run / "small.safetensors")
    assert card.parameters == sum(p.numel() for p in model.parameters())
    assert card.recipe["aging"] == 0.2
    with Image.open(run / "samples.jpg") as sheet:
        assert sheet.height == 3 * 64
    assert "small.safetensors" in capsys.readouterr().out
    assert main(["evaluate", str(folder), "--model", str(run / "small.safetensors"), "--into-card"]) == 0
    _, evaluated = load_model(run / "small.safetensors")
    assert evaluated.metrics["vividness 0"]["ab_mse_ratio"] < 0.8
    assert evaluated.metrics["gray"]["ab_mse_ratio"] == 1


def test_a_missing_folder_ends_with_a_sentence_and_status_1(tmp_path, capsys) -> None:
    assert main(["fit", "unet", "--data", str(tmp_path / "no"), "--out", str(tmp_path / "run")]) == 1
    assert "does not exist" in capsys.readouterr().err


def test_figures_have_their_published_values() -> None:
    gray = np.full((4, 4, 3), 120, np.uint8)
    assert colorfulness(gray) == 0
    half = np.zeros((2, 2, 3))
    half[0] = (255, 0, 0)
    assert colorfulness(half) == pytest.approx(np.hypot(127.5, 63.75) + 0.3 * np.hypot(127.5, 63.75))
    assert psnr(gray, gray + 1) == pytest.approx(48.1308, abs=1e-3)
    assert ab_mse(np.zeros((2, 2, 2)), np.full((2, 2, 2), 3.0)) == 9.0


def test_photos_are_learned_as_the_app_reads_them(tmp_path: Path) -> None:
    for name in ("turned.heic", "ten_bit.heic"):
        (tmp_path / name).write_bytes((Path(__file__).parents[1] / "data" / name).read_bytes())
    numbers = landscape(1, (80, 72))
    Image.fromarray(numbers).save(tmp_path / "wide.png", icc_profile=imagecodecs.cms_profile("adobergb"))
    (tmp_path / "raw.jpg").write_bytes(b"%PDF-1.7\n")
    found = load_photos([tmp_path], 72)
    learned = dict(zip(found.names, found.photos, strict=True))["wide.png"].astype(int)
    as_read = np.asarray(read_photo(tmp_path / "wide.png").pixels)
    as_read = as_read if as_read.dtype == np.uint8 else as_read >> 8
    assert np.abs(learned - as_read).max() <= 1
    assert np.abs(learned - numbers).max() > 8  # they are not sRGB's
    assert found.left_out["not readable: PDF files are not supported"] == 1
    assert sum(found.left_out.values()) == 3  # the two of a phone are read: small, or without color
    assert found.left_out["not readable"] == 0


def test_a_training_keeps_the_average_of_the_weights(tmp_path: Path) -> None:
    folder = album(tmp_path / "album", 24)
    common = ["--data", str(folder), "--epochs", "1", "--device", "cpu"]
    recipe = str(recipe_file(tmp_path))
    assert main(["fit", recipe, *common, "--out", str(tmp_path / "parent")]) == 0
    parent = ["--parent", str(tmp_path / "parent" / "small.safetensors")]
    moved = {}
    for ema in ("0", "0.999"):
        out = tmp_path / ema
        assert main(["fit", recipe, *common, *parent, "--set", f"ema={ema}", "--out", str(out)]) == 0
        before, after = (load_model(folder / "small.safetensors")[0] for folder in (tmp_path / "parent", out))
        pairs = zip(before.parameters(), after.parameters(), strict=True)
        moved[ema] = sum(float((a - b).detach().square().sum()) for a, b in pairs) ** 0.5
    assert 0 < moved["0.999"] < moved["0"]  # the average lies behind; equal where none is kept
