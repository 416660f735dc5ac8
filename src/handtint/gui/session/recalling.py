"""Open photos that were not shown yet, put back to how they were left before something is done with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from handtint.gui.parts.worker import Worker
from handtint.gui.session.keeping import Keeping, Known
from handtint.gui.session.open_photo import OpenPhoto
from handtint.gui.session.splitting import Splitting
from handtint.model_card import ModelFile
from handtint.progress import Progress

Then = Callable[[list[OpenPhoto]], object]


class Recalling(QObject):
    """See the module's text.

    Args:
        worker: on whose thread files are looked up, one after the other.
        photos: the open ones, which may change.
        current: the one that is shown; reading it puts it back.
        model_named: the model that can be chosen under a name.
    """

    recalled = Signal()  # a photo is put back; prints may be in the place of scans
    failed = Signal(Exception)

    def __init__(
        self,
        worker: Worker,
        photos: Sequence[OpenPhoto],
        current: Callable[[], OpenPhoto | None],
        keeping: Keeping,
        splitting: Splitting,
        model_named: Callable[[str | None], ModelFile | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._worker, self._photos, self._current = worker, photos, current
        self._keeping, self._splitting, self._model_named = keeping, splitting, model_named

    def recall(self, photos: Sequence[OpenPhoto], then: Then) -> None:
        """Call `then` with these photos as they were left: with the prints of scans that were split, in their place."""
        self._recall_next(list(photos), [photo for photo in photos if photo.sha256 is None], then)

    def _recall_next(self, photos: list[OpenPhoto], unknown: list[OpenPhoto], then: Then) -> None:
        if not unknown:
            found = [one for photo in photos for one in (photo.prints if photo.is_split else (photo,))]
            then([one for one in found if one in self._photos])
            return
        photo, *others = unknown
        path, page = photo.path, photo.page

        def work(progress: Progress) -> Known:
            from handtint.imaging.provenance import is_result  # the window is there sooner

            return Known() if is_result(path) else self._keeping.look_up(path, page)  # a result leads to its photo

        def done(found: Known) -> None:
            if photo.sha256 is None and photo in self._photos and not (found.prints and photo is self._current()):
                self._keeping.put_back(photo, found, self._model_named)
                self._splitting.reopened(photo, None, found)
                if found.kept is not None:
                    self.recalled.emit()
            self._recall_next(photos, others, then)

        def failed(error: Exception) -> None:
            self.failed.emit(error)
            self._recall_next(photos, others, then)

        self._worker.submit(work, done, failed)
