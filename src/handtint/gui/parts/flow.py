"""A row of controls that goes on in a next line where there is too little room."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QSpacerItem, QStyle, QWidget

_SPACING = 8  # logical pixels, between controls and between lines
_SIDEWAYS = Qt.Orientation.Horizontal


class Flow(QLayout):
    """Lays out from the side where reading begins. What can grow sideways shares what is left of its line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setSpacing(_SPACING)

    def add_stretch(self) -> None:
        """Room that takes what is left of its line."""
        self.addItem(QSpacerItem(0, 0, QSizePolicy.Policy.Expanding))

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        """How many items there are, also those that are hidden."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]  # Qt asks beyond the end
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return _SIDEWAYS

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        margins = self.contentsMargins()
        lines = self._lines(width - margins.left() - margins.right())
        heights = [max(item.sizeHint().height() for item in line) for line in lines]
        between = self.spacing() * max(len(lines) - 1, 0)
        return sum(heights) + between + margins.top() + margins.bottom()

    def sizeHint(self) -> QSize:
        """All in one line."""
        return self._around(self._width(self._seen()))

    def minimumSize(self) -> QSize:
        return self._around(max((item.minimumSize().width() for item in self._seen()), default=0))

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        inside = rect.marginsRemoved(self.contentsMargins())
        y = inside.top() + max(rect.height() - self.heightForWidth(rect.width()), 0) // 2
        for line in self._lines(inside.width()):
            height = max(item.sizeHint().height() for item in line)
            growing = sum(_grows(item) for item in line)
            left_over = max(inside.width() - self._width(line), 0)
            x = inside.left()
            for item in line:
                size = item.sizeHint().boundedTo(QSize(inside.width(), height))
                if _grows(item):
                    size.setWidth(size.width() + left_over // growing)
                place = QRect(QPoint(x, y + (height - size.height()) // 2), size)
                item.setGeometry(QStyle.visualRect(self._direction(), inside, place))
                x += size.width() + self.spacing()
            y += height + self.spacing()

    def _seen(self) -> list[QLayoutItem]:
        return [item for item in self._items if item.spacerItem() or not item.isEmpty()]

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = []
        for item in self._seen():
            if not lines or self._width([*lines[-1], item]) > width:
                lines.append([])
            lines[-1].append(item)
        return lines

    def _width(self, items: list[QLayoutItem]) -> int:
        return sum(item.sizeHint().width() for item in items) + self.spacing() * max(len(items) - 1, 0)

    def _around(self, width: int) -> QSize:
        margins = self.contentsMargins()
        height = max((item.sizeHint().height() for item in self._seen()), default=0)
        return QSize(width + margins.left() + margins.right(), height + margins.top() + margins.bottom())

    def _direction(self) -> Qt.LayoutDirection:
        parent = self.parentWidget()
        return Qt.LayoutDirection.LeftToRight if parent is None else parent.layoutDirection()


def _grows(item: QLayoutItem) -> bool:
    return bool(item.expandingDirections() & _SIDEWAYS)
