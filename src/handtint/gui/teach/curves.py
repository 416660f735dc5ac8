"""How a lesson goes, as two curves over the minutes trained: the loss, and the error on held-out photos.

The only module that imports pyqtgraph, and only when the curves are first made: the main window does without.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from handtint.gui.parts.theme import Colors
from handtint.teaching.history import History

_AXIS_WIDTH = 62  # of both plots, so that their time axes line up


class Curves(QWidget):
    """Two plots that share a time axis. They do not react to the mouse."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        import pyqtgraph

        self._pen = pyqtgraph.mkPen
        self.view: Any = pyqtgraph.GraphicsLayoutWidget(self)
        self.view.setAntialiasing(True)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setFrameShape(self.view.Shape.NoFrame)
        self.view.ci.layout.setContentsMargins(0, 0, 4, 0)
        self.view.ci.layout.setVerticalSpacing(10)
        self.view.setAccessibleName(self.tr("Curves of the training"))
        self.view.setToolTip(
            self.tr(
                "Top: the loss on the photos that are learned from. Bottom: the color error on photos held out, "
                "in percent of the error of plain gray. Lower is better."
            )
        )
        self._loss_plot = self._plot(0, self.tr("Error while learning"), "")
        self._error_plot = self._plot(1, self.tr("Error on new photos (%)"), self.tr("Minutes"))
        self._error_plot.setXLink(self._loss_plot)
        self._loss = self._loss_plot.plot([], [], antialias=True)
        self._error = self._error_plot.plot([], [], antialias=True, symbol="o", symbolSize=6)
        self._parent_line = pyqtgraph.InfiniteLine(
            angle=0, label="", labelOpts={"position": 0.98, "anchors": [(1, 1), (1, 1)]}
        )
        self._parent_line.setVisible(False)
        self._error_plot.addItem(self._parent_line, ignoreBounds=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)

    def show_history(self, history: History, parent: str) -> None:
        """Draw the curves; `parent` names the model whose error the dashed line shows."""
        errors = [(minutes, 100 * error) for minutes, error in history.errors]
        self._loss.setData(*_columns(history.losses))
        self._error.setData(*_columns(errors))
        for plot, points in ((self._loss_plot, history.losses), (self._error_plot, errors)):
            plot.getAxis("left").setStyle(showValues=bool(points))
        last = max([point[0] for point in (*history.losses, *history.errors)], default=0.0)
        self._loss_plot.setXRange(0, max(last, 0.2), padding=0.02)
        line = history.parent_error
        self._parent_line.setVisible(line is not None)
        if line is not None:
            self._parent_line.setValue(100 * line)
            self._parent_line.label.setFormat(parent)
        if errors:
            values = [value for _, value in errors] + ([] if line is None else [100 * line])
            room = max((max(values) - min(values)) * 0.25, 1.0)
            self._error_plot.setYRange(min(values) - room, max(values) + room, padding=0)
        description = []
        if history.losses:
            description.append(self.tr("Error while learning {0}.").format(f"{history.losses[-1][1]:.3f}"))
        if errors:
            description.append(
                self.tr("Error on new photos {0} % of that of plain gray.").format(f"{errors[-1][1]:.1f}")
            )
        if line is not None:
            description.append(self.tr("{0} has {1} %.").format(parent, f"{100 * line:.1f}"))
        self.view.setAccessibleDescription(" ".join(description))

    def set_colors(self, colors: Colors) -> None:
        """Follow the theme."""
        self.view.setBackground(QColor(colors.ground))
        for plot in (self._loss_plot, self._error_plot):
            for side in ("left", "bottom"):
                axis = plot.getAxis(side)
                axis.setPen(self._pen(colors.edge if not colors.is_dark else colors.chosen))
                axis.setTextPen(self._pen(colors.muted))
                axis.label.setDefaultTextColor(QColor(colors.muted))
        self._loss.setPen(self._pen(colors.muted, width=1.6))
        self._error.setPen(self._pen(colors.focus, width=2))
        self._error.setSymbolBrush(QColor(colors.focus))
        self._error.setSymbolPen(self._pen(colors.ground, width=1))
        self._parent_line.setPen(self._pen(colors.muted, width=1.2, style=Qt.PenStyle.DashLine))
        self._parent_line.label.setColor(QColor(colors.muted))

    def _plot(self, row: int, left: str, bottom: str) -> Any:
        plot = self.view.addPlot(row=row, col=0)
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setMouseEnabled(False, False)
        plot.setLabel("left", left)
        if bottom:
            plot.setLabel("bottom", bottom)
        plot.getAxis("left").setWidth(_AXIS_WIDTH)
        plot.getAxis("bottom").setTickDensity(0.6)
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setStyle(tickLength=4)
        plot.showGrid(x=False, y=True, alpha=0.12)
        return plot


def _columns(points: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [x for x, _ in points], [y for _, y in points]
