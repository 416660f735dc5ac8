"""What a person changes about the current photo: its recipe, undone and done again, and snapshots of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from handtint.gui.parts.translating import tr
from handtint.gui.session.developing import Developing
from handtint.gui.session.keeping import Keeping
from handtint.gui.session.open_photo import OpenPhoto, PhotoState
from handtint.model_card import ModelFile
from handtint.recipe.geometry import Geometry
from handtint.recipe.hints import Hint
from handtint.recipe.history import History, Step
from handtint.recipe.recipe import Recipe
from handtint.recipe.repair import Repair
from handtint.recipe.settings import Settings
from handtint.recipe.store import Snapshot

if TYPE_CHECKING:
    from handtint.repair.inspecting import Finding


class Editing(QObject):
    """Records each change, has it saved, and shows it.

    Args:
        current: the current photo.
        model_named: the model that can be chosen under a name.
    """

    changed = Signal()
    turned = Signal(object)  # OpenPhoto, the current one, of which something else is to be seen
    joined = Signal(object)  # OpenPhoto, a print whose scan is not to be split any more
    split_again = Signal(object)  # OpenPhoto, a scan whose prints are to be back

    def __init__(
        self,
        current: Callable[[], OpenPhoto | None],
        model_named: Callable[[str | None], ModelFile | None],
        developing: Developing,
        keeping: Keeping,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._current, self._model_named = current, model_named
        self._developing, self._keeping = developing, keeping

    # the recipe

    def set_recipe(self, recipe: Recipe, part: str = "", name: str = "", photo: OpenPhoto | None = None) -> None:
        """Change what is asked of a photo, by default the current one.

        Changes of one `part` in a row are undone at once, until `settle`; see `History`. The step is called `name`, or
        by what changed. A model that is not there is not chosen.
        """
        photo = photo or self._current()
        if photo is None:
            return
        recipe = dataclasses.replace(recipe, source=photo.asked.source)  # which picture it is, no edit changes
        if self._model_named(recipe.model) is None:
            recipe = dataclasses.replace(recipe, model=photo.recipe.model)
        recipe = dataclasses.replace(recipe, part=photo.asked.part)  # it stays the print that it is
        if recipe != photo.recipe:
            photo.history.record(photo.recipe, recipe, part, name)
            self._apply(photo, recipe)

    def set_settings(self, settings: Settings, part: str = "") -> None:
        """Show the current photo with other settings; the model is asked again only for another reference's colors.

        See `set_recipe`.
        """
        if (current := self._current()) is not None:
            self.set_recipe(current.recipe.with_color(settings), part)

    def set_geometry(self, geometry: Geometry, name: str) -> None:
        """Turn or crop the current photo; `name` is what the step is called."""
        if (current := self._current()) is not None:
            self.set_recipe(current.recipe.with_geometry(geometry), name=name)
            self.settle()

    def set_inverted(self, on: bool) -> None:
        """Make the current photo, a negative, positive; or show it as it was read."""
        if (current := self._current()) is not None:
            self.set_recipe(dataclasses.replace(current.recipe, is_inverted=on), name=tr("session", "Invert negative"))
            self.settle()

    def set_repair(self, repair: Repair, part: str = "", name: str = "") -> None:
        """Repair the current photo that way; see `set_recipe`."""
        if (current := self._current()) is not None:
            recipe = dataclasses.replace(current.recipe, repair=repair, is_repair_automatic=False)
            if repair.is_off:
                recipe = dataclasses.replace(recipe, is_colored=True)
            self.set_recipe(recipe, part, name)

    def take_findings(self, findings: Sequence[Finding]) -> None:
        """Repair what was found in the current photo, and leave the rest of its repair as it is."""
        if (current := self._current()) is not None:
            repair = current.asked.repair
            for finding in findings:
                repair = repair.with_all_of(finding.repair)
            self.settle()
            self.set_repair(repair, name=tr("session", "Automatic repair") if len(findings) > 1 else "")
            self.settle()

    def set_colored(self, on: bool) -> None:
        """Color the current photo, or only repair it."""
        if (current := self._current()) is not None:
            name = tr("session", "Color it") if on else tr("session", "Repair only")
            self.set_recipe(dataclasses.replace(current.recipe, is_colored=on), name=name)

    def set_model(self, model: ModelFile) -> None:
        """Color the current photo with another model."""
        current = self._current()
        if current is not None and current.model != model:
            before = current.recipe
            current.model = model
            if current.photo is not None:
                current.history.record(before, current.recipe)
                self._keeping.keep(current)
            self._developing.go_on()

    def load_hints(self, photo: OpenPhoto, hints: tuple[Hint, ...]) -> None:
        """Put the hints of a file in place of an open photo's own."""
        photo.kept_hints = hints
        settings = dataclasses.replace(photo.settings, hints=hints)
        self.set_recipe(photo.recipe.with_color(settings), photo=photo)
        self.changed.emit()

    def recolor(self) -> None:
        """Color the current photo although it is in color, or once more after it failed."""
        current = self._current()
        if current is not None and current.photo is not None:
            current.settings = dataclasses.replace(current.settings, recolor=True)
            self._keeping.keep(current)
            self._developing.go_on()

    def forget_edits(self) -> None:
        """Show the current photo as if it had never been opened, and keep nothing of it."""
        current = self._current()
        if current is not None:
            self._apply(current, dataclasses.replace(current.first, model=current.recipe.model))
            current.history, current.snapshots, current.restored = History(), (), None
            self.changed.emit()
            self._keeping.forget(current)

    def _apply(self, photo: OpenPhoto, recipe: Recipe) -> None:
        has_other_hints = recipe.color.hints != photo.settings.hints
        asks_anew = (recipe.color.reference, recipe.color.closely) != (photo.settings.reference, photo.settings.closely)
        model = self._model_named(recipe.model) or photo.model
        is_other_model = model != photo.model
        recipe = dataclasses.replace(recipe, source=photo.asked.source)
        is_turned = recipe.view != photo.asked.view
        was_colored, was_left_alone = photo.is_to_be_colored, photo.is_left_alone
        photo.asked, photo.model = dataclasses.replace(recipe, model=None), model
        is_other_course = not photo.is_repair_done or (photo.is_to_be_colored, photo.is_left_alone) != (
            was_colored,
            was_left_alone,
        )
        self._keeping.keep(photo)
        if is_turned:
            photo.thumbnail, photo.error, photo.findings = None, "", None
        if photo is self._current():
            if is_turned:
                self.turned.emit(photo)
            elif is_other_course or is_other_model or asks_anew or (has_other_hints and photo.error):
                self._developing.go_on()
            elif photo.state is PhotoState.DONE:
                self._developing.render()
        self.changed.emit()

    # its history

    def settle(self) -> None:
        """A control was released: what changes next is undone separately."""
        if (current := self._current()) is not None:
            current.history.settle()

    def undo(self) -> None:
        """Take the last change of the current photo back."""
        current = self._current()
        if current is not None and _crosses(current, current.history.past):
            self.joined.emit(current)
        elif current is not None and (recipe := current.history.undo(current.recipe)):
            self._apply(current, recipe)

    def redo(self) -> None:
        """Make the change that was taken back last."""
        current = self._current()
        if current is not None and _crosses(current, current.history.future):
            self.split_again.emit(current)
        elif current is not None and (recipe := current.history.redo(current.recipe)):
            self._apply(current, recipe)

    def go_to_step(self, number: int) -> None:
        """Take back or make again as many steps as lead to this one: 0 is before the first."""
        current = self._current()
        if current is None:
            return
        history, recipe = current.history, current.recipe
        is_back, is_on = len(history.past) > number, len(history.past) < number
        while len(history.past) > number and not _crosses(current, history.past):
            recipe = history.undo(recipe) or recipe
        while len(history.past) < number and history.future and not _crosses(current, history.future):
            recipe = history.redo(recipe) or recipe
        if recipe != current.recipe:
            self._apply(current, recipe)
        if is_back and len(history.past) > number:
            self.joined.emit(current)
            self.go_to_step(number)
        elif is_on and len(history.past) < number and history.future:
            self.split_again.emit(current)

    # its snapshots

    def take_snapshot(self, name: str) -> None:
        """Keep the current photo's recipe under a name."""
        if (current := self._current()) is not None:
            self._set_snapshots(current, (*current.snapshots, Snapshot(name, current.recipe)))

    def drop_snapshot(self, snapshot: Snapshot) -> None:
        """Forget a snapshot of the current photo."""
        if (current := self._current()) is not None:
            self._set_snapshots(current, tuple(one for one in current.snapshots if one is not snapshot))

    def _set_snapshots(self, photo: OpenPhoto, snapshots: tuple[Snapshot, ...]) -> None:
        photo.snapshots = snapshots
        self._keeping.keep(photo)
        self.changed.emit()

    def switch_to(self, snapshot: Snapshot) -> None:
        """Show a snapshot, as a step; where it is shown already, what was before it."""
        current = self._current()
        if current is None:
            return
        past, future = current.history.past, current.history.future
        if past and past[-1].name == snapshot.name and current.recipe == snapshot.recipe:
            self.undo()
        elif future and future[-1].name == snapshot.name and future[-1].recipe == snapshot.recipe:
            self.redo()
        else:
            self.set_recipe(snapshot.recipe, name=snapshot.name)


def _crosses(photo: OpenPhoto, steps: Sequence[Step]) -> bool:
    """Whether the next of these steps is the splitting of a scan."""
    return bool(steps) and steps[-1].recipe.part != photo.asked.part
