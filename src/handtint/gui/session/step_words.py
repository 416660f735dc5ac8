"""What a step of a photo's history is called, in the user's words: by what differs between before and after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from handtint.gui.parts.translating import tr
from handtint.recipe.history import Change, History, changes
from handtint.recipe.recipe import Recipe


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
    if len(found) > 1:
        rooms = {change.path.split(".")[0] for change in found}
        return _part_words(rooms.pop()) if len(rooms) == 1 else tr("steps", "Several settings")
    change = found[0]
    words = _WORDS.get(change.path)
    return words(change) if words is not None else _plain_words(change)


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


def _model(change: Change) -> str:
    return tr("steps", "Model {name}", name=change.after or "")


def _variant(change: Change) -> str:
    return tr("steps", "Variant {number}", number=change.after + 1)


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
    "model": _model,
    "is_inverted": lambda change: tr("steps", "Invert negative"),
    "repair.damage.sensitivity": lambda change: _amount(tr("steps", "Damage"))(change),
    "repair.fade.amount": lambda change: _amount(tr("steps", "Fading"))(change),
    "repair.fade.even": lambda change: _amount(tr("steps", "Evenness"))(change),
    "repair.faded_color.amount": lambda change: _amount(tr("steps", "Faded colors"))(change),
    "repair.noise.amount": lambda change: _amount(tr("steps", "Noise"))(change),
    "repair.sharpness.amount": lambda change: _amount(tr("steps", "Sharpness"))(change),
    "repair.gray": lambda change: tr("steps", "Gray from another channel"),
}
