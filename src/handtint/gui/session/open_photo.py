"""What the session knows of one photo."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from handtint.gui.canvas.pixels import Layer
from handtint.gui.parts.translating import tr
from handtint.imaging.color.tone import Judgment
from handtint.model_card import ModelFile
from handtint.recipe.geometry import Geometry
from handtint.recipe.hints import Hint
from handtint.recipe.history import History
from handtint.recipe.recipe import Recipe
from handtint.recipe.reference import ReferencePhoto
from handtint.recipe.repair import Repair
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings
from handtint.recipe.store import Snapshot
from handtint.stamps import Stamp

if TYPE_CHECKING:
    from handtint.gui.session.tasks import ReadResult
    from handtint.imaging.coloring.prediction import Prediction
    from handtint.imaging.photo import Photo
    from handtint.repair.damage.finding import Found
    from handtint.repair.inspecting import Finding
    from handtint.restore.rendering import Preview


View = tuple[Geometry, bool]  # see `Recipe.view`
_Question = tuple[Path, View, Repair, ReferencePhoto | None, bool]  # what a model's prediction for a photo depends on
_PREDICTIONS = 8  # a few megabytes each at most


class PhotoState(Enum):
    """How far a photo is."""

    WAITING = "waiting"  # not looked at yet
    READING = "reading"
    UNREADABLE = "unreadable"
    READY = "ready"  # read and not colored: it failed, was stopped, or is in color already
    REPAIRING = "repairing"
    COLORING = "coloring"
    DONE = "done"  # its result is shown: in color, or repaired only


@dataclass(eq=False)
class OpenPhoto:
    """One photo of the session.

    Attributes:
        error: sentence on what went wrong last, if anything did.
        variants: small pictures of all colorings there are to choose from, with the settings.
        home: folder that files made from it are proposed in, where its own is none of the user's: it was pasted.
        is_passing: whether it is shown on the way through its folder, and let go on the next step.
        size: (height, width) as it was read last.
        can_be_opened_in_part: whether it could not be read because a part of its picture is missing.
        pages: how many pictures its file holds, as far as is known.
        upright: as it was read; None while its pixels are not kept.
        seen: inverted, turned and cropped; None also while that is being done.
        before, judgment: of what is seen.
        photo, preview: repaired besides, as `repaired_as` says.
        repaired_as: what was repaired; None before that is decided.
        found: what might be damaged, by how the photo was turned.
        findings: what inspecting it found; None before that.
        predictions: by the path of the model that made them, how the photo was turned and repaired, and whose colors it
            was to take; the last few.
        asked: what is asked for, except the model.
        is_given: whether that was said when it was opened, so that what is kept of it takes no effect.
        history: the recipes before this one.
        snapshots: recipes with names.
        sha256: of its bytes, as they were read last.
        result_opened: the result in whose place it is shown, until it was read.
        restored: what it was opened with, where that was kept from before.
        left_at: when that was kept, in seconds since 1970, until it is told.
        stamp: of the file as it was read.
        saved_to, saved_options, saved_recipe, saved_stamp: the last file written from it, in which format, by which
            model with which recipe, and the file's stamp.
        failed_folder: where the last file could not be written, if that failed.
        kept_hints: the hints that a file holds.
        frame: how a print of a scan was cut out of it when the scan was split.
        scan: the scan that it is a print of, as it was before it was split.
        prints: what the scan was split into last.
        is_split: whether these are open in its place.
    """

    path: Path
    model: ModelFile | None
    asked: Recipe = field(default_factory=Recipe)
    home: Path | None = None
    is_given: bool = False
    is_passing: bool = False
    state: PhotoState = PhotoState.WAITING
    error: str = ""
    can_be_opened_in_part: bool = False
    pages: int = 1
    upright: ReadResult | None = None
    seen: ReadResult | None = None
    repaired_as: Repair | None = None
    found: tuple[View, Found] | None = None
    findings: tuple[Finding, ...] | None = None
    photo: Photo | None = None
    preview: Preview | None = None
    judgment: Judgment | None = None
    before: Layer | None = None
    after: Layer | None = None
    thumbnail: QImage | None = None
    variants: tuple[QImage, ...] = ()
    predictions: dict[_Question, Prediction] = field(default_factory=dict)
    history: History = field(default_factory=History)
    snapshots: tuple[Snapshot, ...] = ()
    sha256: str | None = None
    result_opened: Path | None = None
    restored: Recipe | None = None
    left_at: float | None = None
    stamp: Stamp | None = None
    size: tuple[int, int] | None = None
    saved_to: Path | None = None
    saved_options: SaveOptions = field(default_factory=SaveOptions)
    saved_recipe: tuple[Path, Recipe] | None = None
    saved_stamp: Stamp | None = None
    failed_folder: Path | None = None
    kept_hints: tuple[Hint, ...] = ()
    frame: Geometry = field(default_factory=Geometry)
    scan: OpenPhoto | None = None
    prints: tuple[OpenPhoto, ...] = ()
    is_split: bool = False

    @property
    def page(self) -> int:
        """Which picture of its file it is."""
        return self.asked.source.page

    @property
    def name(self) -> str:
        """What it is called: its file's name, of a print of a scan with its number, and the page after the first."""
        return name_of(self.path, self.asked)

    @property
    def looks_negative(self) -> bool:
        """Whether what was read looks like a negative, and is shown as it was read."""
        return self.upright is not None and self.upright.looks_negative and not self.asked.is_inverted

    @property
    def as_scanned(self) -> QImage:
        """All of it as the file has it, neither turned nor cropped; a negative that was inverted as a positive."""
        if self.seen is not None and self.seen.positive is not None:
            return self.seen.positive
        return self.upright.before.levels[0] if self.upright is not None else QImage()

    @property
    def settings(self) -> Settings:
        """How it is colored."""
        return self.asked.color

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self.asked = self.asked.with_color(settings)

    @property
    def recipe(self) -> Recipe:
        """What is asked for, with the name of the model."""
        return dataclasses.replace(self.asked, model=None if self.model is None else self.model.card.name)

    @property
    def work(self) -> tuple[Path, Recipe] | None:
        """What decides how its result looks: the model's file and what is asked for."""
        return None if self.model is None else (self.model.path, self.asked)

    @property
    def prediction(self) -> Prediction | None:
        """The model's prediction; None before it was made."""
        if self.model is None or self.asked.is_repair_automatic:
            return None
        return self.predictions.get(_key(self.model, self.asked))

    @property
    def nearest_prediction(self) -> Prediction | None:
        """The model's latest prediction for the photo turned as it is, however it was repaired; None without one."""
        if self.model is None:
            return None
        asked = self.model.path, self.asked.view
        return next((one for key, one in reversed(self.predictions.items()) if key[:2] == asked), None)

    @property
    def damage_found(self) -> Found | None:
        """What might be damaged in it, turned as it is; None where that was not looked for."""
        return self.found[1] if self.found is not None and self.found[0] == self.asked.view else None

    @property
    def is_repair_done(self) -> bool:
        """Whether `photo` is repaired as it is asked for."""
        return self.repaired_as == self.asked.repair and not self.asked.is_repair_automatic

    @property
    def has_result(self) -> bool:
        """Whether its result can be made at full size at once."""
        is_colored = not self.is_to_be_colored or self.prediction is not None
        return self.state is PhotoState.DONE and self.photo is not None and self.is_repair_done and is_colored

    @property
    def shown_prediction(self) -> Prediction | None:
        """Where its colors are from; None where it is not colored."""
        return self.prediction if self.is_to_be_colored else None

    @property
    def followed(self) -> Recipe:
        """The recipe as its result follows it: a photo in color is only repaired, unless it is to be colored anew."""
        return self.asked if self.is_to_be_colored else dataclasses.replace(self.asked, is_colored=False)

    @property
    def is_to_be_colored(self) -> bool:
        """Whether a model gives it its color."""
        is_as_asked = self.asked.is_colored or not self.asked.is_repaired
        is_color = self.judgment is not None and self.judgment.is_color
        return is_as_asked and (not is_color or self.settings.recolor)

    @property
    def is_adjusted(self) -> bool:
        """Whether someone changed its settings, and no file has them yet."""
        is_as_found = self.asked in (self.first, self.restored)
        return not is_as_found and self.is_set and self.work != self.saved_recipe

    @property
    def has_loose_hints(self) -> bool:
        """Whether it has hints that no file holds."""
        return bool(self.settings.hints) and self.settings.hints != self.kept_hints

    @property
    def is_in_no_file(self) -> bool:
        """Whether it was pasted and nothing of it was saved."""
        return self.home is not None and self.saved_to is None

    @property
    def holds_work(self) -> bool:
        """Whether closing it would lose something."""
        return self.is_adjusted or self.has_loose_hints or self.is_in_no_file

    @property
    def folder(self) -> Path:
        """Where files made from it are proposed."""
        return self.home or self.path.parent

    @property
    def is_left_alone(self) -> bool:
        """Whether it is surely in color already and was not asked to be colored anew."""
        is_color = self.judgment is not None and self.judgment.is_color
        return is_color and not self.settings.recolor and not self.asked.is_repaired

    @property
    def is_set(self) -> bool:
        """Whether it was colored, turned or repaired, or has hints for it."""
        is_changed = self.asked.geometry != Geometry() or self.asked.is_repaired
        return self.prediction is not None or bool(self.settings.hints) or is_changed

    @property
    def is_unsaved(self) -> bool:
        """Whether it has a result, or can be given one, that was not saved as it is now."""
        is_saved = self.saved_to is not None and self.saved_recipe == self.work
        can_be = self.model is not None and self.state is not PhotoState.UNREADABLE and not self.is_left_alone
        return can_be and not is_saved

    def take_size(self, size: tuple[int, int]) -> bool:
        """Remember the size it was read with; returns whether places were dropped because the size changed."""
        is_another = self.size not in (None, size)
        geometry = dataclasses.replace(self.asked.geometry, crop=None, corners=None)
        placeless = dataclasses.replace(self.settings, hints=(), protected=None)
        had_places = is_another and (placeless != self.settings or geometry != self.asked.geometry)
        self.size = size
        if is_another:
            self.settings, self.history = placeless, History()
            self.asked = dataclasses.replace(
                self.asked.with_geometry(geometry), repair=self.asked.repair.without_places()
            )
        return had_places

    def keep_prediction(self, model: ModelFile, recipe: Recipe, prediction: Prediction) -> None:
        """Keep a model's prediction for the photo as the recipe asks for it."""
        self.predictions[_key(model, recipe)] = prediction
        while len(self.predictions) > _PREDICTIONS:
            del self.predictions[next(iter(self.predictions))]

    def forget_colors(self) -> None:
        """Drop what was predicted for an earlier version of the file."""
        self.predictions.clear()
        self.saved_recipe = self.found = self.findings = None

    def take_prediction(self, model: ModelFile, recipe: Recipe, prediction: Prediction, stamp: Stamp | None) -> None:
        """Keep a model's prediction for the file as it was at that stamp."""
        if self.stamp not in (None, stamp):
            if self.photo is not None:  # another state of it is shown
                return
            self.forget_colors()
        self.keep_prediction(model, recipe, prediction)
        self.stamp = stamp

    def mark_saved(self, path: Path, options: SaveOptions, work: tuple[Path, Recipe], stamp: Stamp | None) -> None:
        """A file was written from it, with this recipe."""
        self.saved_to, self.saved_options, self.saved_recipe, self.saved_stamp = path, options, work, stamp
        self.failed_folder = None
        if options.provenance:
            self.kept_hints = work[1].color.hints

    @property
    def first(self) -> Recipe:
        """What a photo starts with; see `first_settings`."""
        return Recipe(self.first_settings, geometry=self.frame, source=self.asked.source, part=self.asked.part)

    @property
    def first_settings(self) -> Settings:
        """The settings a photo starts with; `recolor` is a decision about the photo, not about taste, and stays."""
        return Settings(recolor=self.settings.recolor)


def name_of(path: Path, recipe: Recipe) -> str:
    """What a picture of a file is called, see `OpenPhoto.name`."""
    part, page = recipe.part, recipe.source.page
    name = f"{path.stem}-{part}{path.suffix}" if part else path.name
    return name if page == 1 else tr("photo", "{name}, page {page}", name=name, page=page)


def _key(model: ModelFile, recipe: Recipe) -> _Question:
    """What a model's prediction for a photo depends on."""
    return model.path, recipe.view, recipe.repair, recipe.color.reference, recipe.color.closely
