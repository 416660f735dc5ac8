"""The student colorizers: each network's own promises, small where the layer list allows it."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import torch
from skimage.color import rgb2lab
from torch import nn

from handtint.engine.architectures import ARCHITECTURES
from handtint.engine.architectures.dense_autoencoder import _to_cells
from handtint.engine.architectures.rgb import AB_SCALE, ab_of, gray_of
from handtint.engine.colorizer import TorchColorizer
from handtint.engine.models import build, load_model, save_model
from handtint.errors import ModelError
from handtint.imaging.color import lab
from handtint.model_card import ModelCard
from handtint.progress import Progress

SMALL: dict[str, dict[str, Any]] = {
    "unet_rgb": {"width": 8},
    "dense_autoencoder": {"filters": 4, "hidden": 16},
    "fusion": {"width": 8, "side": 32, "classes": ["cat", "dog", "tree"]},
    "vgg_resnet_unet": {"decoder": [8, 8, 8, 8, 8]},
    "resnet18_gray": {},
}


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)  # other tests set more, which stall on a busy machine


def card_of(architecture: str, **arguments: object) -> ModelCard:
    return ModelCard(
        name="small",
        architecture=architecture,
        arguments={**SMALL[architecture], **arguments},
        working_size=64,
        trained_on="nothing",
        license="MIT",
        use_when="Use in tests.",
        parameters=0,
    )


@pytest.fixture(scope="module", params=sorted(SMALL))
def network(request) -> tuple[nn.Module, ModelCard]:
    torch.manual_seed(0)
    card = card_of(request.param)
    return build(card).eval(), card


def test_the_originals_have_the_sizes_they_had() -> None:
    def parameters(name: str) -> int:
        return sum(p.numel() for p in ARCHITECTURES[name]().parameters())

    assert parameters("unet_rgb") == pytest.approx(2.07e6, rel=0.002)
    layers = ARCHITECTURES["resnet18_gray"]().state_dict()
    decoder = [layers[f"{name}.weight"].shape[:2] for name in ("decode8.0", "decode4a.0", "decode4b.0", "decode2.0")]
    assert decoder == [(128, 128), (64, 128), (64, 64), (32, 64)]
    assert layers["regress.weight"].shape[:2] == (2, 32)


@pytest.mark.parametrize("size", [(64, 64), (37, 90)])
def test_photos_of_any_size_get_color_of_the_whole_picture(network, size) -> None:
    model, card = network
    lightness = np.random.default_rng(0).uniform(0, 100, size).astype(np.float32)
    prediction = TorchColorizer(model, card, torch.device("cpu")).predict(lightness, Progress())
    height, width = prediction.ab.shape[:2]
    if card.architecture == "dense_autoencoder":
        assert (height, width) == (32, 32)
    else:
        assert (height, width) in {size, (-(-size[0] // 2), -(-size[1] // 2))}
    assert np.isfinite(prediction.ab).all()
    assert prediction.logits is None


def test_a_saved_network_comes_back_with_its_card_and_colors(network, tmp_path) -> None:
    model, card = network
    save_model(tmp_path / "m.safetensors", model, card)
    again, same_card = load_model(tmp_path / "m.safetensors")
    assert same_card == card
    x = torch.rand(2, 1, 64, 64) * 2 - 1
    with torch.inference_mode():
        assert torch.allclose(model(x)[0], again(x)[0], atol=2e-2)


@pytest.mark.parametrize("name", ["unet_rgb", "dense_autoencoder"])
def test_dropout_works_in_training_only(name: str) -> None:
    torch.manual_seed(0)
    model = build(card_of(name))
    x = torch.rand(2, 1, 32, 32) * 2 - 1
    model.eval()
    assert torch.equal(model(x)[0], model(x)[0])
    model.train()
    assert not torch.equal(model(x)[0], model(x)[0])


def test_networks_that_paint_rgb_see_the_gray_of_the_lightness() -> None:
    lightness = torch.tensor([0.0, 25.0, 53.585, 100.0]).view(1, 1, 2, 2)
    gray = gray_of(lightness / 50 - 1)
    assert torch.allclose(gray.flatten(), torch.tensor([0.0, 0.2316, 0.5020, 1.0]), atol=1e-3)
    back = lab.gray_to_lightness(gray)
    assert torch.allclose(back, lightness, atol=0.01)


def test_the_color_of_painted_rgb_is_its_lab() -> None:
    srgb = np.random.default_rng(0).uniform(0, 1, (5, 7, 3)).astype(np.float32)
    ab = ab_of(torch.from_numpy(srgb).permute(2, 0, 1)[None])[0].permute(1, 2, 0) * AB_SCALE
    assert np.allclose(ab.numpy(), rgb2lab(srgb)[..., 1:], atol=0.01)
    gray = torch.rand(1, 1, 4, 4).expand(-1, 3, -1, -1)
    assert float(ab_of(gray).abs().max()) < 1e-4
    beyond = torch.tensor([1.7, -0.4, 0.2]).view(1, 3, 1, 1)
    assert torch.allclose(ab_of(beyond), ab_of(beyond.clamp(0, 1)))


@pytest.mark.parametrize("name", ["unet_rgb", "dense_autoencoder"])
def test_painted_rgb_is_the_native_output(name: str) -> None:
    model = build(card_of(name)).eval()
    x = torch.rand(2, 1, 32, 32) * 2 - 1
    srgb, none = model(x, native=True)
    assert none is None
    assert srgb.shape == (2, 3, 32, 32)
    assert torch.allclose(ab_of(srgb), model(x)[0])


@pytest.mark.parametrize("size", [(45, 77), (20, 64), (32, 32)])
def test_cells_are_area_means_of_the_whole_picture(size) -> None:
    x = torch.rand(2, 1, *size)
    repeated = x.repeat_interleave(32, 2).repeat_interleave(32, 3)  # cells and pixels share this finer grid
    expected = torch.nn.functional.avg_pool2d(repeated, size)
    assert torch.allclose(_to_cells(x), expected, atol=1e-4)


def test_fusion_tells_classes_only_where_it_is_asked() -> None:
    model = build(card_of("fusion")).eval()
    x = torch.rand(2, 1, 32, 48) * 2 - 1
    ab, classes = model(x, native=True)
    assert classes.shape == (2, 3)
    plain, nothing = model(x)
    assert nothing is None
    assert torch.equal(ab, plain)
    assert build(card_of("fusion", classes=[]))(x, native=True)[1] is None


def test_fusion_lets_the_whole_picture_speak_everywhere() -> None:
    torch.manual_seed(0)
    model = build(card_of("fusion")).eval()
    x = torch.rand(1, 1, 256, 256) * 2 - 1
    other = x.clone()
    other[..., 128:] = -1  # beyond what local convolutions see from the left border
    with torch.inference_mode():
        spread = model(other)[0] - model(x)[0]
        model.to_fusion.register_forward_hook(lambda _m, _i, vector: torch.zeros_like(vector))
        local = model(other)[0] - model(x)[0]
    assert float(spread[..., :16].abs().max()) > 0
    assert float(local[..., :16].abs().max()) == 0


def test_a_side_that_does_not_fit_fusion_is_said() -> None:
    with pytest.raises(ModelError, match="divisible by 32"):
        build(card_of("fusion", side=100))


@pytest.mark.parametrize("arguments", [{"widths": []}, {"widths": "wide"}, {"widths": [10**30] * 4}, {"no": 1}])
def test_a_card_whose_arguments_make_no_network_is_refused_in_a_sentence(arguments: dict) -> None:
    with pytest.raises(ModelError, match="does not fit its architecture"):
        build(dataclasses.replace(card_of("fusion"), architecture="unet", arguments=arguments))


def small_unet(**arguments: object) -> nn.Module:
    torch.manual_seed(0)
    return ARCHITECTURES["unet"](widths=(8, 8, 8, 8, 8), decoder=(8, 8, 8, 8), **arguments)


def test_a_second_look_joins_the_picture_and_a_smaller_one() -> None:
    one, two = small_unet().eval(), small_unet(second_look=0.5).eval()
    x = torch.rand(2, 1, 64, 128) * 2 - 1
    with torch.inference_mode():
        looks = one(x), one(nn.functional.interpolate(x, (32, 64), mode="bilinear", antialias=True))
        for said, large, small, share in zip(two(x), *looks, (0.5, 0.75), strict=True):
            same_size = nn.functional.interpolate(small, large.shape[2:], mode="bilinear")
            assert (large - same_size).abs().max() > 1e-4
            assert torch.allclose(said, (1 - share) * large + share * same_size, atol=1e-6)


def test_a_network_without_a_distribution_may_look_twice_too() -> None:
    torch.manual_seed(0)
    network, x = ARCHITECTURES["resnet18_gray"](second_look=0.5).eval(), torch.rand(1, 1, 64, 96) * 2 - 1
    with torch.inference_mode():
        said, logits = network(x)
        large, _ = network.look(x)
        small, _ = network.look(nn.functional.interpolate(x, (32, 48), mode="bilinear", antialias=True))
    same_size = nn.functional.interpolate(small, (64, 96), mode="bilinear")
    assert logits is None
    assert (large - same_size).abs().max() > 1e-4
    assert torch.allclose(said, (large + same_size) / 2, atol=1e-6)


@pytest.mark.parametrize("sides", [(32, 32), (32, 192), (64, 96)])
def test_a_second_look_fits_pictures_of_any_size(sides: tuple[int, int]) -> None:
    with torch.inference_mode():
        ab, logits = small_unet(second_look=0.6).eval()(torch.zeros(1, 1, *sides))
    assert ab.shape[2:] == (sides[0] // 2, sides[1] // 2)
    assert logits.shape[2:] == (sides[0] // 4, sides[1] // 4)
    assert bool(ab.isfinite().all())


def test_training_learns_from_one_look() -> None:
    x = torch.rand(2, 1, 64, 64) * 2 - 1
    for one, two in zip(small_unet().train()(x), small_unet(second_look=0.5).train()(x), strict=True):
        assert torch.equal(one, two)


def test_a_closer_look_joins_a_larger_picture_with_what_is_said_of_the_usual_one() -> None:
    usual, network = small_unet(second_look=0.5).eval(), small_unet(second_look=0.5, closer_look=2).eval()
    x = torch.rand(2, 1, 128, 192) * 2 - 1
    with torch.inference_mode():
        expected = usual(nn.functional.interpolate(x, (64, 96), mode="bilinear", antialias=True))
        for said, one, close, share in zip(network.see(x), expected, network.look(x), (1 / 3, 0.2), strict=True):
            same_size = nn.functional.interpolate(close, one.shape[2:], mode="bilinear", antialias=True)
            assert (one - same_size).abs().max() > 1e-4
            assert torch.allclose(said, (1 - share) * one + share * same_size, atol=1e-6)


def test_without_a_closer_look_a_network_says_the_usual() -> None:
    network, x = small_unet(second_look=0.5).eval(), torch.rand(1, 1, 64, 96) * 2 - 1
    with torch.inference_mode():
        for said, usual in zip(network.see(x), network(x), strict=True):
            assert torch.equal(said, usual)


@pytest.mark.parametrize("closer_look", [0.5, 5, float("nan"), "2"])
def test_an_impossible_closer_look_is_refused_in_a_sentence(closer_look: object) -> None:
    with pytest.raises(ModelError, match="does not fit its architecture"):
        build(dataclasses.replace(card_of("fusion"), architecture="unet", arguments={"closer_look": closer_look}))


@pytest.mark.parametrize("second_look", [1, -0.5, float("nan"), "0.5"])
def test_an_impossible_second_look_is_refused_in_a_sentence(second_look: object) -> None:
    with pytest.raises(ModelError, match="does not fit its architecture"):
        build(dataclasses.replace(card_of("fusion"), architecture="unet", arguments={"second_look": second_look}))


@pytest.fixture(scope="module")
def vgg_resnet() -> nn.Module:
    torch.manual_seed(0)
    return build(card_of("vgg_resnet_unet", frozen=True))


def test_both_encoders_see_imagenet_gray(vgg_resnet) -> None:
    seen: list[torch.Tensor] = []
    hooks = [
        layer.register_forward_pre_hook(lambda _m, inputs: seen.append(inputs[0]))
        for layer in (vgg_resnet.vgg[0], vgg_resnet.resnet.conv1)
    ]
    with torch.inference_mode():
        ab, _ = vgg_resnet.eval()(torch.full((1, 1, 32, 64), 53.585 / 50 - 1))
    for hook in hooks:
        hook.remove()
    assert ab.shape == (1, 2, 32, 64)
    expected = [(0.502 - mean) / deviation for mean, deviation in ((0.485, 0.229), (0.456, 0.224), (0.406, 0.225))]
    assert torch.allclose(seen[0].mean((0, 2, 3)), torch.tensor(expected), atol=0.01)
    assert torch.equal(seen[0], seen[1])


def test_frozen_encoders_stay_as_they_are_in_training(vgg_resnet) -> None:
    before = {key: value.clone() for key, value in vgg_resnet.state_dict().items()}
    vgg_resnet.train()
    assert vgg_resnet.up[0].bn.training
    assert not any(module.training for module in (*vgg_resnet.vgg.modules(), *vgg_resnet.resnet.modules()))
    optimizer = torch.optim.Adam([p for p in vgg_resnet.parameters() if p.requires_grad], lr=1e-2)
    vgg_resnet(torch.rand(2, 1, 32, 32) * 2 - 1)[0].square().mean().backward()
    optimizer.step()
    changed = {key for key, value in vgg_resnet.state_dict().items() if not torch.equal(value, before[key])}
    assert changed
    assert all(key.startswith(("up.", "regress.")) for key in changed)


def test_without_torchvision_only_its_own_network_is_missing() -> None:
    code = f"""
import sys
sys.modules["torchvision"] = None  # as if it were not installed
import torch
from handtint.engine.architectures import ARCHITECTURES
from handtint.errors import ModelError
for name, arguments in {SMALL!r}.items():
    try:
        ARCHITECTURES[name](**arguments).eval()(torch.zeros(1, 1, 64, 64))
        print(name)
    except ModelError as error:
        print(error)
        sys.frozen, sys._MEIPASS = True, "."  # as in an installed Handtint
        try:
            ARCHITECTURES[name](**arguments)
        except ModelError as error:
            print("installed:", error)
        del sys.frozen
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert {"unet_rgb", "dense_autoencoder", "fusion", "resnet18_gray"} <= set(lines)
    assert "vgg_resnet_unet" not in lines
    assert any("pip install torchvision" in line for line in lines)
    (installed,) = (line for line in lines if line.startswith("installed:"))
    assert "from its source" in installed
    assert "pip" not in installed
