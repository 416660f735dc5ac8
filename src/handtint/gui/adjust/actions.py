"""The commands that adjust colors, as QActions."""

from __future__ import annotations

from PySide6.QtGui import QAction

from handtint.gui.parts.action_maker import ActionMaker
from handtint.gui.parts.translating import tr


class AdjustActions:
    """The actions by name, made once for a window."""

    def __init__(self, maker: ActionMaker) -> None:
        make = maker.make
        self.protect = make(
            tr("adjust", "&Protect Places"),
            tr("adjust", "Paint places that keep no color, or half of it"),
            "P",
            "protect",
            short=tr("adjust", "Protect"),
            is_checkable=True,
        )
        self.unprotect = make(
            tr("adjust", "Protect &Nothing"),
            tr("adjust", "Erase all protected places of this photo"),
            short=tr("adjust", "Erase All"),
        )
        self.take_colors = make(
            tr("adjust", "Take Colors from &Another Photo…"),
            tr("adjust", "Take colors from a photo in color, or from a result, where both show the same"),
            short=tr("adjust", "Colors of Another Photo…"),
        )
        self.drop_colors = make(
            tr("adjust", "Color It &by Itself"),
            tr("adjust", "Stop taking colors from the other photo"),
            icon="close",
            short=tr("adjust", "Color It by Itself"),
        )
        self.reset = make(
            tr("adjust", "Reset Ad&justments"),
            tr("adjust", "Colors as the model gave them: no warmth, every range at 100 %"),
            short=tr("adjust", "Reset Adjustments"),
        )

    @property
    def groups(self) -> list[list[QAction]]:
        """As menus show them."""
        return [[self.protect, self.unprotect], [self.take_colors, self.drop_colors], [self.reset]]
