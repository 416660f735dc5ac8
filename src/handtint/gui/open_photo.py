"""What the session knows of one photo."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from handtint.gui.history import History
from handtint.gui.pixels import Layer
from handtint.imaging.hints import Hint
from handtint.imaging.save_options import SaveOptions
from handtint.imaging.tone import Tone
from handtint.model_card import ModelFile
from handtint.settings import Settings

if TYPE_CHECKING:
    from handtint.imaging.photo import Photo
    from handtint.imaging.prediction import Prediction
    from handtint.restore import Preview


class Stage(Enum):
    """How far a photo is."""

    WAITING = "waiting"  # not looked at yet
    READING = "reading"
    UNREADABLE = "unreadable"
    READY = "ready"  # read and not colored: it failed, was stopped, or is in color already
    COLORING = "coloring"
    DONE = "done"  # in color


@dataclass(eq=False)
class OpenPhoto:
    """One photo of the session.

    Attributes:
        error: sentence on what went wrong last, if anything did.
        variants: small pictures of all colorings there are to choose from, with the settings.
        predictions: by the path of the model that made them.
        history: the settings before these.
        saved_to, saved_options, saved_look: the last file written from it, how, and what was in it.
        kept_hints: the hints that a file holds.
    """

    path: Path
    model: ModelFile | None
    settings: Settings = field(default_factory=Settings)
    stage: Stage = Stage.WAITING
    error: str = ""
    photo: Photo | None = None
    preview: Preview | None = None
    tone: Tone | None = None
    before: Layer | None = None
    after: Layer | None = None
    thumbnail: QImage | None = None
    variants: tuple[QImage, ...] = ()
    predictions: dict[Path, Prediction] = field(default_factory=dict)
    history: History = field(default_factory=History)
    saved_to: Path | None = None
    saved_options: SaveOptions = field(default_factory=SaveOptions)
    saved_look: tuple[Path, Settings] | None = None
    kept_hints: tuple[Hint, ...] = ()

    @property
    def look(self) -> tuple[Path, Settings] | None:
        return None if self.model is None else (self.model.path, self.settings)

    @property
    def prediction(self) -> Prediction | None:
        """What the model says; None where it was not asked yet."""
        return None if self.model is None else self.predictions.get(self.model.path)

    @property
    def is_adjusted(self) -> bool:
        """Whether someone set how it looks, and no file has that look yet."""
        is_set = self.settings != self.first_settings and (self.prediction is not None or bool(self.settings.hints))
        return is_set and self.look != self.saved_look

    @property
    def has_loose_hints(self) -> bool:
        """Whether it has hints that no file holds."""
        return bool(self.settings.hints) and self.settings.hints != self.kept_hints

    @property
    def first_settings(self) -> Settings:
        """The settings a photo starts with; what is no matter of taste stays as it is."""
        return Settings(recolor=self.settings.recolor)
