"""Buttons and context menus made of actions, for toolbars, panels and what they surround."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

ICON = QSize(20, 20)


def action_button(action: QAction, parent: QWidget, *, has_text: bool = False, is_framed: bool = False) -> QToolButton:
    """A flat button, or a framed one; its picture alone, or with its text."""
    button = QToolButton(parent)
    button.setDefaultAction(action)
    button.setIconSize(ICON)
    if has_text:
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    if is_framed:
        button.setProperty("role", "framed")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(action.iconText())
    return button


def segments(actions: Iterable[QAction], parent: QWidget) -> QFrame:
    """Buttons side by side of which one is down."""
    frame = QFrame(parent)
    frame.setObjectName("modes")
    row = QHBoxLayout(frame)
    row.setContentsMargins(2, 2, 2, 2)
    row.setSpacing(2)
    for action in actions:
        row.addWidget(action_button(action, frame))
    return frame


def push_button(action: QAction, parent: QWidget, role: str = "") -> QPushButton:
    """A push button that follows an action: text, tip, whether it can be pressed."""
    button = QPushButton(parent)
    if role:
        button.setProperty("role", role)

    def follow() -> None:
        button.setText(action.iconText())
        button.setToolTip(action.toolTip())
        button.setAccessibleName(action.iconText())
        button.setEnabled(action.isEnabled())

    action.changed.connect(follow)
    button.clicked.connect(action.trigger)
    follow()
    return button


def add_context_menu(widget: QWidget, groups: Sequence[Sequence[QAction]]) -> None:
    """Let the right button, and the menu key, offer these actions on a widget."""

    def show(at: QPoint) -> None:
        menu = QMenu(widget)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for group in groups:
            menu.addActions(list(group))
            menu.addSeparator()
        inside = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
        menu.popup(inside.mapToGlobal(at))

    widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    widget.customContextMenuRequested.connect(show)
