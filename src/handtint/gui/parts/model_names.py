"""What models are called in the window: by words for people; their files and names are in the tool tips."""

from __future__ import annotations

from handtint.gui.parts.translating import tr
from handtint.model_card import ModelFile
from handtint.teaching.own_models import titles


def title_of(name: str) -> str:
    """What the model of this name is called: as the user named it, in words if it came with Handtint, else its name."""
    known = {"unet": tr("models", "Standard"), "resnet18_gray": tr("models", "Quiet and quick")}
    return known.get(name) or titles().get(name, name)


def tip_of(model: ModelFile) -> str:
    """When to use it, and which file it is."""
    return f"{model.card.use_when}\n{model.card.name}: {model.path.name}"
