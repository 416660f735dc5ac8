"""Fingerprints of what was asked for, as Handtint 0.1 made them: albums that it finished stay finished.

It hashed every field of the settings, so that a new one would have changed them all. Nothing here may change.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from handtint.album.scenes.known import Lead
from handtint.model_card import ModelFile
from handtint.recipe.recipe import Recipe
from handtint.recipe.saving import SaveOptions


def asked(
    recipe: Recipe, save: SaveOptions, model: ModelFile, lead: tuple[Lead, Recipe] | None
) -> dict[str, Any] | None:
    """What `Order.asked` was, given the recipe of a photo and, where it follows one, its lead and the lead's recipe.

    None where something is asked for that 0.1 could not do.
    """
    settings, its = _settings(recipe), _settings(lead[1]) if lead else {}
    if settings is None or its is None:
        return None
    saving: dict[str, Any] = {"format": save.format, "quality": save.quality, "provenance": save.provenance}
    if save.smaller:
        saving["smaller"] = True
    card = model.card
    what: dict[str, Any] = {
        "settings": settings,
        "save": saving,
        "model": {"name": card.name, "card_sha256": card.sha256, "size_bytes": model.size_bytes},
    }
    if lead is not None:
        del its["strength"], its["recolor"]
        what["follows"] = {"name": lead[0].path.name, "sha256": lead[0].sha256, "settings": its}
    return what


def work(what: dict[str, Any] | None) -> str | None:
    """What `Order.work` was, of what `asked` gives."""
    if what is None:
        return None
    settings = {name: value for name, value in what["settings"].items() if name != "recolor"}
    what = {**what, "settings": settings}
    if "follows" in what:
        what["follows"] = {name: value for name, value in what["follows"].items() if name != "name"}
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


def _settings(recipe: Recipe) -> dict[str, Any] | None:
    color = recipe.color
    known = {name: getattr(color, name) for name in ("vividness", "strength", "hints", "recolor", "variant")}
    if recipe != type(recipe)(type(color)(**known), recipe.model):
        return None
    return known | {"hints": [{"x": h.x, "y": h.y, "radius": h.radius, "a": h.a, "b": h.b} for h in color.hints]}
