"""Repair of the current photo: what the section of the panel, the commands and the damage tool ask of the session."""

from __future__ import annotations

from PySide6.QtCore import QObject

from handtint.gui.parts.action_maker import connect
from handtint.gui.parts.translating import tr
from handtint.gui.repair.actions import RepairActions
from handtint.gui.repair.section import RepairSection
from handtint.gui.session.session import Session
from handtint.recipe.repair import Repair


class RepairCommands(QObject):
    """Connects them, and keeps the section and the commands as the photo is."""

    def __init__(self, session: Session, section: RepairSection, actions: RepairActions, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._section, self._actions = session, section, actions
        section.chosen.connect(session.editing.set_repair)
        section.settled.connect(session.editing.settle)
        section.taken.connect(lambda finding: session.editing.take_findings([finding]))
        section.color_chosen.connect(session.editing.set_colored)
        section.unseen_chosen.connect(session.developing.leave_out)
        connect(
            [
                (actions.auto, session.developing.inspect),
                (actions.take_all, self._take_all),
                (actions.reset, self._reset),
            ]
        )
        session.state_changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        current, actions = self._session.current, self._actions
        is_read = current is not None and current.photo is not None
        self._section.show_photo(current, self._session.developing.unseen)
        found = [finding for finding in (current.findings or ()) if finding.is_automatic] if current is not None else []
        is_left = current is not None and not all(current.asked.repair.has_all_of(finding.repair) for finding in found)
        actions.auto.setEnabled(is_read and not self._session.developing.is_looking)
        actions.take_all.setEnabled(is_read and is_left)
        actions.reset.setEnabled(is_read and current is not None and current.asked.is_repaired)

    def _take_all(self) -> None:
        current = self._session.current
        if current is not None and current.findings is not None:
            self._session.editing.take_findings([one for one in current.findings if one.is_automatic])

    def _reset(self) -> None:
        self._session.editing.set_repair(Repair(), name=tr("repair", "Reset Repair"))
        self._session.editing.settle()
