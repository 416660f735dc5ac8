"""What the Help menu opens. Each dialog is imported when it is first opened, so that the window starts sooner."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def show_guide(window: QWidget) -> None:
    """Open the guide."""
    from handtint.gui.help.guide import GuideWindow

    GuideWindow(window).show()


def show_shortcuts(window: QWidget) -> None:
    """Open the list of keys."""
    from handtint.gui.help.shortcuts import ShortcutDialog

    ShortcutDialog(window).open()


def show_updates(window: QWidget) -> None:
    """Open the check for a newer version."""
    from handtint.gui.help.updates import UpdateDialog

    UpdateDialog(window).open()


def show_about(window: QWidget) -> None:
    """Open the information about this program."""
    from handtint.gui.help.about import AboutDialog

    AboutDialog(window).open()
