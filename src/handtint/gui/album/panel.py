"""The panel beside the grid: the color of the selected photos or of all, and the facts about one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from handtint.album.photos import AlbumPhoto
from handtint.gui.album.model import state_word
from handtint.gui.parts.action_buttons import push_button
from handtint.gui.parts.fitting import ElidedLabel
from handtint.gui.parts.sidebar import Sidebar
from handtint.gui.parts.translating import tr
from handtint.recipe.settings import Settings


class AlbumPanel(Sidebar):
    """Shows settings, and signals when the user changes them.

    Args:
        actions: get a button each at the foot, the main one last.
    """

    settings_chosen = Signal(object)  # dict: the changed settings, by name, for what is selected
    settings_dropped = Signal()  # the selected photos go back to the album's settings

    def __init__(self, actions: Sequence[QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self._section = QLabel(self)
        self._section.setProperty("role", "section")
        self.title = ElidedLabel(self)
        self.text = self._label("muted")
        self.make_color_controls()
        self.drop = QPushButton(tr("album", "As the Al&bum"), self)
        self.drop.setToolTip(tr("album", "Give the selected photos the album's settings again"))
        self.drop.setAccessibleName(tr("album", "As the album"))
        self.facts = self._label("muted")
        self.trouble = self._label("danger")
        layout = QVBoxLayout()
        layout.addWidget(self._section)
        layout.addSpacing(2)
        layout.addWidget(self.title)
        layout.addWidget(self.text)
        layout.addSpacing(8)
        self.add_color_controls(layout)
        layout.addWidget(self.drop)
        layout.addSpacing(14)
        layout.addWidget(self.facts)
        layout.addWidget(self.trouble)
        foot = QVBoxLayout()
        for action in actions:
            foot.addWidget(push_button(action, self, "primary" if action is actions[-1] else ""))
        self.lay_out(layout, foot)
        self.vividness.changed.connect(lambda value: self.settings_chosen.emit({"vividness": value}))
        self.strength.changed.connect(lambda value: self.settings_chosen.emit({"strength": value}))
        self.closely.clicked.connect(lambda on: self.settings_chosen.emit({"closely": on}))
        self.drop.clicked.connect(self.settings_dropped)

    def show_selection(self, selected: Sequence[AlbumPhoto], count: int, settings: Settings, is_mixed: bool) -> None:
        """Show the settings of what is selected.

        Args:
            count: how many photos the album has.
            settings: of the first selected photo, or of the album where none is selected.
            is_mixed: whether the selected photos differ in their settings.
        """
        self.show_color(settings)
        own = sum(photo.has_own for photo in selected)
        self._section.setText(tr("album", "Selected") if selected else tr("album", "Album"))
        if not selected:
            title = (
                tr("album", "All {count} photos", count=QLocale().toString(count))
                if count != 1
                else tr("album", "1 photo")
            )
            text = tr("album", "Select photos to give them settings of their own.")
        elif len(selected) == 1:
            title = selected[0].path.name
            text = tr("album", "Settings of its own") if own else tr("album", "Settings of the album")
        else:
            title = tr("album", "{count} photos", count=QLocale().toString(len(selected)))
            text = (
                tr("album", "Their settings differ; a change applies to all of them.")
                if is_mixed
                else tr("album", "Settings of their own")
                if own
                else tr("album", "Settings of the album")
            )
        self.title.show_text(title, str(selected[0].path) if len(selected) == 1 else "")
        self.text.setText(text)
        self.drop.setEnabled(own > 0)
        one = selected[0] if len(selected) == 1 else None
        self.facts.setText("\n".join(self._facts(one)) if one is not None else "")
        self.trouble.setText(one.text if one is not None else "")

    def _facts(self, photo: AlbumPhoto) -> list[str]:
        words = state_word(photo)
        facts = [words[:1].upper() + words[1:]]
        if photo.verdict is not None:
            facts.append(tr("album", "Accepted") if photo.verdict == "accepted" else tr("album", "Rejected"))
        if photo.folder:
            facts.append(tr("album", "In {folder}", folder=photo.folder))
        moment = photo.modified if photo.taken is None else photo.taken
        when = QLocale().toString(QDateTime.fromSecsSinceEpoch(int(moment)), QLocale.FormatType.ShortFormat)
        facts.append(
            tr("album", "File of {date}", date=when) if photo.taken is None else tr("album", "Taken {date}", date=when)
        )
        if photo.has_result and photo.target is not None:
            facts.append(tr("album", 'Result "{name}"', name=photo.target.name))
        return facts

    def _label(self, role: str) -> QLabel:
        label = QLabel(self)
        label.setProperty("role", role)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label
