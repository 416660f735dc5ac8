"""The networks: bare modules with explicit, JSON-able arguments, by the name that stands in a card.

Every network has `multiple` (its input's sides must be divisible by it) and `takes_hints`. It takes planes of
L/50 - 1 and, with hints, a/110, b/110 and mask; it returns ab/110 and logits over its `bins`, or None for these.
"""

from handtint.engine.architectures.resnet18_gray import ResNet18Gray
from handtint.engine.architectures.unet import UNet

ARCHITECTURES = {"unet": UNet, "resnet18_gray": ResNet18Gray}
