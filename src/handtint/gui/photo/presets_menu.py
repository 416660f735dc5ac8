"""Edit > Presets: put one on the chosen photos; save, rename, delete, import and export one's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu, QWidget

from handtint.errors import HandtintError
from handtint.gui.parts.dialogs import ask
from handtint.gui.parts.translating import tr, translated
from handtint.gui.session.session import Session
from handtint.recipe.files import SUFFIX
from handtint.recipe.presets import Preset, Presets
from handtint.recipe.recipe import Recipe


class PresetsMenu(QObject):
    """Fills a menu each time it opens.

    Args:
        apply: puts a recipe on the chosen photos, as a step with a name.
        tell: shows an icon's name and a sentence.
    """

    def __init__(
        self,
        menu: QMenu,
        session: Session,
        apply: Callable[[str, Recipe], None],
        tell: Callable[[str, str], None],
        window: QWidget,
    ) -> None:
        super().__init__(menu)
        self._menu, self._session, self._apply, self._tell, self._window = menu, session, apply, tell, window
        self.presets = Presets()
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self.fill)
        menu.addAction(tr("presets", "None yet"))  # without an entry some desktops do not open it

    def fill(self) -> None:
        """Offer what there is now."""
        menu, known = self._menu, self.presets.all()
        own = [preset for preset in known if preset.file is not None]
        is_photo = self._session.current is not None
        menu.clear()
        for preset in known:
            if preset.file is not None and preset is own[0]:
                menu.addSeparator()
            text = _shown(preset)
            action = menu.addAction(text.replace("&", "&&"))
            action.setToolTip(tr("presets", "Apply this preset to the selected photos"))
            action.triggered.connect(lambda _=False, text=text, recipe=preset.recipe: self._apply(text, recipe))
        menu.addSeparator()
        for text, do, on in (
            (tr("presets", "&Save as Preset…"), self._ask_and_save, is_photo),
            (tr("presets", "&Rename…"), self._ask_and_rename, bool(own)),
            (tr("presets", "&Delete…"), self._ask_and_delete, bool(own)),
            (tr("presets", "&Import…"), self._ask_and_import, True),
            (tr("presets", "&Export…"), self._ask_and_export, True),
        ):
            action = menu.addAction(text)
            action.setEnabled(on)
            action.triggered.connect(lambda _=False, do=do: do())

    def save(self, name: str) -> None:
        """Keep the current photo's settings as a preset."""
        current = self._session.current
        if current is not None:
            self._try(
                lambda: self.presets.save(name, current.recipe), tr("presets", 'Preset "{name}" saved.', name=name)
            )

    def _ask_and_save(self) -> None:
        name, is_given = QInputDialog.getText(
            self._window, tr("presets", "Save as Preset"), tr("presets", "Name of the preset")
        )
        if is_given:
            self.save(name)

    def _ask_and_rename(self) -> None:
        if name := self._choose(tr("presets", "Rename Preset"), True):
            new, is_given = QInputDialog.getText(
                self._window, tr("presets", "Rename Preset"), tr("presets", "New name"), text=name
            )
            if is_given:
                self._try(lambda: self.presets.rename(name, new), tr("presets", 'It is called "{name}" now.', name=new))

    def _ask_and_delete(self) -> None:
        name = self._choose(tr("presets", "Delete Preset"), True)
        if name and ask(
            self._window,
            tr("presets", 'Delete the preset "{name}"?', name=name),
            tr("presets", "Photos that it was applied to keep their settings."),
            tr("presets", "&Delete"),
            tr("presets", "&Keep It"),
        ):
            self._try(lambda: self.presets.delete(name), tr("presets", 'Preset "{name}" deleted.', name=name))

    def _ask_and_import(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self._window, tr("presets", "Import Preset"), "", _patterns())
        if chosen:
            self._try(lambda: self.presets.import_(Path(chosen)), tr("presets", "The preset is in the menu now."))

    def _ask_and_export(self) -> None:
        name = self._choose(tr("presets", "Export Preset"), False)
        if not name:
            return
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, tr("presets", "Export Preset"), f"{name}{SUFFIX}", _patterns()
        )
        if chosen:
            path = Path(chosen)
            has_suffix = path.suffix.lower() == SUFFIX  # never over anything but such a file, least of all a photo
            path = path if has_suffix else path.with_name(path.name + SUFFIX)
            self._try(
                lambda: self.presets.export(name, path, overwrite=has_suffix),
                tr("presets", 'Preset saved in "{file}".', file=path.name),
            )

    def _choose(self, title: str, is_own: bool) -> str:
        """The name of a preset, empty where none was chosen."""
        names = [preset.name for preset in self.presets.all() if preset.file is not None or not is_own]
        name, is_given = QInputDialog.getItem(self._window, title, tr("presets", "Preset"), names, 0, False)
        return name if is_given else ""

    def _try(self, do: Callable[[], object], done: str) -> None:
        try:
            do()
        except FileExistsError:
            self._tell("warning", tr("presets", "A file of that name already exists. Choose another name."))
        except HandtintError as error:
            self._tell("warning", translated(error))
        else:
            self._tell("done", done)


def _shown(preset: Preset) -> str:
    """Its name, in the user's language if it came with the program."""
    known = {
        "Quiet archive": tr("presets", "Quiet archive"),
        "Lively family": tr("presets", "Lively family"),
        "Repair only, stay gray": tr("presets", "Repair only, stay gray"),
        "As the model sees it": tr("presets", "As the model sees it"),
    }
    return known.get(preset.name, preset.name) if preset.file is None else preset.name


def _patterns() -> str:
    return tr("presets", "Presets and recipes ({patterns})", patterns=f"*{SUFFIX}")
