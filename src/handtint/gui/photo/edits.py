"""Edits that last, as the user meets them: as you left it, start over, forget, recipe files, copied settings."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QDateTime, QLocale, QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from handtint.errors import HandtintError
from handtint.gui.parts.dialogs import ask
from handtint.gui.parts.model_names import title_of
from handtint.gui.parts.translating import tr, translated
from handtint.gui.photo.announcer import Announcer
from handtint.gui.session.open_photo import OpenPhoto, name_of
from handtint.gui.session.session import Session
from handtint.recipe.files import SUFFIX, RecipeFile, without_places, write_recipe_file
from handtint.recipe.presets import applied
from handtint.recipe.recipe import Recipe

_RESULTS = "*.jpg *.jpeg *.png *.tif *.tiff *.webp"


class SeenAlbum(Protocol):
    """The album in the window: its grid may be on screen in place of a photo."""

    @property
    def seen_recipe(self) -> Recipe | None:
        """What is asked of the current photo of the grid, or of the whole album; None where no grid is on screen."""
        ...

    @property
    def chosen_count(self) -> int:
        """How many photos are changed: those selected, or all."""
        ...

    def change_chosen(self, name: str, change: Callable[[Recipe], Recipe]) -> None:
        """Change what is asked of them; `name` is what is put on them."""
        ...

    def holds(self, photo: OpenPhoto) -> bool:
        """Whether it is a photo of the album that is open on its own: what is asked of it is for it alone."""
        ...

    def tell(self, sentence: str) -> None:
        """Show a sentence where the user is looking."""
        ...


class Edits(QObject):
    """See the module's text.

    Args:
        selected: the photos that settings are pasted to.
    """

    def __init__(
        self, session: Session, announcer: Announcer, selected: Callable[[], Sequence[OpenPhoto]], window: QWidget
    ) -> None:
        super().__init__(window)
        self._session, self._announcer, self._selected, self._window = session, announcer, selected, window
        self.copied: Recipe | None = None
        self.album: SeenAlbum | None = None
        session.restored.connect(self._tell_restored)
        session.went_on.connect(self._tell_went_on)
        session.orphaned.connect(self._tell_orphaned)

    def _tell_restored(self, photo: OpenPhoto, time: float) -> None:
        text = tr("edits", "As you left it {when}.", when=_when(time))
        self._announcer.offer(text, tr("edits", "Start O&ver"), self.start_over, is_urgent=False)

    def _tell_went_on(self, photo: OpenPhoto, result: Path) -> None:
        text = tr(
            "edits",
            '"{name}" was made of "{name2}", which is open now as the result was made. Save replaces the result.',
            name=result.name,
            name2=photo.name,
        )
        self._announcer.tell("info", text)

    def _tell_orphaned(self, photo: OpenPhoto, made: RecipeFile) -> None:
        """A result whose original was not found: nothing can be changed on it but by finding that."""
        if made.sha256 is None:
            text = tr(
                "edits",
                '"{name}" is a result of Handtint and does not say of which photo. Open the original instead.',
                name=photo.name,
            )
            self._announcer.tell("info", text)
            return
        text = tr(
            "edits",
            '"{name}" is a result of Handtint. Its original, "{photo}", was not found, so it can only be viewed.',
            name=photo.path.name,
            photo=made.photo,
        )

        def find() -> None:
            chosen, _ = QFileDialog.getOpenFileName(
                self._window,
                tr("edits", 'Where is "{photo}"?', photo=made.photo),
                str(photo.path.parent),
                tr("edits", "All files (*)"),
            )
            if chosen:
                self.go_on(photo, made, Path(chosen))

        self._announcer.offer(text, tr("edits", "&Find It…"), find)

    def go_on(self, result: OpenPhoto, made: RecipeFile, source: Path) -> None:
        """Go on with this photo if it is the one that the result was made of."""

        def done(sha256: str) -> None:
            if sha256 == made.sha256:
                self._session.go_on_from(result, made, source)
            else:
                text = tr(
                    "edits",
                    '"{name}" is another photo, or was changed since: the result was not made of it.',
                    name=source.name,
                )
                self._announcer.tell("warning", text)

        self._session.run_on_disk(lambda progress: self._session.keeping.known.sha256(source), done)

    def start_over(self) -> None:
        """Back to how a photo begins; the steps stay, so that it can be undone."""
        current = self._session.current
        if current is not None:
            recipe = dataclasses.replace(current.first, model=current.recipe.model)
            self._session.editing.set_recipe(recipe, name=tr("edits", "Start over"))

    def forget(self) -> None:
        """Ask, then forget all that was done with the current photo."""
        current = self._session.current
        if current is not None and ask(
            self._window,
            tr("edits", "Forget your edits of this photo?"),
            tr(
                "edits",
                'The settings, hints and history of "{name}" will be deleted. The photo and saved results stay.',
                name=current.name,
            ),
            tr("edits", "&Forget"),
            tr("edits", "&Keep Them"),
        ):
            self._session.editing.forget_edits()
            self._announcer.tell("done", tr("edits", "The edits of this photo are forgotten."))

    # recipe files

    def ask_and_export(self) -> None:
        """Ask where to, and write the current photo's recipe."""
        current = self._session.current
        if current is None:
            return
        name = f"{Path(current.name).stem} ({tr('edits', 'recipe')}){SUFFIX}"
        chosen, _ = QFileDialog.getSaveFileName(
            self._window,
            tr("edits", "Export Recipe"),
            str(current.folder / name),
            tr("edits", "Recipes ({patterns})", patterns=f"*{SUFFIX}"),
        )
        if chosen:
            self.export(Path(chosen))

    def export(self, path: Path) -> None:
        """Write the current photo's recipe; never over anything but a recipe file."""
        current = self._session.current
        if current is None:
            return
        has_suffix = path.suffix.lower() == SUFFIX
        path = path if has_suffix else path.with_name(path.name + SUFFIX)
        try:
            file = RecipeFile(current.recipe, current.path.name, current.sha256)
            write_recipe_file(path, file, overwrite=has_suffix)
        except FileExistsError:
            text = tr("edits", '"{name}" already exists. Choose another name.', name=path.name)
            self._announcer.tell("warning", text)
        except HandtintError as error:
            self._announcer.tell("warning", translated(error))
        else:
            self._announcer.tell("done", tr("edits", 'Recipe saved in "{name}".', name=path.name))

    def ask_and_import(self) -> None:
        """Ask for a file, and do what it says."""
        current = self._session.current
        if current is None:
            return
        chosen, _ = QFileDialog.getOpenFileName(
            self._window,
            tr("edits", "Import Recipe"),
            str(current.folder),
            tr("edits", "Recipes, hints and results ({patterns})", patterns=f"*{SUFFIX} {_RESULTS}"),
        )
        if chosen:
            self.import_(Path(chosen))

    def import_(self, path: Path) -> None:
        """Do with the current photo what a recipe file or a result says; places of another photo stay out of it."""
        from handtint.imaging.hint_files import check_inside
        from handtint.imaging.recipe_files import read_recipe

        current = self._session.current
        if current is None or current.photo is None:
            return
        try:
            found = read_recipe(path)
            recipe, text = found.recipe, tr("edits", 'Recipe loaded from "{name}".', name=path.name)
            own = current.asked
            is_of_other_page = recipe.source.page != own.source.page or recipe.part not in (0, own.part)
            if found.is_of_another(current.sha256) or (found.photo and is_of_other_page):
                recipe = without_places(recipe)
                text += " " + tr(
                    "edits",
                    'It was made for another photo, "{photo}": color hints and protected places, which would be wrong '
                    "here, were left out.",
                    photo=name_of(Path(found.photo), found.recipe),
                )
            if own.part and not recipe.part:
                recipe = recipe.with_geometry(own.geometry)  # what is said of a whole scan leaves a print cut out
            check_inside(recipe.color.hints, current.photo.source_size, current.name)
        except HandtintError as error:
            self._announcer.tell("warning", translated(error))
            return
        if recipe.model is not None and self._session.model_named(recipe.model) is None:
            text += " " + tr(
                "edits",
                'The model "{title_of}" is not installed here, so the model was not changed.',
                title_of=title_of(recipe.model),
            )
        if current.settings.recolor and not recipe.color.recolor:
            recipe = recipe.with_color(dataclasses.replace(recipe.color, recolor=True))
        self._session.editing.set_recipe(recipe, name=tr("edits", "Import recipe"))
        self._announcer.tell("done", text)

    # copied settings

    def copy(self) -> None:
        """Take the current photo's recipe, to paste it to others."""
        current, album = self._session.current, self.album
        recipe = current.recipe if current is not None else album.seen_recipe if album is not None else None
        if recipe is not None:
            self.copied = recipe
            text = tr("edits", "Settings copied. Edit > Paste Settings applies them to other photos.")
            if album is not None and album.seen_recipe is not None:
                album.tell(text)
            else:
                self._announcer.tell("done", text)
            self._session.state_changed.emit()

    def ask_and_paste(self) -> None:
        """Ask which parts of the copied settings, and put them on the chosen photos."""
        from handtint.gui.photo.paste_dialog import PasteDialog

        photos, album = list(self._selected()), self.album
        in_album = album is not None and album.seen_recipe is not None
        count = album.chosen_count if album is not None and in_album else len(photos)
        if self.copied is None or not count:
            return
        dialog = PasteDialog(self.copied, count, self._window)
        dialog.accepted.connect(lambda: self.paste(dialog.parts, dialog.with_places, photos))
        dialog.open()

    def paste(self, parts: tuple[str, ...], with_places: bool, photos: Sequence[OpenPhoto]) -> None:
        """Put these parts of the copied settings on photos, or on those chosen in the grid where that is seen.

        Args:
            with_places: what belongs to the one picture, too: hints, protected places, the reference; with repair the
                marks of damage and the white point.
        """
        copied = self.copied
        if copied is None:
            return

        def pasted(recipe: Recipe) -> Recipe:
            recipe = applied(recipe, copied, parts)
            if with_places:
                its = copied.color
                own = dataclasses.replace(
                    recipe.color, hints=its.hints, protected=its.protected, reference=its.reference
                )
                recipe = recipe.with_color(own)
                if "repair" in parts:
                    recipe = dataclasses.replace(recipe, repair=copied.repair)
            return recipe

        if self._change_in_album(tr("edits", "Paste settings"), pasted):
            return

        def put(photos: Sequence[OpenPhoto]) -> None:
            for photo in photos:
                self._session.editing.set_recipe(pasted(photo.recipe), name=tr("edits", "Paste settings"), photo=photo)
            self._announcer.tell("done", tr("edits", "Settings pasted to {n} photo(s).", len(photos)))

        self._session.recall(photos, put)

    def apply_preset(self, name: str, recipe: Recipe) -> None:
        """Put a preset on the chosen photos, of the strip or of the album, whichever is on screen."""
        if self._change_in_album(name, lambda own: applied(own, recipe)):
            return

        def put(photos: Sequence[OpenPhoto]) -> None:
            for photo in photos:
                self._session.editing.set_recipe(applied(photo.recipe, recipe), name=name, photo=photo)

        self._session.recall(self._selected(), put)

    def _change_in_album(self, name: str, change: Callable[[Recipe], Recipe]) -> bool:
        """Whether the grid of an album is seen; then it is done there."""
        album = self.album
        if album is None or album.seen_recipe is None:
            return False
        album.change_chosen(name, change)
        return True


def _when(time: float) -> str:
    """A time in words that follow "as you left it"."""
    then, now, locale = datetime.fromtimestamp(time), datetime.now(), QLocale()
    moment = QDateTime.fromSecsSinceEpoch(int(time))
    if then.date() == now.date():
        clock = locale.toString(moment.time(), QLocale.FormatType.ShortFormat)
        return tr("edits", "today at {time}", time=clock)
    form = "d MMMM" if then.year == now.year else "d MMMM yyyy"
    return tr("edits", "on {date}", date=locale.toString(moment.date(), form))
