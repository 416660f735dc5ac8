"""Buttons that follow an action, for the bars above and below what is seen and the panels beside it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QWidget

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
