"""The networks: bare modules with explicit, JSON-able arguments, by the name that stands in a card.

Every network has `multiple` (its input's sides must be divisible by it), `takes_hints` (four input planes
instead of one), takes L/50 - 1 (and hints a/110, b/110, mask) and returns ab/110 and logits over its `bins`, or None for these.
"""

from handtint.engine.architectures.resnet18_gray import ResNet18Gray
from handtint.engine.architectures.unet import UNet

ARCHITECTURES = {"unet": UNet, "resnet18_gray": ResNet18Gray}
