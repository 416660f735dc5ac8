"""The pages of the Help menu, each imported when it is opened: the window is there sooner."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def show_guide(window: QWidget) -> None:
    from handtint.gui.help.guide import GuidePage

    GuidePage(window).show()


def show_shortcuts(window: QWidget) -> None:
    from handtint.gui.help.pages import ShortcutPage

    ShortcutPage(window).open()


def show_updates(window: QWidget) -> None:
    from handtint.gui.help.updates import UpdatePage

    UpdatePage(window).open()


def show_about(window: QWidget) -> None:
    from handtint.gui.help.pages import About

    About(window).open()
