"""Chooses the message over the photo: work in progress, news, errors, and what can be done about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices

from handtint import paths
from handtint.gui.parts.translating import tr, translated
from handtint.gui.parts.words import isolated
from handtint.gui.photo.notice import Message, Notice
from handtint.gui.saving.results import Batch, Results
from handtint.gui.session.open_photo import PhotoState
from handtint.gui.session.session import Session

_MOST_NAMES = 3
_PATIENCE_MS = 250  # shorter work shows no message: it would only flash

LEAST_MS = 8_000  # that news is seen
_LETTER_MS = 90  # at least, for each letter to read


class Announcer(QObject):
    """Says in the notice what became of photos and results."""

    def __init__(self, session: Session, results: Results, notice: Notice, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._results, self._notice = session, results, notice
        self._news: Message | None = None
        self._work_text = ""
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(lambda: self._notice.show_message(self._message()))
        self._leaving = QTimer(self)
        self._leaving.setSingleShot(True)
        self._leaving.timeout.connect(self._leave)
        session.state_changed.connect(self._refresh)
        session.current_changed.connect(self._drop_news)
        session.photo_read.connect(self._offer_to_invert)
        session.progressed.connect(self._follow)
        results.saved.connect(self._tell_saved)
        results.all_saved.connect(self._tell_all_saved)
        results.copied.connect(lambda image: self.tell("done", tr("photo", "The result is on the clipboard.")))
        session.troubled.connect(lambda sentence: self.tell("warning", sentence))

    def tell(self, icon: str, text: str, button: tuple[str, Callable[[], None]] | None = None) -> None:
        """Say news, until it is closed or another photo is shown.

        What only says that something was done goes by itself after some seconds; warnings and what asks for something
        stay.
        """
        self._say(Message(icon, text, button, dismissed=self._drop_news), icon == "done" or button is None)

    def offer(self, text: str, label: str, act: Callable[[], None], *, is_urgent: bool = True) -> None:
        """Say news with something to do about it, until that is done; what is not urgent goes by itself."""

        def take() -> None:
            self._drop_news()
            act()

        self._say(Message("info", text, (label, take), dismissed=self._drop_news), not is_urgent)

    def _say(self, message: Message, is_passing: bool) -> None:
        self._news = message
        if is_passing and message.icon != "warning":
            self._leaving.start(max(LEAST_MS, _LETTER_MS * len(message.text)))
        else:
            self._leaving.stop()
        self._refresh()

    def _leave(self) -> None:
        """Take away news that was to be seen for a while, unless somebody is about to do something with it."""
        notice = self._notice
        is_seen = notice.message is self._news and notice.isVisible()
        if is_seen and not (notice.underMouse() or notice.isAncestorOf(notice.window().focusWidget() or notice)):
            self._drop_news()
        else:
            self._leaving.start(LEAST_MS)

    def _offer_to_invert(self) -> None:
        current = self._session.current
        if current is not None and current.looks_negative:
            text, invert = tr("photo", "This looks like a negative."), self._session.editing.set_inverted
            self.offer(text, tr("photo", "In&vert"), lambda: invert(True))

    def _tell_saved(self, path: Path, notes: tuple[str, ...]) -> None:
        self._tell_of_files(
            path.parent, "done", [tr("photo", 'Saved "{name}".', name=path.name), *map(translated, notes)]
        )

    def _tell_all_saved(self, batch: Batch) -> None:
        """One summary of all."""
        count, folder = len(batch.saved), batch.folder.name or str(batch.folder)
        left = batch.count - count - len(batch.in_color) - len(batch.failed)
        parts = [
            tr("photo", 'Saved {count} photos in "{folder}".', count=count, folder=folder)
            if count != 1
            else tr("photo", 'Saved 1 photo in "{folder}".', folder=folder)
        ]
        if batch.is_stopped:
            parts.append(tr("photo", "Stopped: {left} not saved yet.", left=left))
        if batch.in_color:
            names = _names([photo.name for photo in batch.in_color])
            parts.append(tr("photo", "Already in color and left unchanged: {names}.", names=names))
        parts += [f"{_names(names)}: {translated(note)}" for note, names in batch.notes.items()]
        if batch.failed:
            parts.append(tr("photo", "Not saved: {names}.", names=_names([name for name, _ in batch.failed])))
            parts.append(batch.failed[0][1])
        self._tell_of_files(batch.folder, "warning" if batch.failed else "done", parts)

    def _tell_of_files(self, folder: Path, icon: str, sentences: Sequence[str]) -> None:
        def show_in_folder() -> None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

        self.tell(icon, " ".join(sentences), (tr("photo", "Sho&w in Folder"), show_in_folder))

    def _drop_news(self) -> None:
        self._leaving.stop()
        self._news = None
        self._refresh()

    def _follow(self, fraction: float, text: str) -> None:
        if text:
            self._work_text = translated(text)
        self._notice.show_progress(fraction)
        if self._notice.message is not None and self._notice.message.is_work:
            self._notice.show_message(self._message())

    def _refresh(self) -> None:
        message = self._message()
        was_work = self._notice.message is not None and self._notice.message.is_work
        if message is None or not message.is_work:
            self._patience.stop()
            self._work_text = ""
            self._notice.show_message(message)
        elif was_work:
            self._notice.show_message(message)
        elif not self._patience.isActive():
            self._notice.show_message(None)
            self._notice.show_progress(0.0)
            self._patience.start()

    def _message(self) -> Message | None:
        session, current = self._session, self._session.current
        if self._results.is_writing:
            stop = (tr("photo", "Stop"), self._results.cancel)
            return Message("save", self._work_text or tr("photo", "Saving"), stop, is_work=True)
        if current is not None and (current.state is PhotoState.REPAIRING or session.developing.is_looking):
            text = self._work_text or tr("photo", 'Repairing "{name}"', name=current.name)
            return Message("photo", text, (tr("photo", "Stop"), session.developing.cancel), is_work=True)
        if current is not None and current.state is PhotoState.COLORING:
            text = self._work_text or tr("photo", 'Coloring "{name}"', name=current.name)
            return Message("photo", text, (tr("photo", "Stop"), session.developing.cancel), is_work=True)
        if current is not None and current.state is PhotoState.READING:
            return Message("photo", tr("photo", 'Opening "{name}"', name=current.name), is_work=True)
        if self._news is not None:
            return self._news
        if current is None or current.state is not PhotoState.READY:
            return None
        if not current.is_repair_done:
            text = current.error or tr("photo", "Repair was stopped.")
            again = tr("photo", "Tr&y Again") if current.error else tr("photo", "R&epair It")
            return Message("warning" if current.error else "info", text, (again, session.developing.resume))
        if not session.models:
            return Message("warning", current.error, (tr("photo", "Models Fo&lder"), _show_models_folder))
        if current.error:
            return Message("warning", current.error, (tr("photo", "Tr&y Again"), session.editing.recolor))
        if current.is_left_alone:
            return Message(
                "info",
                tr("photo", "This photo is already in color."),
                (tr("photo", "Recolor Any&way"), session.editing.recolor),
            )
        return Message(
            "info", tr("photo", "Coloring was stopped."), (tr("photo", "C&olor It"), session.editing.recolor)
        )


def _names(names: Sequence[str]) -> str:
    return ", ".join(f'"{isolated(name)}"' for name in names[:_MOST_NAMES]) + ("…" if len(names) > _MOST_NAMES else "")


def _show_models_folder() -> None:
    paths.user_models_dir().mkdir(parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(paths.user_models_dir())))
