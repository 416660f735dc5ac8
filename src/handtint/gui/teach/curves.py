"""The course of a lesson, as two curves over the minutes trained: the loss, and the error on held-out photos.

The only module that imports pyqtgraph, and only when the curves are first made: the main window needs none. That
takes half a second, so a thread does it while the form is filled in.
"""

from __future__ import annotations

import contextlib
import importlib
import threading
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from handtint.gui.parts.theme import Colors
from handtint.gui.parts.translating import tr
from handtint.gui.parts.words import number
from handtint.teaching.history import TrainingHistory

_AXIS_WIDTH = 62  # of both plots, so that their time axes line up


class Curves(QWidget):
    """The place of the curves, which are there as soon as they can be.

    Attributes:
        plots: None until then.
    """

    _loaded = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.plots: Plots | None = None
        self._shown: tuple[TrainingHistory, str] | None = None
        self._colors: Colors | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self._loaded.connect(self._make)
        threading.Thread(target=self._load, name="handtint-plots", daemon=True).start()

    def show_history(self, history: TrainingHistory, parent: str) -> None:
        """Draw the curves; `parent` names the model whose error the dashed line shows."""
        self._shown = history, parent
        if self.plots is not None:
            self.plots.show_history(history, parent)

    def set_colors(self, colors: Colors) -> None:
        """Follow the theme."""
        self._colors = colors
        if self.plots is not None:
            self.plots.set_colors(colors)

    def _load(self) -> None:
        """On a thread of its own."""
        importlib.import_module("pyqtgraph")
        with contextlib.suppress(RuntimeError):  # the window is gone
            self._loaded.emit()

    def _make(self) -> None:
        self.plots = Plots(self)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(self.plots.view)
        if self._colors is not None:
            self.plots.set_colors(self._colors)
        if self._shown is not None:
            self.plots.show_history(*self._shown)


class Plots:
    """Two plots that share a time axis. They do not react to the mouse.

    Attributes:
        view: the widget that holds both.
    """

    def __init__(self, parent: QWidget) -> None:
        import pyqtgraph

        self._pen = pyqtgraph.mkPen
        self.view: Any = pyqtgraph.GraphicsLayoutWidget(parent)
        self.view.setAntialiasing(True)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setFrameShape(self.view.Shape.NoFrame)
        self.view.ci.layout.setContentsMargins(0, 0, 4, 0)
        self.view.ci.layout.setVerticalSpacing(10)
        self.view.setAccessibleName(tr("teach", "Curves of the training"))
        self.view.setToolTip(
            tr(
                "teach",
                "Top: the loss on the photos that are learned from. Bottom: the color error on photos held out, "
                "in percent of the error of plain gray. Lower is better.",
            )
        )
        self._loss_plot = self._plot(0, tr("teach", "Error while learning"), "")
        self._error_plot = self._plot(1, tr("teach", "Error on new photos (%)"), tr("teach", "Minutes"))
        self._error_plot.setXLink(self._loss_plot)
        self._loss = self._loss_plot.plot([], [], antialias=True)
        self._error = self._error_plot.plot([], [], antialias=True, symbol="o", symbolSize=6)
        self._parent_line = pyqtgraph.InfiniteLine(
            angle=0, label="", labelOpts={"position": 0.98, "anchors": [(1, 1), (1, 1)]}
        )
        self._parent_line.setVisible(False)
        self._error_plot.addItem(self._parent_line, ignoreBounds=True)

    def show_history(self, history: TrainingHistory, parent: str) -> None:
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
            description.append(
                tr("teach", "Error while learning {losses_1}.", losses_1=number(history.losses[-1][1], 3))
            )
        if errors:
            description.append(
                tr(
                    "teach",
                    "Error on new photos {errors_1} % of that of plain gray.",
                    errors_1=number(errors[-1][1], 1),
                )
            )
        if line is not None:
            description.append(tr("teach", "{parent} has {line} %.", parent=parent, line=number(100 * line, 1)))
        self.view.setAccessibleDescription(" ".join(description))

    def set_colors(self, colors: Colors) -> None:
        """Follow the theme."""
        self.view.setBackground(QColor(colors.ground))
        for plot in (self._loss_plot, self._error_plot):
            for edge in ("left", "bottom"):
                axis = plot.getAxis(edge)
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
        for edge in ("left", "bottom"):
            axis = plot.getAxis(edge)
            axis.enableAutoSIPrefix(False)
            axis.setStyle(tickLength=4)
        plot.showGrid(x=False, y=True, alpha=0.12)
        return plot


def _columns(points: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [x for x, _ in points], [y for _, y in points]
