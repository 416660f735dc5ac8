"""Every command of the window as a QAction; menus, buttons and the list of shortcuts read them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from handtint.gui.canvas.canvas import Mode
from handtint.gui.parts.action_maker import ActionMaker
from handtint.gui.parts.theme import Theme
from handtint.gui.parts.translating import languages, tr

HELD_KEYS = "held_keys"  # property of an action that lasts as long as a key is held; QShortcut has no release event


class Actions:
    """The actions by name, made once for a window.

    Attributes:
        without_photo: those that can be triggered while no photo is open.
    """

    def __init__(self, maker: ActionMaker, window: QWidget) -> None:
        self._window = window
        standard = QKeySequence.StandardKey
        make = maker.make
        self.open = make(
            tr("actions", "&Open…"),
            tr("actions", "Open photographs"),
            standard.Open,
            "open",
            short=tr("actions", "Open"),
        )
        self.open_album = make(
            tr("actions", "Open Al&bum…"),
            tr("actions", "Open a folder of photographs as an album"),
            "Ctrl+Shift+O",
            "album",
            short=tr("actions", "Open Album"),
        )
        self.save = make(
            tr("actions", "&Save"),
            tr("actions", "Save the result at full size; the original is not changed"),
            standard.Save,
            "save",
            short=tr("actions", "Save"),
        )
        self.save_as = make(
            tr("actions", "Save &As…"),
            tr("actions", "Choose name, folder, format and quality"),
            standard.SaveAs if QKeySequence.keyBindings(standard.SaveAs) else "Ctrl+Shift+S",
        )
        self.save_all = make(
            tr("actions", "Sa&ve All…"),
            tr("actions", "Save all open photos that are not saved yet into one folder"),
            "Ctrl+Alt+S",
        )
        self.print = make(
            tr("actions", "&Print…"),
            tr("actions", "Print the result, or before and after, on one page"),
            standard.Print,
            short=tr("actions", "Print"),
        )
        self.close_photo = make(
            tr("actions", "&Close Photo"), tr("actions", "Close this photo"), "Ctrl+W", short=tr("actions", "Close")
        )
        self.quit = make(
            tr("actions", "&Quit"),
            tr("actions", "Close Handtint"),
            standard.Quit if QKeySequence.keyBindings(standard.Quit) else "Ctrl+Q",
        )
        self.copy = make(
            tr("actions", "&Copy Result"),
            tr("actions", "Copy the result at full size"),
            standard.Copy,
            "copy",
            short=tr("actions", "Copy"),
        )
        self.paste = make(
            tr("actions", "&Paste"),
            tr("actions", "Open copied photographs or a copied picture"),
            standard.Paste,
            short=tr("actions", "Paste"),
        )
        self.show_folder = make(
            tr("actions", "Show in &Folder"),
            tr("actions", "Show the folder of this photo in the file manager"),
            "Ctrl+Shift+F",
        )
        self.reset = make(
            tr("actions", "&Reset Settings"),
            tr("actions", "Go back to the first colors, without hints, adjustments and protected places"),
            "Ctrl+R",
            "reset",
            short=tr("actions", "Reset"),
        )
        self.invert = make(
            tr("actions", "Invert Negative"),
            tr("actions", "Make a negative positive, before anything else is done with it"),
            "Ctrl+I",
            is_checkable=True,
        )
        self.undo = make(tr("actions", "&Undo"), tr("actions", "Undo the last change"), "Ctrl+Z")
        self.redo = make(
            tr("actions", "Re&do"), tr("actions", "Redo the change that was undone"), ["Ctrl+Shift+Z", "Ctrl+Y"]
        )
        self.hints = make(
            tr("actions", "Color &Hints"),
            tr("actions", "Click on the photo to say which color belongs there"),
            "H",
            "hint",
            short=tr("actions", "Hints"),
            is_checkable=True,
        )
        self.erase_hint = make(
            tr("actions", "Erase H&int"), tr("actions", "Remove this hint"), ["Del", "Backspace"], "bin"
        )
        self.larger_hint = make(tr("actions", "&Larger Hint"), tr("actions", "Make this hint cover more"), "]")
        self.smaller_hint = make(tr("actions", "S&maller Hint"), tr("actions", "Make this hint cover less"), "[")
        self.erase_hints = make(
            tr("actions", "&Erase All Hints"), tr("actions", "Remove all color hints of this photo")
        )
        self.load_hints = make(
            tr("actions", "&Load Hints…"),
            tr("actions", "Load hints for the open photos from a hint file or a saved result"),
        )
        self.save_hints = make(
            tr("actions", "Save &Hints…"), tr("actions", "Save the hints of the open photos to a file")
        )
        self.history = make(
            tr("actions", "&History"),
            tr("actions", "Show the steps and snapshots of this photo in a list"),
            "Ctrl+H",
            is_checkable=True,
        )
        self.take_snapshot = make(
            tr("actions", "Take a Snaps&hot…"),
            tr("actions", "Keep the settings as they are now under a name"),
            "Ctrl+Shift+A",
            short=tr("actions", "Take"),
        )
        self.compare_snapshot = make(
            tr("actions", "Compare &with Snapshot"),
            tr("actions", "Switch between the snapshot and what you have now"),
            "Shift+B",
            short=tr("actions", "A/B"),
        )
        self.drop_snapshot = make(
            tr("actions", "Forget Sn&apshot"),
            tr("actions", "Forget this snapshot"),
            short=tr("actions", "Forget"),
        )
        self.copy_settings = make(
            tr("actions", "Cop&y Settings"), tr("actions", "Copy all settings of this photo"), "Ctrl+Shift+C"
        )
        self.paste_settings = make(
            tr("actions", "Paste Settin&gs…"),
            tr("actions", "Apply the copied settings to the photos selected in the filmstrip"),
            "Ctrl+Shift+V",
        )
        self.start_over = make(
            tr("actions", "Start O&ver"), tr("actions", "Go back to how this photo started out; can be undone")
        )
        self.forget_edits = make(
            tr("actions", "For&get Edits…"), tr("actions", "Forget settings, hints and history of this photo for good")
        )
        self.export_recipe = make(
            tr("actions", "&Export Recipe…"), tr("actions", "Save all settings of this photo to a file")
        )
        self.import_recipe = make(
            tr("actions", "&Import Recipe…"),
            tr("actions", "Load settings from a recipe file, a hint file or a saved result"),
        )
        self.preferences = make(
            tr("actions", "Prefere&nces…"),
            tr("actions", "Settings for all photos, kept from one start to the next"),
            "Ctrl+,",
        )
        self.preferences.setMenuRole(QAction.MenuRole.PreferencesRole)
        self.cancel = make(tr("actions", "S&top"), tr("actions", "Stop the work in progress"), "Esc")
        self.next_photo = make(
            tr("actions", "&Next Photo"), tr("actions", "Show the next open photo"), ["Ctrl+PgDown", "Ctrl+Tab"]
        )
        self.previous_photo = make(
            tr("actions", "&Previous Photo"),
            tr("actions", "Show the previous open photo"),
            ["Ctrl+PgUp", "Ctrl+Shift+Tab"],
        )
        self.next_in_folder = make(
            tr("actions", "N&ext Photo of the Folder"),
            tr("actions", "Open the next photo of this photo's folder"),
            "PgDown",
        )
        self.previous_in_folder = make(
            tr("actions", "Pre&vious Photo of the Folder"),
            tr("actions", "Open the previous photo of this photo's folder"),
            "PgUp",
        )

        self.modes = {
            Mode.WIPE: make(
                tr("actions", "&Wipe"), tr("actions", "Before and after with a dividing line to drag"), "F5", "wipe"
            ),
            Mode.SIDE_BY_SIDE: make(
                tr("actions", "&Side by Side"), tr("actions", "Before and after next to each other"), "F6", "side"
            ),
            Mode.RESULT: make(tr("actions", "Result Onl&y"), tr("actions", "Only the colored photo"), "F7", "result"),
        }
        maker.group(self.modes.values())
        self.original = make(
            tr("actions", "Show O&riginal"),
            tr("actions", "See the original: hold this button or Space, or click to switch"),
            "B",
            "original",
            short=tr("actions", "Original"),
        )
        self.original.setProperty(HELD_KEYS, ["Space", "\\"])
        self.certainty = make(
            tr("actions", "Where It &Guesses"),
            tr("actions", "How sure is it? Show where the model knows a color and where it guesses"),
            "U",
            short=tr("actions", "How Sure?"),
            is_checkable=True,
        )
        self.variants = make(
            tr("actions", "&Compare Variants"),
            tr("actions", "Show all variants as large as the window allows, and choose one"),
            "V",
            short=tr("actions", "Variants"),
        )
        self.line_left = make(
            tr("actions", "Move the Line Left"), tr("actions", "Move the dividing line left"), "Shift+Left"
        )
        self.line_right = make(
            tr("actions", "Move the Line Right"), tr("actions", "Move the dividing line right"), "Shift+Right"
        )
        self.zoom_in = make(tr("actions", "Zoom &In"), tr("actions", "Zoom in"), ["Ctrl++", "Ctrl+=", "+"], "zoom-in")
        self.zoom_out = make(tr("actions", "Zoom &Out"), tr("actions", "Zoom out"), ["Ctrl+-", "-"], "zoom-out")
        self.fit = make(tr("actions", "&Fit"), tr("actions", "Fit the whole photo"), ["Ctrl+0", "0"], "fit")
        self.actual = make(
            tr("actions", "&Actual Size (1:1)"),
            tr("actions", "One photo pixel for each screen pixel"),
            ["Ctrl+1", "1"],
            "actual",
        )
        self.pans = {
            (1, 0): make(tr("actions", "Move the View Left"), tr("actions", "Move the view left"), "Left"),
            (-1, 0): make(tr("actions", "Move the View Right"), tr("actions", "Move the view right"), "Right"),
            (0, 1): make(tr("actions", "Move the View Up"), tr("actions", "Move the view up"), "Up"),
            (0, -1): make(tr("actions", "Move the View Down"), tr("actions", "Move the view down"), "Down"),
        }
        self.filmstrip = make(
            tr("actions", "Fi&lmstrip"), tr("actions", "Show the open photos in a row below"), "F8", is_checkable=True
        )
        self.fullscreen = make(
            tr("actions", "F&ull Screen"), tr("actions", "Use the whole screen"), "F11", is_checkable=True
        )
        self.photo_only = make(
            tr("actions", "&Just the Photo"),
            tr("actions", "Only the photo, on the whole screen"),
            "F",
            is_checkable=True,
        )
        self.themes = {
            Theme.SYSTEM: make(tr("actions", "As the &System"), tr("actions", "Light or dark, following the system")),
            Theme.LIGHT: make(tr("actions", "&Light"), tr("actions", "Light panels")),
            Theme.DARK: make(tr("actions", "&Dark"), tr("actions", "Dark panels")),
        }
        maker.group(self.themes.values())
        self.languages = {
            "": make(
                tr("actions", "Language of the S&ystem"),
                tr("actions", "Use the system's language where Handtint has it, from the next start on"),
            ),
            **{
                code: make(name, tr("actions", "Use {language} from the next start on", language=name))
                for code, name in languages().items()
            },
        }
        maker.group(self.languages.values())
        self.teach = make(
            tr("actions", "&Teach a Model…"),
            tr("actions", "Make a model better at photographs like yours"),
            "Ctrl+T",
            short=tr("actions", "Teach"),
        )
        self.rename_model = make(
            tr("actions", "&Rename This Model…"), tr("actions", "Rename the chosen model, if it is one of your own")
        )
        self.delete_model = make(
            tr("actions", "&Delete This Model…"), tr("actions", "Delete the chosen model, if it is one of your own")
        )
        self.clear_recent = make(tr("actions", "&Clear This List"), tr("actions", "Forget the recently opened photos"))
        self.shortcuts = make(tr("actions", "&Keyboard Shortcuts"), tr("actions", "Show all keyboard shortcuts"), "F1")
        self.guide = make(tr("actions", "&Guide"), tr("actions", "How to use Handtint, with pictures"), "Shift+F1")
        self.updates = make(
            tr("actions", "Check for a &Newer Version…"), tr("actions", "Read a version file; no network is used")
        )
        self.about = make(tr("actions", "&About Handtint"), tr("actions", "Version and licenses"))
        self.about.setMenuRole(QAction.MenuRole.AboutRole)
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)
        self.without_photo = [
            *(self.open, self.open_album, self.paste, self.clear_recent, self.quit, self.preferences, self.history),
            *(self.filmstrip, self.fullscreen, *self.themes.values(), *self.languages.values(), self.teach),
            *(self.guide, self.shortcuts, self.updates, self.about),
        ]

    def keep_keys_to(self, widget: QWidget, actions: Sequence[QAction], *, with_parts: bool = False) -> None:
        """Let keys that other controls need too, like arrows, work only while `widget` (or a part) has the focus."""
        context = Qt.ShortcutContext
        for action in actions:
            if with_parts:
                self._window.removeAction(action)  # all are parts of the window
            action.setShortcutContext(context.WidgetWithChildrenShortcut if with_parts else context.WidgetShortcut)
            widget.addAction(action)
