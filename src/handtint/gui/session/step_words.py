"""What a step of a photo's history is called, in the user's words: by what differs between before and after."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from handtint.gui.parts.model_names import title_of
from handtint.gui.parts.slider import signed
from handtint.gui.parts.translating import tr
from handtint.gui.parts.words import number
from handtint.recipe.damage import ADD, ERASE, LEAVE, PAINT
from handtint.recipe.history import Change, History, changes
from handtint.recipe.protected import Protected
from handtint.recipe.recipe import Recipe
from handtint.recipe.reference import ReferencePhoto


def undo_words(history: History, now: Recipe) -> str:
    """The step that is taken back next; empty where there is none."""
    step = history.past[-1] if history.past else None
    return step_words(step.recipe, now, step.name) if step is not None else ""


def redo_words(history: History, now: Recipe) -> str:
    """The step that is made again next; empty where there is none."""
    step = history.future[-1] if history.future else None
    return step_words(now, step.recipe, step.name) if step is not None else ""


def history_words(history: History, now: Recipe) -> list[str]:
    """All steps, those that were taken back included, the oldest first."""
    recipes = [*(step.recipe for step in history.past), now, *(step.recipe for step in reversed(history.future))]
    names = [*(step.name for step in history.past), *(step.name for step in reversed(history.future))]
    return [step_words(*two) for two in zip(recipes, recipes[1:], names, strict=False)]


def step_words(before: Recipe, after: Recipe, name: str = "") -> str:
    """A step in words, such as "Vividness 90 % → 60 %"."""
    if name:
        return name
    found = [change for change in changes(before, after) if change.path != "color.recolor"]
    if not found:
        return tr("steps", "Change")
    if len(found) == 1 and (words := _WORDS.get(found[0].path)) is not None:
        return words(found[0])
    for whole, words_of in _WHOLE.items():
        if all(change.path == whole or change.path.startswith(f"{whole}.") for change in found):
            return words_of(*(functools.reduce(getattr, whole.split("."), recipe) for recipe in (before, after)))
    if len(found) > 1:
        rooms = {change.path.split(".")[0] for change in found}
        return _part_words(rooms.pop()) if len(rooms) == 1 else tr("steps", "Several settings")
    return _plain_words(found[0])


def _part_words(part: str) -> str:
    known = {"color": tr("steps", "Color"), "geometry": tr("steps", "Geometry"), "repair": tr("steps", "Repair")}
    return known.get(part, part.replace("_", " ").capitalize())


def _plain_words(change: Change) -> str:
    """A field that has no words of its own yet."""
    name = change.path.split(".")[-1].replace("_", " ").capitalize()
    if _is_number(change.before) and _is_number(change.after):
        return f"{name} {change.before:g} → {change.after:g}"
    if isinstance(change.after, bool):
        on, off = tr("steps", "{name} on", name=name), tr("steps", "{name} off", name=name)
        return on if change.after else off
    return name


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _vividness(change: Change) -> str:
    before, after = _percents(change)
    return tr("steps", "Vividness {before} % → {after} %", before=before, after=after)


def _strength(change: Change) -> str:
    before, after = _percents(change)
    return tr("steps", "Strength {before} % → {after} %", before=before, after=after)


def _percents(change: Change) -> tuple[int, int]:
    return round(change.before * 100), round(change.after * 100)


def _hints(change: Change) -> str:
    before, after = set(change.before), set(change.after)
    if not after:
        return tr("steps", "All hints erased") if len(before) > 1 else tr("steps", "Hint erased")
    more = len(change.after) - len(change.before)
    if more == 1 and before < after:
        return tr("steps", "Hint")
    if more == -1 and after < before:
        return tr("steps", "Hint erased")
    return tr("steps", "Hint changed") if more == 0 else tr("steps", "Hints")


def _warmth(change: Change) -> str:
    return tr("steps", "Warmth {before} → {after}", before=signed(change.before), after=signed(change.after))


def _saturation(name: str) -> Callable[[Change], str]:
    """Words for how strong the colors of a range are."""

    def words(change: Change) -> str:
        before, after = f"{change.before:.0f}", f"{change.after:.0f}"
        return tr("steps", "{name} {before} % → {after} %", name=name, before=before, after=after)

    return words


def _protected(before: Protected | None, after: Protected | None) -> str:
    return tr("steps", "Protected places erased") if after is None else tr("steps", "Protected places")


def _reference(before: ReferencePhoto | None, after: ReferencePhoto | None) -> str:
    if after is None:
        return tr("steps", "No colors of another photo")
    return tr("steps", 'Colors of "{photo}"', photo=after.name)


def _damage_edits(change: Change) -> str:
    more = change.after[len(change.before) :]
    if len(more) != 1 or change.after[: len(change.before)] != change.before:
        return tr("steps", "Marks of damage")
    known = {
        ADD: tr("steps", "Damage added"),
        LEAVE: tr("steps", "Left as it is"),
        PAINT: tr("steps", "Damage painted"),
        ERASE: tr("steps", "Marks erased"),
    }
    return known[more[0].kind]


def _model(change: Change) -> str:
    return tr("steps", "Model {name}", name=title_of(change.after or ""))


def _variant(change: Change) -> str:
    return tr("steps", "Variant {number}", number=change.after + 1)


def _turn(change: Change) -> str:
    degrees = (change.after - change.before) % 360
    return tr("steps", "Turn by {degrees}°", degrees=degrees if degrees <= 180 else degrees - 360)


def _straighten(change: Change) -> str:
    before, after = number(change.before, 1), number(change.after, 1)
    return tr("steps", "Straighten {before}° → {after}°", before=before, after=after)


def _switched(on: str, off: str) -> Callable[[Change], str]:
    """Words for what is there or not."""
    return lambda change: on if change.after else off


def _gray(change: Change) -> str:
    channels = {
        "lightness": tr("steps", "Gray from lightness"),
        "red": tr("steps", "Gray from red"),
        "green": tr("steps", "Gray from green"),
        "blue": tr("steps", "Gray from blue"),
    }
    return channels.get(change.after, tr("steps", "Gray from another channel"))


def _amount(name: str) -> Callable[[Change], str]:
    """Words for a repair step whose amount goes from 0 to 100."""

    def words(change: Change) -> str:
        return tr(
            "steps", "{name} {before} → {after}", name=name, before=f"{change.before:.0f}", after=f"{change.after:.0f}"
        )

    return words


_WORDS: dict[str, Callable[[Change], str]] = {
    "color.vividness": _vividness,
    "color.strength": _strength,
    "color.variant": _variant,
    "color.hints": _hints,
    "color.closely": lambda change: _switched(tr("steps", "Look closely"), tr("steps", "Look as usual"))(change),
    "color.adjust.warmth": _warmth,
    "color.adjust.skin": lambda change: _saturation(tr("steps", "Skin"))(change),
    "color.adjust.foliage": lambda change: _saturation(tr("steps", "Foliage"))(change),
    "color.adjust.sky": lambda change: _saturation(tr("steps", "Sky"))(change),
    "color.adjust.other": lambda change: _saturation(tr("steps", "Other colors"))(change),
    "model": _model,
    "is_inverted": lambda change: tr("steps", "Invert negative"),
    "part": lambda change: tr("steps", "Split Scan"),
    "repair.damage.sensitivity": lambda change: _amount(tr("steps", "Damage"))(change),
    "repair.fade.amount": lambda change: _amount(tr("steps", "Fading"))(change),
    "repair.fade.even": lambda change: _amount(tr("steps", "Evenness"))(change),
    "repair.faded_color.amount": lambda change: _amount(tr("steps", "Faded colors"))(change),
    "repair.noise.amount": lambda change: _amount(tr("steps", "Noise"))(change),
    "repair.sharpness.amount": lambda change: _amount(tr("steps", "Sharpness"))(change),
    "repair.gray": _gray,
    "repair.damage.edits": _damage_edits,
    "repair.faded_color.white": lambda change: _switched(
        tr("steps", "White point"), tr("steps", "White point removed")
    )(change),
    "repair.noise.grain": lambda change: _amount(tr("steps", "Grain"))(change),
    "repair.noise.blocks": lambda change: _amount(tr("steps", "JPEG blocks"))(change),
    "repair.noise.screen": lambda change: _amount(tr("steps", "Printed screen"))(change),
    "is_repair_automatic": lambda change: _switched(
        tr("steps", "Automatic repair"), tr("steps", "Automatic repair off")
    )(change),
    "is_colored": lambda change: _switched(tr("steps", "Color it"), tr("steps", "Repair only"))(change),
    "geometry.turn": _turn,
    "geometry.mirrored": lambda change: tr("steps", "Flip"),
    "geometry.straighten": _straighten,
    "geometry.crop": lambda change: _switched(tr("steps", "Crop"), tr("steps", "Crop removed"))(change),
    "geometry.corners": lambda change: _switched(tr("steps", "Perspective"), tr("steps", "Perspective removed"))(
        change
    ),
}

# Records that are named as a whole, whichever of their fields changed.
_WHOLE: dict[str, Callable[[Any, Any], str]] = {
    "color.adjust": lambda before, after: tr("steps", "Adjust colors"),
    "color.protected": _protected,
    "color.reference": _reference,
}
