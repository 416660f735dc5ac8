"""Renaming and deleting the user's own model that is chosen; bundled ones stay."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QInputDialog, QWidget

from handtint.errors import ModelError
from handtint.gui.parts.dialogs import ask
from handtint.gui.parts.model_names import title_of
from handtint.gui.parts.translating import tr, translated
from handtint.gui.session.session import Session
from handtint.model_card import ModelFile
from handtint.teaching import own_models


class OwnModels(QObject):
    """See the module's text.

    Args:
        tell: shows an icon's name and a sentence.
        changed: the models are others, or called otherwise.
    """

    def __init__(
        self, session: Session, tell: Callable[[str, str], object], changed: Callable[[], object], window: QWidget
    ) -> None:
        super().__init__(window)
        self._session, self._tell, self._changed, self._window = session, tell, changed, window

    @property
    def chosen(self) -> ModelFile | None:
        """The model of the photo on show, or for those to come, if it is one of the user's."""
        current = self._session.current
        model = current.model if current is not None else self._session.default_model
        return model if model is not None and own_models.is_own(model) else None

    def ask_and_rename(self) -> None:
        """Ask for another name."""
        if (model := self.chosen) is not None:
            old, title = title_of(model.card.name), tr("own_models", "Rename Model")
            new, is_given = QInputDialog.getText(self._window, title, tr("own_models", "New name"), text=old)
            if is_given:
                self.rename(model, new)

    def rename(self, model: ModelFile, title: str) -> None:
        """Call a model so in the window."""
        others = [title_of(other.card.name) for other in self._session.models if other != model]
        try:
            own_models.rename(model, title, others)
        except ModelError as error:
            self._tell("warning", translated(error))
        else:
            self._changed()
            self._tell("done", tr("own_models", 'It is called "{name}" now.', name=title_of(model.card.name)))

    def ask_and_delete(self) -> None:
        """Ask, then delete the model; photos go on with the usual one."""
        model = self.chosen
        if model is None:
            return
        name = title_of(model.card.name)
        if not ask(
            self._window,
            tr("own_models", 'Delete the model "{name}"?', name=name),
            tr("own_models", "What it learned is lost for good. Results that it colored stay as they are."),
            tr("own_models", "&Delete"),
            tr("own_models", "&Keep It"),
        ):
            return
        try:
            own_models.delete(model)
        except ModelError as error:
            self._tell("warning", translated(error))
            return
        self._session.drop_model(model)
        self._changed()
        self._tell("done", tr("own_models", 'The model "{name}" is deleted.', name=name))
