"""Networks, model files and the colorizer, on small random networks and on the bundled ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from skimage.color import rgb2lab
from torch import nn

from handtint.engine import _LibrariesFirst, models, wait_without_spinning
from handtint.engine import colorizer as colorizing
from handtint.engine.architectures import ARCHITECTURES
from handtint.engine.colorizer import TorchColorizer, choose_device, is_out_of_memory
from handtint.engine.models import build, load_model, save_model
from handtint.errors import DeviceError, HandtintError, ModelError
from handtint.model_card import CARD_KEY, ModelCard, find_model, read_card
from handtint.progress import Cancelled, Progress

BUNDLED = ("unet", "resnet18_gray")
SMALL = {"widths": [8, 8, 8, 16, 16], "decoder": [16, 8, 8, 8]}


def small_card(**changes: object) -> ModelCard:
    card = ModelCard(
        name="small",
        architecture="unet",
        arguments=SMALL,
        working_size=64,
        trained_on="nothing",
        license="MIT",
        use_when="Use in tests.",
        parameters=0,
    )
    return replace(card, **changes)  # type: ignore[arg-type]


def small_colorizer() -> TorchColorizer:
    torch.manual_seed(1)
    card = small_card()
    return TorchColorizer(build(card), card, torch.device("cpu"))


def ramp(height: int, width: int) -> np.ndarray:
    return np.tile(np.linspace(0, 100, width, dtype=np.float32), (height, 1))


@pytest.mark.parametrize("name", sorted(ARCHITECTURES))
def test_every_network_fits_its_description(name: str) -> None:
    model = ARCHITECTURES[name]().eval()
    side = 2 * model.multiple
    with torch.inference_mode():
        ab, logits = model(torch.zeros(1, 1, side, side))
    assert ab.shape[:2] == (1, 2)
    assert ab.shape[2] >= side // 2
    if logits is not None:
        assert logits.shape == (1, len(model.bins), side // 4, side // 4)
    if name in BUNDLED:
        half_precision = sum(value.numel() * 2 for value in model.state_dict().values())
        assert half_precision <= 16 * 2**20


def test_every_bin_is_a_color_some_srgb_pixel_has() -> None:
    levels = np.linspace(0, 1, 65)
    cube = np.stack(np.meshgrid(levels, levels, levels), -1).reshape(1, -1, 3)
    colors = np.unique((rgb2lab(cube)[0, :, 1:] / 5).round(), axis=0) * 5
    for center in ARCHITECTURES["unet"]().bins.numpy():
        assert np.abs(colors - center).max(axis=1).min() <= 5


def test_a_saved_model_comes_back_with_its_card_and_colors(tmp_path) -> None:
    torch.manual_seed(0)
    card = small_card(metrics={"psnr": 1.0})
    model = build(card).eval()
    save_model(tmp_path / "ünï.safetensors", model, card)
    again, same_card = load_model(tmp_path / "ünï.safetensors")
    assert same_card == card
    x = torch.randn(1, 1, 64, 64)
    with torch.inference_mode():
        assert torch.allclose(model(x)[0], again(x)[0], atol=5e-3)
    assert [path.name for path in tmp_path.iterdir()] == ["ünï.safetensors"]


def test_weights_that_do_not_fit_the_card_are_refused_with_a_sentence(tmp_path) -> None:
    save_model(tmp_path / "m.safetensors", build(small_card(arguments={})), small_card())
    with pytest.raises(ModelError, match="do not fit its card"):
        load_model(tmp_path / "m.safetensors")


def test_a_network_larger_than_memory_is_refused_before_any_of_it_is_read(tmp_path, monkeypatch) -> None:
    path = tmp_path / "m.safetensors"
    save_model(path, build(small_card()), small_card())
    monkeypatch.setattr(models, "memory_bytes", lambda: 1000)
    monkeypatch.setattr(models, "load_file", lambda _: pytest.fail("the weights were read"))
    with pytest.raises(ModelError, match="of memory to be loaded"):
        load_model(path)


def test_what_the_card_does_not_ask_for_is_not_read(tmp_path, monkeypatch) -> None:
    """A file of a few KB may say that it holds gigabytes."""
    path = tmp_path / "m.safetensors"
    tensors = {**build(small_card()).state_dict(), "more": torch.zeros(8, 8)}
    save_file(
        {key: value.half().contiguous() for key, value in tensors.items()}, path, {CARD_KEY: small_card().to_json()}
    )
    monkeypatch.setattr(models, "load_file", lambda _: pytest.fail("the weights were read"))
    with pytest.raises(ModelError, match=r'do not fit its card.*"more"'):
        load_model(path)


def test_a_card_that_asks_for_more_weights_than_its_file_holds_takes_no_memory(tmp_path) -> None:
    path = tmp_path / "m.safetensors"
    terabytes = {"widths": [400_000] * 5, "decoder": [400_000] * 4}
    save_model(path, build(small_card()), small_card(arguments=terabytes))
    with pytest.raises(ModelError, match="more than the file can hold"):
        load_model(path)


def test_a_truncated_model_is_refused_with_a_sentence(tmp_path) -> None:
    path = tmp_path / "m.safetensors"
    save_model(path, build(small_card()), small_card())
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ModelError, match="incomplete"):
        load_model(path)


def test_an_unknown_architecture_names_those_that_are_known(tmp_path) -> None:
    path = tmp_path / "m.safetensors"
    save_model(path, build(small_card()), small_card(architecture="transformer"))
    with pytest.raises(ModelError, match="resnet18_gray, unet"):
        load_model(path)


def test_the_same_photo_gives_the_same_color_twice() -> None:
    colorizer = small_colorizer()
    first = colorizer.predict(ramp(70, 90), Progress())
    second = colorizer.predict(ramp(70, 90), Progress())
    assert np.array_equal(first.ab, second.ab)
    assert np.array_equal(first.logits, second.logits)


@pytest.mark.parametrize("size", [(64, 64), (65, 97), (33, 200)])
def test_any_size_is_padded_and_cut_back(size: tuple[int, int]) -> None:
    prediction = small_colorizer().predict(ramp(*size), Progress())
    assert prediction.ab.shape == (-(-size[0] // 2), -(-size[1] // 2), 2)
    assert np.isfinite(prediction.ab).all()
    assert prediction.bins is not None
    assert prediction.logits is not None
    assert prediction.logits.shape == (-(-size[0] // 4), -(-size[1] // 4), len(prediction.bins))


class Means(nn.Module):
    """ab is the mean of what is seen in each 8 x 8 pixels."""

    multiple = 32

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, None]:
        return nn.functional.avg_pool2d(x, 8).repeat(1, 2, 1, 1), None


def test_the_edge_of_a_photo_is_what_lies_there() -> None:
    colorizer = TorchColorizer(Means(), small_card(), torch.device("cpu"))
    white = colorizer.predict(np.full((33, 43), 100, np.float32), Progress())
    assert white.ab.shape == (5, 6, 2)
    np.testing.assert_allclose(white.ab, 110, rtol=0.01)


def test_a_batch_without_memory_is_halved_before_a_photo_loses_size(monkeypatch) -> None:
    colorizer = small_colorizer()
    photos = [ramp(64, 64), ramp(64, 64)[:, ::-1].copy(), 100 - ramp(64, 64) / 2]
    alone = [colorizer.predict(photo, Progress()) for photo in photos]
    forward = colorizer._model.forward

    def scarce(x: torch.Tensor):
        if len(x) > 1:
            raise torch.OutOfMemoryError("no memory left")
        return forward(x)

    monkeypatch.setattr(colorizer._model, "forward", scarce)
    for one, other in zip(alone, colorizer.predict_many(photos, Progress()), strict=True):
        np.testing.assert_array_equal(one.ab, other.ab)
        assert other.notes == ()


def failing(monkeypatch, colorizer: TorchColorizer) -> list[str]:
    """A colorizer on a device that answers every pass with an error; the devices that passes were tried on."""
    monkeypatch.setattr(colorizer, "_device", torch.device("mps"))
    tried, forward = [], TorchColorizer._forward

    def broken(self, network, planes, device):
        tried.append(device.type)
        if device.type == "mps":
            raise RuntimeError("CUDA error: unspecified launch failure")
        return forward(self, network, planes, device)

    monkeypatch.setattr(TorchColorizer, "_forward", broken)
    return tried


def test_a_device_that_fails_hands_over_to_the_cpu_for_good(monkeypatch) -> None:
    colorizer = small_colorizer()
    colorizer.take_threads(None)  # as it will have when it takes the CPU over: other threads add up otherwise
    whole = colorizer.predict(ramp(128, 96), Progress())
    tried = failing(monkeypatch, colorizer)
    prediction = colorizer.predict(ramp(128, 96), Progress())
    np.testing.assert_array_equal(prediction.ab, whole.ab)
    said = "Apple GPU stopped working: this photo and those after it are colored on the CPU."
    assert prediction.notes == (said,)
    assert colorizer.predict(ramp(128, 96), Progress()).notes == ()
    assert tried == ["mps", "cpu", "cpu"]


def test_a_model_that_a_failed_device_does_not_give_back_is_told_in_one_sentence(monkeypatch) -> None:
    colorizer = small_colorizer()
    failing(monkeypatch, colorizer)

    def lost(*_arguments: object) -> None:
        raise RuntimeError("CUDA error: unspecified launch failure")

    monkeypatch.setattr(colorizer._model, "to", lost)
    with pytest.raises(DeviceError, match="Start Handtint again"):
        colorizer.predict(ramp(128, 96), Progress())


def test_a_fault_of_ours_is_not_taken_for_one_of_the_device(monkeypatch) -> None:
    colorizer = small_colorizer()

    def faulty(self, network, planes, device):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    monkeypatch.setattr(TorchColorizer, "_forward", faulty)
    monkeypatch.setattr(colorizer, "_device", torch.device("mps"))
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        colorizer.predict(ramp(128, 96), Progress())


def test_cancelling_stops_before_the_network_runs() -> None:
    with pytest.raises(Cancelled):
        small_colorizer().predict(ramp(64, 64), Progress(is_cancelled=lambda: True))


def test_running_out_of_memory_takes_a_smaller_size_and_says_so(monkeypatch) -> None:
    colorizer = small_colorizer()
    forward = colorizer._model.forward

    def scarce(x: torch.Tensor):
        if x.shape[2] > 64:
            raise torch.OutOfMemoryError("no memory left")
        return forward(x)

    monkeypatch.setattr(colorizer._model, "forward", scarce)
    prediction = colorizer.predict(ramp(128, 128), Progress())
    assert prediction.ab.shape == (32, 32, 2)
    assert prediction.notes == ("CPU ran out of memory: color was decided at half the working size.",)
    assert "a quarter of the working size" in colorizer.predict(ramp(256, 256), Progress()).notes[0]
    with pytest.raises(HandtintError, match="not enough memory"):
        colorizer.predict(ramp(512, 512), Progress())


def test_a_device_without_memory_hands_over_to_the_cpu_step_by_step(monkeypatch) -> None:
    colorizer = small_colorizer()
    whole = colorizer.predict(ramp(128, 96), Progress())
    monkeypatch.setattr(colorizer, "_device", torch.device("mps"))
    tried, told, forward = [], [], TorchColorizer._forward

    def scarce(self, network, planes, device):
        tried.append((planes.shape[1:3], device.type))
        if device.type == "mps":
            raise RuntimeError("MPS backend out of memory (MPS allocated: 9.00 GB)")
        self._device = device  # nothing is to be moved back to a device that this machine has not
        return forward(self, network, planes, device)

    monkeypatch.setattr(TorchColorizer, "_forward", scarce)
    prediction = colorizer.predict(ramp(128, 96), Progress(lambda _, text: told.append(text)))
    assert tried == [((128, 96), "mps"), ((64, 48), "mps"), ((32, 24), "mps"), ((128, 96), "cpu")]
    assert prediction.notes == ("Apple GPU ran out of memory: the photo was colored on the CPU.",)
    steps = [text for text in told if text]
    assert ["half" in text for text in steps] == [True, False, False]
    assert "a quarter" in steps[1]
    assert steps[2] == prediction.notes[0]
    assert np.abs(prediction.ab - whole.ab).max() < 1  # the same input on the same device and precision


def test_a_processor_that_cannot_give_memory_is_understood() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**50)
    assert is_out_of_memory(caught.value)


def test_other_failures_are_not_taken_for_missing_memory(monkeypatch) -> None:
    colorizer = small_colorizer()

    def broken(_x: torch.Tensor):
        raise RuntimeError("something else")

    monkeypatch.setattr(colorizer._model, "forward", broken)
    with pytest.raises(RuntimeError, match="something else"):
        colorizer.predict(ramp(64, 64), Progress())


def test_waiting_threads_sleep_unless_the_user_says_otherwise(monkeypatch) -> None:
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    wait_without_spinning()
    assert os.environ["OMP_WAIT_POLICY"] == "ACTIVE"
    monkeypatch.delenv("OMP_WAIT_POLICY")
    wait_without_spinning()
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"


@pytest.mark.skipif(sys.platform != "linux", reason="done on Linux only")
def test_torch_s_libraries_are_loaded_by_a_call_that_lets_other_threads_go_on() -> None:
    code = """
import sys
from handtint.engine import importing_without_stalls
class Last:
    def find_spec(self, name, path, target=None):
        if name == "torch._C":
            print("libtorch_cpu.so" in open("/proc/self/maps").read())
sys.meta_path.insert(0, Last())
before = list(sys.meta_path)
with importing_without_stalls():
    import torch
print(sys.meta_path == before, float(torch.nn.functional.conv2d(torch.ones(1, 1, 3, 3), torch.ones(1, 1, 3, 3))))
"""
    run = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
    assert run.stdout.splitlines() == ["True", "True 9.0"]


def test_libraries_that_are_not_there_are_left_to_torch(tmp_path) -> None:
    assert _LibrariesFirst().find_spec("torch._C", [str(tmp_path)]) is None


def test_a_device_that_is_not_there_is_said(monkeypatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(DeviceError, match="--device auto"):
        choose_device("cuda")
    with pytest.raises(DeviceError, match="Choose one of"):
        choose_device("toaster")


def test_cuda_is_chosen_where_it_is(monkeypatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device().type == "cuda"
    assert choose_device("cpu").type == "cpu"


def test_device_lines_name_the_processor() -> None:
    assert any(line.startswith("cpu") for line in colorizing.describe_devices())


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_models_state_what_they_are(name: str) -> None:
    model = find_model(name)
    card = read_card(model.path)
    assert card.name == card.architecture == name
    assert card.license
    assert card.trained_on
    assert card.use_when.startswith("Use")
    assert card.parameters == sum(p.numel() for p in build(card).parameters())
    assert card.metrics["data"]
    assert card.metrics["vividness 0"]["ab_mse_ratio"] < 1
    assert model.size_bytes <= 16 * 2**20
    json.loads(card.to_json())


@pytest.mark.parametrize("size", [(64, 64), (70, 90)])
def test_features_stand_for_cells_of_the_photo(size: tuple[int, int]) -> None:
    features = small_colorizer().features(ramp(*size), Progress())
    assert features is not None
    assert features.shape == (-(-size[0] // 8), -(-size[1] // 8), 8 + 16)
    assert features.dtype == np.float16
    assert np.isfinite(features).all()


def test_features_do_not_change_the_colors() -> None:
    colorizer = small_colorizer()
    before = colorizer.predict(ramp(70, 90), Progress())
    colorizer.features(ramp(70, 90), Progress())
    assert np.array_equal(colorizer.predict(ramp(70, 90), Progress()).ab, before.ab)


def test_a_network_without_features_gives_none() -> None:
    card = small_card(architecture="dense_autoencoder", arguments={"filters": 2, "hidden": 4})
    assert TorchColorizer(build(card), card, torch.device("cpu")).features(ramp(64, 64), Progress()) is None


def test_the_bare_pass_that_speed_is_measured_by_gives_what_the_network_gives() -> None:
    colorizer = small_colorizer()
    ab, logits = colorizer.pass_alone((70, 90))()  # type: ignore[misc]
    with torch.inference_mode():
        expected, _ = colorizer._model(torch.zeros(1, 1, 96, 96))
    assert ab.shape == expected.shape
    assert torch.allclose(ab.float(), expected.float(), atol=0.05)
    assert logits.shape[0] == 1


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_model_with_weights_that_are_no_numbers_is_refused(tmp_path, value: float) -> None:
    card = small_card()
    model = build(card)
    with torch.no_grad():
        next(model.parameters()).view(-1)[3] = value
    save_model(tmp_path / "broken.safetensors", model, card)
    with pytest.raises(ModelError, match="no finite numbers"):
        load_model(tmp_path / "broken.safetensors")


@pytest.mark.parametrize("value", [float("nan"), float("-inf"), 1e4])
def test_an_answer_that_is_no_color_is_refused_and_not_shown_as_black(monkeypatch, value: float) -> None:
    colorizer = small_colorizer()
    answer = colorizer._model.forward

    def wrong(x: torch.Tensor):
        ab, logits = answer(x)
        ab[0, 1, 2, 3] = value
        return ab, logits

    monkeypatch.setattr(colorizer._model, "forward", wrong)
    with pytest.raises(ModelError, match="no numbers or far out of range"):
        colorizer.predict(ramp(64, 64), Progress())


def test_a_file_far_larger_than_its_network_is_refused_before_it_is_read(tmp_path, monkeypatch) -> None:
    save_model(tmp_path / "small.safetensors", build(small_card()), small_card())
    content = (tmp_path / "small.safetensors").read_bytes()
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    end = max(entry["data_offsets"][1] for key, entry in header.items() if key != "__metadata__")
    header["more"] = {"dtype": "F32", "shape": [1 << 30], "data_offsets": [end, end + (4 << 30)]}
    text = json.dumps(header).encode()
    with (tmp_path / "sparse.safetensors").open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        file.truncate(8 + len(text) + end + (4 << 30))
    monkeypatch.setattr("handtint.engine.models.load_file", lambda path: pytest.fail("the file was read"))
    with pytest.raises(ModelError, match="do not fit its card"):
        load_model(tmp_path / "sparse.safetensors")
