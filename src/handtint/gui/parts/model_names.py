"""What models are called in the window: by words for people; their files and names are in the tool tips."""

from __future__ import annotations

from handtint.gui.parts.translating import tr
from handtint.model_card import ModelCard, ModelFile
from handtint.teaching.own_models import titles


def title_of(name: str) -> str:
    """What the model of this name is called: as the user named it, in words if it came with Handtint, else its name."""
    known = {"unet": tr("models", "Standard"), "resnet18_gray": tr("models", "Quiet and quick")}
    return known.get(name) or titles().get(name, name)


def use_of(card: ModelCard) -> str:
    """When to use a model, as its card says; in the user's language if it came with Handtint."""
    known = {
        "unet": tr("models", "Use for nearly every photo: livelier, and its vividness can be set."),
        "resnet18_gray": tr("models", "Use on slow computers, or where quiet, cautious color is wanted."),
    }
    return known.get(card.name, card.use_when)


def tip_of(model: ModelFile) -> str:
    """When to use it, and which file it is."""
    return f"{use_of(model.card)}\n{model.card.name}: {model.path.name}"
