"""Light and dark: colors, palette, style sheet. Grays are neutral (R = G = B), to judge color beside them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from handtint import paths


class Theme(Enum):
    """Light, dark, or as the system has it."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class Colors:
    """What the window is painted with; names of CSS colors.

    Attributes:
        surround: around the photo.
        ground, raised, sunken: panels, controls, fields.
        edge, border: lines between panels; borders of controls, which must be seen to find the control.
    """

    is_dark: bool
    surround: str
    ground: str
    raised: str
    hover: str
    pressed: str
    chosen: str
    sunken: str
    edge: str
    border: str
    handle: str
    handle_edge: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_hover: str
    accent_text: str
    focus: str
    danger: str
    chevron: str


DARK = Colors(
    is_dark=True,
    surround="#3c3c3c",
    ground="#262626",
    raised="#383838",
    hover="#444444",
    pressed="#2e2e2e",
    chosen="#474747",
    sunken="#1c1c1c",
    edge="#171717",
    border="#848484",
    handle="#ececec",
    handle_edge="#171717",
    text="#ececec",
    muted="#a6a6a6",
    disabled="#6c6c6c",
    accent="#3470c4",
    accent_hover="#3976ca",
    accent_text="#ffffff",
    focus="#7fb2f5",
    danger="#f0a38f",
    chevron="chevron-on-dark",
)
LIGHT = Colors(
    is_dark=False,
    surround="#7d7d7d",
    ground="#f3f3f3",
    raised="#ffffff",
    hover="#e9e9e9",
    pressed="#dcdcdc",
    chosen="#d8d8d8",
    sunken="#ffffff",
    edge="#cfcfcf",
    border="#868686",
    handle="#ffffff",
    handle_edge="#8a8a8a",
    text="#1e1e1e",
    muted="#606060",
    disabled="#a4a4a4",
    accent="#2768c0",
    accent_hover="#3274cf",
    accent_text="#ffffff",
    focus="#2768c0",
    danger="#a83a22",
    chevron="chevron-on-light",
)


class ThemeKeeper(QObject):
    """Applies the chosen theme to the application, and follows the system's where that is the choice."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self.theme = Theme.SYSTEM
        self.colors = LIGHT
        self._are_applied = False
        self._is_applying = False
        app.styleHints().colorSchemeChanged.connect(self._follow)

    def choose(self, theme: Theme) -> None:
        """Apply a theme."""
        self.theme = theme
        self._is_applying = True  # the next line announces a change that is ours
        QGuiApplication.styleHints().setColorScheme(
            {Theme.LIGHT: Qt.ColorScheme.Light, Theme.DARK: Qt.ColorScheme.Dark}.get(theme, Qt.ColorScheme.Unknown)
        )
        self._is_applying = False
        self._apply()

    def _follow(self) -> None:
        if not self._is_applying and self.theme is Theme.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        is_dark = self.theme is Theme.DARK or (
            self.theme is Theme.SYSTEM and self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        )
        colors = DARK if is_dark else LIGHT
        if self._are_applied and colors is self.colors:
            return  # the style of hundreds of widgets takes a tenth of a second
        self.colors, self._are_applied = colors, True
        # Where there is a sheet, Qt applies another one to each widget anew for every parent that it has: eight times,
        # 350 ms for 640 widgets. Taken off first, it is applied once: 85 ms, with the same picture.
        self._app.setStyleSheet("")
        self._app.setPalette(palette(self.colors))
        self._app.setStyleSheet(style_sheet(self.colors))
        self.changed.emit()


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet selects by, such as `role`, and apply the style at once."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def palette(colors: Colors) -> QPalette:
    """Qt's palette in these colors."""
    result = QPalette()
    role = QPalette.ColorRole
    for which, name in {
        role.Window: colors.ground,
        role.WindowText: colors.text,
        role.Base: colors.sunken,
        role.AlternateBase: colors.raised,
        role.Text: colors.text,
        role.PlaceholderText: colors.muted,
        role.Button: colors.raised,
        role.ButtonText: colors.text,
        role.ToolTipBase: colors.raised,
        role.ToolTipText: colors.text,
        role.Highlight: colors.accent,
        role.HighlightedText: colors.accent_text,
        role.Link: colors.focus,
        role.Mid: colors.edge,
        role.Dark: colors.edge,
        role.Light: colors.hover,
    }.items():
        result.setColor(which, QColor(name))
    for which in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, which, QColor(colors.disabled))
    return result


def style_sheet(colors: Colors) -> str:
    """The style sheet in these colors."""
    values = {name: str(value) for name, value in vars(colors).items()}
    is_mirrored = QGuiApplication.isRightToLeft()
    values["filled"] = "add-page" if is_mirrored else "sub-page"  # what lies before the handle
    values["before"], values["behind"] = ("right", "left") if is_mirrored else ("left", "right")
    values["icons"] = paths.icons_dir().as_posix()
    return _SHEET.substitute(values)


_SHEET = Template("""
QMainWindow, QDialog { background: $ground; }
QToolTip { background: $raised; color: $text; border: 1px solid $edge; padding: 4px 7px; }
QMenuBar { background: $ground; padding: 1px 4px; }
QMenuBar::item { padding: 5px 9px; border-radius: 5px; background: transparent; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $ground; border: 1px solid $edge; padding: 5px; }
QMenu::item { padding: 6px 26px 6px 26px; border-radius: 5px; }
QMenu::item:selected { background: $accent; color: $accent_text; }
QMenu::item:disabled { color: $disabled; background: transparent; }
QMenu::separator { height: 1px; background: $edge; margin: 5px 8px; }
QMenu::indicator { left: 7px; width: 12px; height: 12px; }

#bar { background: $ground; border-bottom: 1px solid $edge; }
#sidebar { background: $ground; border-$before: 1px solid $edge; }
#strip { background: $ground; border-top: 1px solid $edge; }
QStatusBar { background: $ground; border-top: 1px solid $edge; color: $muted; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $muted; padding: 3px 10px; }

/* Names of files and sentences about them are no markup, whatever is in them. */
QLabel, QToolTip { qproperty-textFormat: PlainText; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="section"] { color: $muted; font-weight: 600; }
QToolButton[role="section"] { color: $muted; font-weight: 600; padding: 2px 4px 2px 0; }
QToolButton[role="section"]:checked { background: transparent; }
QLabel[role="title"] { font-weight: 600; }
QLabel[role="danger"] { color: $danger; }
QLabel:disabled { color: $disabled; }

QPushButton {
    background: $raised;
    color: $text;
    border: 1px solid $border;
    border-radius: 6px;
    padding: 7px 14px;
}
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $pressed; }
QPushButton:checked { background: $chosen; border: 1px solid $accent; }
QPushButton:disabled { color: $disabled; background: $ground; }
QPushButton:focus { border: 1px solid $focus; }
QPushButton[role="primary"],
QPushButton:default {
    background: $accent;
    color: $accent_text;
    border-color: $accent;
}
/* Not for a default button, which Qt measures before it is one, and would cut off what bold letters take more. */
QPushButton[role="primary"] { font-weight: 600; }
QPushButton[role="primary"]:hover, QPushButton:default:hover { background: $accent_hover; }
QPushButton[role="primary"]:focus, QPushButton:default:focus { border: 1px solid $text; }
QPushButton[role="primary"]:disabled {
    background: $raised;
    color: $disabled;
    border-color: $edge;
}

QPushButton[role="link"] { background: transparent; border-color: transparent; color: $focus; padding: 1px 4px; }
QPushButton[role="link"]:hover { background: $hover; }
QPushButton[role="link"]:focus { border-color: $focus; }
QPushButton[role="link"]:disabled { color: $disabled; background: transparent; }

QToolButton {
    background: transparent;
    border: 1px solid transparent;
    border-radius: 6px;
    padding: 5px 7px;
}
QToolButton:hover { background: $hover; }
QToolButton:pressed { background: $pressed; border-color: $edge; }
QToolButton:checked { background: $chosen; border-color: $edge; }
QToolButton:focus { border-color: $focus; }
QToolButton:disabled { color: $disabled; background: transparent; border-color: transparent; }
QToolButton::menu-indicator { image: none; }
QToolButton[popupMode="1"] { padding-$behind: 20px; }
QToolButton::menu-button { background: transparent; border: none; width: 18px; }
QToolButton::menu-arrow { image: url("$icons/$chevron.svg"); width: 11px; height: 11px; }
#modes { background: $ground; border: 1px solid $border; border-radius: 7px; }
#modes QToolButton { border-radius: 5px; padding: 4px 9px; }
#modes QToolButton:checked { background: $chosen; border-color: transparent; }
#modes QToolButton:checked:focus, #modes QToolButton:focus { border-color: $focus; }
#modes QToolButton:disabled { background: transparent; }
#variants QToolButton { padding: 3px 1px 1px 1px; color: $muted; }
#variants QToolButton:checked { background: $hover; border: 2px solid $accent; padding: 2px 0 0 0; color: $text; }
#variants QToolButton:focus { border-color: $focus; }
#variants QToolButton:checked:focus { border-color: $text; }
#variants QToolButton:checked:disabled { border-color: $edge; color: $disabled; }

/* Fusion draws the chosen row of its own popup in the light color of frames, on which the light text is not seen. */
QComboBox { background: $raised; border: 1px solid $border; border-radius: 6px; padding: 6px 10px; combobox-popup: 0; }
QComboBox:hover { background: $hover; }
QComboBox:focus { border-color: $focus; }
QComboBox:disabled { color: $disabled; background: $ground; }
QComboBox::drop-down { border: none; width: 26px; }
QComboBox::down-arrow { image: url("$icons/$chevron.svg"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $ground; border: 1px solid $edge; padding: 4px; outline: none;
    selection-background-color: $accent; selection-color: $accent_text; }
QLineEdit,
QSpinBox,
QPlainTextEdit,
QTextBrowser {
    background: $sunken;
    border: 1px solid $border;
    border-radius: 6px;
    padding: 6px 8px;
}
QLineEdit:focus, QSpinBox:focus, QPlainTextEdit:focus, QTextBrowser:focus { border-color: $focus; }
QSpinBox QLineEdit { background: transparent; border: none; padding: 0; }
QSpinBox::up-button, QSpinBox::down-button { width: 0; border: none; }
QCheckBox { spacing: 8px; padding: 2px; border: 1px solid transparent; border-radius: 4px; }
QCheckBox:focus { border-color: $focus; }
QCheckBox::indicator {
    width: 16px;
    height: 16px;
    border: 1px solid $muted;
    border-radius: 4px;
    background: $sunken;
}
QCheckBox::indicator:checked {
    background: $accent;
    border-color: $accent;
    image: url("$icons/check-on-accent.svg");
}
QCheckBox::indicator:disabled { border-color: $disabled; }

QSlider { min-height: 24px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $edge; }
QSlider::$filled:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::$filled:horizontal:disabled { background: $edge; }
QSlider::handle:horizontal {
    width: 14px;
    height: 14px;
    margin: -6px 0;
    border-radius: 8px;
    background: $handle;
    border: 1px solid $handle_edge;
}
QSlider::handle:horizontal:hover { background: $focus; }
QSlider::handle:horizontal:focus { border: 2px solid $focus; }
QSlider::handle:horizontal:disabled { background: $disabled; }

QProgressBar { background: $edge; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }

QListWidget { background: transparent; border: none; outline: none; }
QListWidget::item { border: 2px solid transparent; border-radius: 6px; padding: 3px; }
QListWidget::item:hover { background: $hover; }
QListWidget::item:selected { background: $hover; border-color: $accent; color: $text; }
QListWidget::item:selected:focus { border-color: $text; }
QScrollBar:horizontal {
    height: 8px;
    background: transparent;
    } QScrollBar:vertical { width: 8px;
    background: transparent;
}
QScrollBar::handle { background: $disabled; border-radius: 4px; min-width: 30px; min-height: 30px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QTableWidget::item { padding: 0 10px; }
QTableWidget {
    background: $sunken;
    border: 1px solid $border;
    border-radius: 6px;
    gridline-color: transparent;
}

#notice { background: $ground; border: 1px solid $edge; border-radius: 10px; }
#chooser { background: $ground; border: 1px solid $edge; border-radius: 10px; }
QLineEdit[wrong="true"] { border-color: $danger; }
#welcome { background: $ground; }
#drop { border: 1px dashed $disabled; border-radius: 14px; background: transparent; }
#drop[hot="true"] { border: 2px solid $accent; background: $hover; }
#sample { border-radius: 8px; padding: 6px 2px; color: $muted; }
#sample:hover { color: $text; }
#albumgrid { background: $ground; border: none; outline: none; padding: 8px; }
#albumgrid:focus { border: none; }
QToolButton[role="framed"] { background: $raised; border: 1px solid $border; padding: 6px 12px; }
QToolButton[role="framed"]:hover { background: $hover; }
QToolButton[role="framed"]:checked { background: $hover; border-color: $focus; }
QToolButton[role="framed"]:focus { border-color: $focus; }
QToolButton[role="framed"]:disabled { background: $ground; border-color: $edge; }
QTableView { background: $sunken; border: 1px solid $border; border-radius: 6px; gridline-color: transparent; }
QTableView:focus { border-color: $focus; }
QTableView::item { padding: 0 8px; }
QHeaderView { background: transparent; }
QHeaderView::section { background: $sunken; color: $muted; border: none; padding: 6px 8px; }
#card { background: $raised; border: 1px solid $edge; border-radius: 10px; }
#folders { background: $sunken; border: 1px solid $border; border-radius: 6px; padding: 4px; }
#folders:focus { border-color: $focus; }
#folders::item { padding: 4px 6px; }
#sheet { background: transparent; border: 1px solid transparent; border-radius: 4px; }
#sheet:focus { border-color: $focus; }
#trouble { background: $ground; border: 1px solid $edge; border-radius: 12px; }
""")
