"""What a photo's recipe was before: steps back, and forward again. No widgets."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from handtint.recipe.recipe import Recipe

MOST_STEPS = 200


@dataclass(frozen=True)
class Step:
    """One step, as seen from the present; a record of `recipe.form`.

    Attributes:
        recipe: on the other side of it: before it if it was made, after it if it was taken back.
        name: what a person calls it, such as the name of a preset; empty where the difference of the recipes says it.
    """

    recipe: Recipe
    name: str = ""


@dataclass
class History:
    """Recipes before and after the present one.

    Changes of one `part` in a row are one step, until `settle`: a slider that is dragged is undone at once.

    Attributes:
        past: steps made, the oldest first.
        future: steps taken back, the one taken back last at the end.
    """

    past: list[Step] = field(default_factory=list)
    future: list[Step] = field(default_factory=list)
    _part: str = ""

    def record(self, before: Recipe, after: Recipe, part: str = "", name: str = "") -> None:
        """Note a change; `part` names what was changed, by default the one number that is another now."""
        part = part or _part(before, after)
        if not part or part != self._part or not self.past:
            self.past.append(Step(before, name))
            del self.past[:-MOST_STEPS]
        self.future.clear()
        self._part = part

    def settle(self) -> None:
        """The control was released: the next change is a step of its own."""
        self._part = ""

    def undo(self, now: Recipe) -> Recipe | None:
        """The recipe before the last step, None where there is none."""
        return self._travel(self.past, self.future, now)

    def redo(self, now: Recipe) -> Recipe | None:
        """The recipe after the step undone last, None where there is none."""
        return self._travel(self.future, self.past, now)

    def _travel(self, source: list[Step], target: list[Step], now: Recipe) -> Recipe | None:
        self.settle()
        if not source:
            return None
        step = source.pop()
        target.append(Step(now, step.name))
        color = dataclasses.replace(step.recipe.color, recolor=now.color.recolor)  # not part of the history
        return step.recipe.with_color(color)


@dataclass(frozen=True)
class Change:
    """One field that differs between two recipes: its path, such as `color.vividness`, and its values."""

    path: str
    before: Any
    after: Any


def changes(before: Any, after: Any, place: str = "") -> list[Change]:
    """Every field in which two records of one kind differ, in their order. What is not a record is compared whole."""
    found = []
    for one in dataclasses.fields(before):
        path = f"{place}.{one.name}" if place else one.name
        old, new = getattr(before, one.name), getattr(after, one.name)
        if old == new:
            continue
        if dataclasses.is_dataclass(old) and type(old) is type(new):
            found += changes(old, new, path)
        else:
            found.append(Change(path, old, new))
    return found


def _part(before: Recipe, after: Recipe) -> str:
    found = changes(before, after)
    is_number = len(found) == 1 and isinstance(found[0].before, float | int) and isinstance(found[0].after, float)
    return found[0].path if is_number else ""
