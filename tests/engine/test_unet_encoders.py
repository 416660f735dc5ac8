"""The U-Net with EfficientNet-Lite2 for an encoder, and how its published weights become ours."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from handtint.engine.architectures import ARCHITECTURES
from handtint.engine.architectures.efficientnet import CHANNELS, HEAD, EfficientNetLite2, fold


@pytest.fixture(scope="module")
def network() -> nn.Module:
    torch.manual_seed(0)
    return ARCHITECTURES["unet"](encoder="efficientnet_lite2", second_look=0.6)


def published(name: str, out_channels: int, in_channels: int, kernel: int) -> dict[str, torch.Tensor]:
    """Weights of a convolution and its batch norm as they are published."""
    return {
        f"{name}.conv.weight": torch.randn(out_channels, in_channels, kernel, kernel) * 0.2,
        f"{name}.bn.weight": torch.rand(out_channels) + 0.5,
        f"{name}.bn.bias": torch.randn(out_channels),
        f"{name}.bn.running_mean": torch.randn(out_channels),
        f"{name}.bn.running_var": torch.rand(out_channels) + 0.1,
    }


def apply_published(weights: dict[str, torch.Tensor], name: str, x: torch.Tensor, **options: int) -> torch.Tensor:
    y = torch.conv2d(x, weights[f"{name}.conv.weight"], None, **options)
    statistics = [weights[f"{name}.bn.{part}"] for part in ("running_mean", "running_var", "weight", "bias")]
    return nn.functional.batch_norm(y, *statistics, training=False, eps=1e-3)


def test_a_unet_is_given_its_encoder_by_name() -> None:
    torch.manual_seed(1)
    plain = ARCHITECTURES["unet"](widths=(8, 8, 8, 8, 8), decoder=(8, 8, 8, 8))
    torch.manual_seed(1)
    named = ARCHITECTURES["unet"](encoder="resnet18", widths=(8, 8, 8, 8, 8), decoder=(8, 8, 8, 8))
    assert all(torch.equal(a, b) for a, b in zip(plain.parameters(), named.parameters(), strict=True))
    with pytest.raises(ValueError, match="efficientnet_lite2"):
        ARCHITECTURES["unet"](encoder="efficientnet_lite3")


def test_the_trunks_unet_gives_what_the_other_gives(network) -> None:
    with torch.inference_mode():
        ab, logits = network.eval()(torch.rand(1, 1, 64, 96) * 2 - 1)
        features = network.describe(torch.rand(1, 1, 64, 96) * 2 - 1)
    assert ab.shape == (1, 2, 32, 48)
    assert logits.shape == (1, len(network.bins), 16, 24)
    assert features.shape == (1, CHANNELS[2] + CHANNELS[3], 8, 12)
    assert torch.allclose(features[:, : CHANNELS[2]].norm(dim=1), torch.ones(1, 8, 12))
    assert sum(value.numel() * 2 for value in network.state_dict().values()) <= 16 * 2**20


def test_the_trunk_hands_on_a_stage_at_each_size() -> None:
    with torch.inference_mode():
        stages = EfficientNetLite2().eval()(torch.zeros(1, 1, 64, 128))
    assert [tuple(stage.shape[1:]) for stage in stages] == [
        *((channels, 64 >> i, 128 >> i) for i, channels in enumerate(CHANNELS, 1)),
        (HEAD, 2, 4),
    ]


def test_folded_weights_are_what_convolution_and_batch_norm_were() -> None:
    torch.manual_seed(0)
    weights = published("stem", 4, 3, 3) | published("blocks.0.project", 6, 4, 1)
    folded = fold(weights)
    gray = torch.rand(2, 1, 9, 9)
    colors = gray.expand(-1, 3, -1, -1)
    stem = torch.conv2d(gray, folded["stem.weight"], folded["stem.bias"], stride=2)
    assert torch.allclose(stem, apply_published(weights, "stem", colors, stride=2), atol=1e-5)
    project = torch.conv2d(stem, folded["blocks.0.project.weight"], folded["blocks.0.project.bias"])
    assert torch.allclose(project, apply_published(weights, "blocks.0.project", stem), atol=1e-4)


def test_a_channel_that_batch_norm_never_saw_move_stays_finite_in_half_precision() -> None:
    weights = published("stem", 4, 3, 3)
    weights["stem.bn.running_var"].zero_()
    assert all(bool(value.half().isfinite().all()) for value in fold(weights).values())


@pytest.mark.parametrize(("blocks", "first"), [(0, None), (2, 19), (21, 0), (22, -1)])
def test_as_much_of_the_trunk_learns_as_is_asked_for(blocks: int, first: int | None) -> None:
    trunk = EfficientNetLite2()
    trunk.learn_from_top(blocks)
    learning = {name for name, p in trunk.named_parameters() if p.requires_grad}
    of_blocks = {int(name.split(".")[1]) for name in learning if name.startswith("blocks.")}
    assert of_blocks == (set() if first is None else set(range(max(first, 0), 21)))
    assert ("head.weight" in learning) == (blocks > 0)
    assert ("stem.weight" in learning) == (first == -1)


def test_a_frozen_trunk_takes_no_gradient_and_stays(network) -> None:
    network.train()
    network.zero_grad()
    ab, logits = network(torch.rand(2, 1, 64, 64) * 2 - 1)
    (ab.square().mean() + logits.logsumexp(1).mean()).backward()
    learned = {name for name, p in network.named_parameters() if p.grad is not None}
    assert learned == {name for name, _ in network.named_parameters() if not name.startswith("trunk.")}


def test_what_a_decoder_reads_of_the_trunk_is_brought_to_one_size() -> None:
    torch.manual_seed(0)
    model = ARCHITECTURES["unet"](encoder="efficientnet_lite2", decoder=(8, 8, 8, 8, 8), edges=(4, 4)).eval()
    with torch.no_grad():
        for block in model.trunk.blocks:
            block.project.weight.mul_(4)  # as a trained one, louder in some stages than in others
    x = torch.rand(4, 1, 64, 64) * 2 - 1
    model.calibrate(x)
    with torch.inference_mode():
        _, *read = model.trunk(x)
    sizes = torch.cat([stage.square().mean((0, 2, 3)).sqrt() for stage in read])
    assert sizes.max() > 4 * sizes[sizes > 0.01].min()
    assert torch.allclose((sizes * model.gains)[sizes > 0.01], torch.tensor(1.0), atol=1e-3)
    assert bool(model.gains.half().isfinite().all())
