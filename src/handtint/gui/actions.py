"""Every command of the window as a QAction; menus, buttons and the page of shortcuts read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QColor, QKeySequence
from PySide6.QtWidgets import QWidget

from handtint.gui.canvas.canvas import Mode
from handtint.gui.parts import icons
from handtint.gui.parts.theme import Colors, Theme

Keys = QKeySequence.StandardKey | str | Sequence[str] | None
HELD_KEYS = "held_keys"  # property of an action that lasts as long as a key is held; QShortcut knows no release


class Actions:
    """The actions by name, made once for a window and connected by it."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._icons: dict[QAction, str] = {}
        tr, standard = window.tr, QKeySequence.StandardKey
        make = self.make
        self.open = make(tr("&Open…"), tr("Open photographs"), standard.Open, "open", short=tr("Open"))
        self.open_album = make(
            tr("Open Al&bum…"),
            tr("Open a folder of photographs as an album"),
            "Ctrl+Shift+O",
            "album",
            short=tr("Open Album"),
        )
        self.save = make(
            tr("&Save"),
            tr("Save the result at full size; the original stays as it is"),
            standard.Save,
            "save",
            short=tr("Save"),
        )
        self.save_as = make(
            tr("Save &As…"),
            tr("Choose name, folder, format and quality"),
            standard.SaveAs if QKeySequence.keyBindings(standard.SaveAs) else "Ctrl+Shift+S",
        )
        self.save_all = make(
            tr("Sa&ve All…"), tr("Save the open photos that are in no file yet into one folder"), "Ctrl+Alt+S"
        )
        self.print = make(
            tr("&Print…"), tr("Print the result, or before and after, on one page"), standard.Print, short=tr("Print")
        )
        self.close_photo = make(tr("&Close Photo"), tr("Close this photo"), "Ctrl+W", short=tr("Close"))
        self.quit = make(
            tr("&Quit"),
            tr("Close Handtint"),
            standard.Quit if QKeySequence.keyBindings(standard.Quit) else "Ctrl+Q",
        )
        self.copy = make(
            tr("&Copy Result"), tr("Copy the result at full size"), standard.Copy, "copy", short=tr("Copy")
        )
        self.paste = make(
            tr("&Paste"),
            tr("Open photographs or a picture that were copied"),
            standard.Paste,
            short=tr("Paste"),
        )
        self.show_folder = make(
            tr("Show in &Folder"), tr("Show the folder of this photo in the file manager"), "Ctrl+Shift+F"
        )
        self.reset = make(
            tr("&Reset Settings"),
            tr("Vividness and strength as they were at first, and no color hints"),
            "Ctrl+R",
            "reset",
            short=tr("Reset"),
        )
        self.undo = make(tr("&Undo"), tr("Take the last change back"), "Ctrl+Z")
        self.redo = make(tr("Re&do"), tr("Make the change again that was taken back"), ["Ctrl+Shift+Z", "Ctrl+Y"])
        self.hints = make(
            tr("Color &Hints"),
            tr("Click on the photo to say which color belongs there"),
            "H",
            "hint",
            short=tr("Hints"),
        )
        self.hints.setCheckable(True)
        self.erase_hint = make(tr("Erase H&int"), tr("Take this hint away"), ["Del", "Backspace"], "bin")
        self.larger_hint = make(tr("&Larger Hint"), tr("Let this hint cover more"), "]")
        self.smaller_hint = make(tr("S&maller Hint"), tr("Let this hint cover less"), "[")
        self.erase_hints = make(tr("&Erase All Hints"), tr("Take all color hints of this photo away"), None)
        self.load_hints = make(
            tr("&Load Hints…"), tr("Put hints on the open photos from a file, or from a result saved with them"), None
        )
        self.save_hints = make(tr("Save &Hints…"), tr("Keep the hints of the open photos in a file"), None)
        self.cancel = make(tr("S&top"), tr("Stop what is under way"), "Esc")
        self.next_photo = make(tr("&Next Photo"), tr("Show the next open photo"), ["Ctrl+PgDown", "Ctrl+Tab"])
        self.previous_photo = make(
            tr("&Previous Photo"), tr("Show the open photo before"), ["Ctrl+PgUp", "Ctrl+Shift+Tab"]
        )
        self.next_in_folder = make(
            tr("N&ext Photo of the Folder"), tr("Open the next photo of this photo's folder"), "PgDown"
        )
        self.previous_in_folder = make(
            tr("Pre&vious Photo of the Folder"), tr("Open the photo before in this photo's folder"), "PgUp"
        )

        self.modes = {
            Mode.WIPE: make(tr("&Wipe"), tr("Before and after, divided by a line to drag"), "F5", "wipe"),
            Mode.SIDE: make(tr("&Side by Side"), tr("Before and after beside each other"), "F6", "side"),
            Mode.RESULT: make(tr("Result Onl&y"), tr("The colored photo alone"), "F7", "result"),
        }
        self._group(self.modes.values())
        self.original = make(
            tr("Show O&riginal"),
            tr("Hold, or hold Space, to see the photo as it came; its key switches"),
            "B",
            "original",
            short=tr("Original"),
        )
        self.original.setProperty(HELD_KEYS, ["Space", "\\"])
        self.line_left = make(tr("Move the Line Left"), tr("Move the dividing line left"), "Shift+Left")
        self.line_right = make(tr("Move the Line Right"), tr("Move the dividing line right"), "Shift+Right")
        self.zoom_in = make(tr("Zoom &In"), tr("Zoom in"), ["Ctrl++", "Ctrl+=", "+"], "zoom-in")
        self.zoom_out = make(tr("Zoom &Out"), tr("Zoom out"), ["Ctrl+-", "-"], "zoom-out")
        self.fit = make(tr("&Fit"), tr("Fit the whole photo"), ["Ctrl+0", "0"], "fit")
        self.actual = make(
            tr("&Actual Size (1:1)"),
            tr("Every pixel of the photo as one of the screen"),
            ["Ctrl+1", "1"],
            "actual",
        )
        self.pans = {
            (1, 0): make(tr("Move the View Left"), tr("Move the view left"), "Left"),
            (-1, 0): make(tr("Move the View Right"), tr("Move the view right"), "Right"),
            (0, 1): make(tr("Move the View Up"), tr("Move the view up"), "Up"),
            (0, -1): make(tr("Move the View Down"), tr("Move the view down"), "Down"),
        }
        self.filmstrip = make(tr("Fi&lmstrip"), tr("Show the open photos at the foot"), "F8")
        self.filmstrip.setCheckable(True)
        self.fullscreen = make(tr("F&ull Screen"), tr("Use the whole screen"), "F11")
        self.fullscreen.setCheckable(True)
        self.photo_only = make(tr("&Just the Photo"), tr("The photo alone on the whole screen"), "F")
        self.photo_only.setCheckable(True)
        self.themes = {
            Theme.SYSTEM: make(tr("As the &System"), tr("Light or dark as the system is"), None),
            Theme.LIGHT: make(tr("&Light"), tr("Light panels"), None),
            Theme.DARK: make(tr("&Dark"), tr("Dark panels"), None),
        }
        self._group(self.themes.values())
        self.teach = make(
            tr("&Teach a Model…"), tr("Make a model better at photographs like yours"), "Ctrl+T", short=tr("Teach")
        )
        self.clear_recent = make(tr("&Clear This List"), tr("Forget the photos opened lately"), None)
        self.shortcuts = make(tr("&Keyboard Shortcuts"), tr("All keys on one page"), "F1")
        self.guide = make(tr("&Guide"), tr("How to use Handtint, with pictures"), "Shift+F1")
        self.updates = make(
            tr("Check for a &Newer Version…"), tr("Read a version file; nothing is looked up in a network"), None
        )
        self.about = make(tr("&About Handtint"), tr("Version and licenses"), None)
        self.about.setMenuRole(QAction.MenuRole.AboutRole)
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)

    def set_colors(self, colors: Colors) -> None:
        for action, name in self._icons.items():
            action.setIcon(icons.icon(name, QColor(colors.text), QColor(colors.disabled)))

    def keep_keys_to(self, widget: QWidget, actions: Sequence[QAction], *, with_parts: bool = False) -> None:
        """Let keys that other controls need too, like arrows, work only while `widget` (or a part) has the focus."""
        context = Qt.ShortcutContext
        for action in actions:
            if with_parts:
                self._window.removeAction(action)  # all are parts of the window
            action.setShortcutContext(context.WidgetWithChildrenShortcut if with_parts else context.WidgetShortcut)
            widget.addAction(action)

    def make(self, text: str, tip: str, keys: Keys, icon: str = "", short: str = "") -> QAction:
        """An action of the window."""
        action = QAction(text, self._window)
        action.setIconText(short or text.replace("&", ""))
        if isinstance(keys, QKeySequence.StandardKey):
            action.setShortcut(QKeySequence(keys))
        elif keys is not None:
            action.setShortcuts([QKeySequence(key) for key in ([keys] if isinstance(keys, str) else keys)])
        first = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{tip} ({first})" if first else tip)
        action.setStatusTip("")
        if icon:
            self._icons[action] = icon
            action.setIconVisibleInMenu(False)
        self._window.addAction(action)
        return action

    def _group(self, actions: Iterable[QAction]) -> None:
        group = QActionGroup(self._window)
        for action in actions:
            action.setCheckable(True)
            group.addAction(action)


def connect(pairs: Sequence[tuple[QAction, Callable[[], object]]]) -> None:
    """Connect actions to functions that take no argument."""
    for action, function in pairs:
        action.triggered.connect(lambda _checked=False, function=function: function())
