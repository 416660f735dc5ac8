"""The networks: bare modules with explicit, JSON-able arguments, by the name that stands in a card.

Every network has `multiple` (its input's sides must be divisible by it). It takes a plane of L/50 - 1; it returns
ab/110, of any size that stands for the whole picture, and logits over its `bins`, or None for these.

`FINDERS` take such a plane too, but give logits of damage, (N, 1, h, w). A card's `task` says what a network is for.

Those with `describe` give, of the same planes, features in which the same thing in two photos is alike.

Some learn from more than that. They have `native`, and called with `native=True` they return, for "rgb", the sRGB they
paint (N, 3, h, w) and None, and for "classes" ab/110 and logits over the classes (N, classes), or None without classes.
"""

from handtint.engine.architectures.damage_finder import DamageNetwork
from handtint.engine.architectures.dense_autoencoder import DenseAutoencoder
from handtint.engine.architectures.fusion import Fusion
from handtint.engine.architectures.resnet18_gray import ResNet18Gray
from handtint.engine.architectures.unet import unet
from handtint.engine.architectures.unet_rgb import UNetRGB
from handtint.engine.architectures.vgg_resnet_unet import VGGResNetUNet

ARCHITECTURES = {
    "unet": unet,
    "unet_rgb": UNetRGB,
    "dense_autoencoder": DenseAutoencoder,
    "fusion": Fusion,
    "vgg_resnet_unet": VGGResNetUNet,
    "resnet18_gray": ResNet18Gray,
}

FINDERS = {"damage_finder": DamageNetwork}
